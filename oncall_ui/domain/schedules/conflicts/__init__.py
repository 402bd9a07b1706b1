"""When a published slot needs a change, and what is remembered of that."""
