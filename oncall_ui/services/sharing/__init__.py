"""Availability for other programs: the private ICS feed, the API and its tokens."""
