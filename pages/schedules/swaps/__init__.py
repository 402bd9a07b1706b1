"""/schedules/{id}/swaps, and the pages on which one asks for cover or offers to take a shift."""
