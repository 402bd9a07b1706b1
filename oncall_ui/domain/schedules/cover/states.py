"""Closed lists about swaps and cover."""

from enum import StrEnum


class RequestKind(StrEnum):
    """What was asked for."""

    COVER = "cover"
    """The person on call looks for somebody to take the shift, or a part of it."""
    OFFER = "offer"
    """Somebody offers to take the shift of another, or to swap."""
    TAKE_OVER = "take_over"
    """Somebody took over a running shift. Nobody was asked."""


class RequestState(StrEnum):
    """How far a request is."""

    OPEN = "open"
    APPROVAL = "approval"
    """Agreed on; a manager has to approve it."""
    TAKEN = "taken"
    """The shift, or the part of it, changed hands; with one in return it was swapped."""
    UNDONE = "undone"
    WITHDRAWN = "withdrawn"
    STARTED = "started"
    """The shift began before anybody took it."""
    LOST = "lost"
    """Somebody else has the shift by now, so there is nothing to take."""


class Answer(StrEnum):
    """What somebody who was asked said."""

    TAKE = "take"
    SWAP = "swap"
    LATER = "later"
    NO = "no"
    CANT = "cant"
    """Had no turn: when it came they couldn’t hold the shift any more."""


class Pace(StrEnum):
    """How many are asked at a time."""

    ONE = "one"
    THREE = "three"
    ALL = "all"


class Via(StrEnum):
    """Where an answer came from."""

    PAGE = "page"
    EMAIL = "email"
