"""A schedule’s Publish page: where shifts can be subscribed to, and who is told what."""
