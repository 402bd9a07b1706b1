"""How keeping and moving data fails."""


class CannotKeep(ValueError):
    """The message is one sentence or two for the operator: what is wrong, and what to do. Nothing has changed."""
