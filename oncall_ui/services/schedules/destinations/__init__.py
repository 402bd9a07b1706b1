"""Sends published shifts, and news about them, to other programs and to channels that people read."""
