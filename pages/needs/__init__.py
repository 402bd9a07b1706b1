"""What needs an administrator: in words, for Admin, and counted, for every page."""
