"""Swaps and cover: who is asked when, and what it would break if published slots changed hands."""
