"""Closed lists: why a published slot needs a change, and how that came to an end."""

from enum import StrEnum


class Trouble(StrEnum):
    """Why a published slot needs a change."""

    GAP = "gap"
    BLOCKED = "blocked"
    """Its holder is blocked now, and nobody accepted that."""
    LEFT = "left"
    """Its holder isn't on the schedule then."""
    LIMIT = "limit"
    """It breaks a limit that it didn't break when it was given."""


class Ending(StrEnum):
    """How a conflict ended."""

    GONE = "gone"
    """What spoke against the holder went away."""
    MOVED = "moved"
    """Somebody else has the slot."""
    REPAIRED = "repaired"
    """The same, by a repair."""
    KEPT = "kept"
    """The holder has it anyway, and isn't asked again."""
    OVER = "over"
    """The shift ended."""
