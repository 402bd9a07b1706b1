"""Tries: for managers who ask what would happen, and members who plan leave. Nothing published moves by looking."""
