"""How keeping and moving data fails."""


class CannotKeep(ValueError):
    """The message is one sentence or two for the operator: what is wrong, and what to do. Nothing has changed."""


class NoRoom(CannotKeep):
    """The disk has `free` bytes, and `needed` are needed."""

    def __init__(self, message: str, free: int, needed: int) -> None:
        super().__init__(message)
        self.free, self.needed = free, needed
