"""Changes of a draft that a manager makes: pins, exclusions, hand-overs, and the fixes that are offered."""
