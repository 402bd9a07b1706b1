"""Limits against fairness in a draft: what the choice is, and the choice."""
