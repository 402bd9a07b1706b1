"""Logging in, and what to do when that doesn’t work."""
