"""Plans with the fewest changes to what is there."""
