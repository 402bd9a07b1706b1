"""A plan computed a second time from what was stored, and what differs."""
