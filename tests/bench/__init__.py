"""Of the bench."""
