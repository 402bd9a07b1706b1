"""What a member may do with a schedule."""

from enum import StrEnum


class Access(StrEnum):
    """From most to least; each includes those after it."""

    MANAGER = "manager"
    """Plans, publishes, hands over, changes settings."""
    MEMBER = "member"
    """Sees everything, asks for and takes shifts."""
    VIEWER = "viewer"
    """Sees who is on call."""

    def includes(self, other: "Access") -> bool:
        ranks = list(Access)
        return ranks.index(self) <= ranks.index(other)
