"""Where published shifts and news about them are sent: other programs, and channels that people read."""
