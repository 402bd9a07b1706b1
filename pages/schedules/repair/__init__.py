"""What needs a change on a schedule, and the ways out."""
