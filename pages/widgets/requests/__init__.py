"""Requests for cover and swaps, as lists on several pages, and what pressing their buttons does."""
