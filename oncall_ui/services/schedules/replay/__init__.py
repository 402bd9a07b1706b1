"""Replays: members who doubt a plan see that it follows from what was known then. A replay changes nothing."""
