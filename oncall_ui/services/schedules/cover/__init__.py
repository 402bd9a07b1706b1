"""Swaps and cover: a published slot, or a part of it, changes hands because people agreed on it."""
