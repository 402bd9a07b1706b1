"""An event as every provider hands it over, and one instance of it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import NamedTuple


class PartStat(StrEnum):
    """What somebody replied to an invitation (RFC 5545 section 3.2.12, PARTSTAT)."""

    ACCEPTED = "accepted"
    TENTATIVE = "tentative"
    DECLINED = "declined"
    UNANSWERED = "unanswered"


class Kind(StrEnum):
    """What sort of event it is, as far as the calendar's own product says so."""

    PLAIN = "plain"
    OUT_OF_OFFICE = "out_of_office"
    HOLIDAY = "holiday"
    BUSY_TIME = "busy_time"
    """Published free/busy time: a span without a title (RFC 5545 section 3.6.4)."""
    INFORMATION = "information"
    """Says where somebody works or whose birthday it is, nothing about being busy."""


@dataclass(frozen=True, slots=True)
class Attendee:
    """One invited address, lower case, without `mailto:`, and what it answered."""

    address: str
    answer: PartStat


@dataclass(frozen=True, slots=True)
class Event:
    """Everything the rules look at. Lives in memory while a calendar is read and is never stored."""

    uid: str
    title: str = ""
    description: str = ""
    kind: Kind = Kind.PLAIN
    cancelled: bool = False
    free: bool = False
    """Marked free: TRANSP:TRANSPARENT, BUSYSTATUS FREE, Google `transparency`, Graph `showAs: free`."""
    private: bool = False
    organizer: str = ""
    """Address, lower case, without `mailto:`; empty when nobody is named."""
    attendees: tuple[Attendee, ...] = ()
    creator: str = ""
    """Address, as `organizer`; where a product tells the two apart."""
    is_shared: bool = False
    """In a calendar that may be shared or somebody else's, so that being in it doesn't make the event the member's."""


class Occurrence(NamedTuple):
    """One instance of an event; `start` and `end` are seconds since 1970 UTC, end exclusive.

    Integers and a tuple, since a large feed makes 100,000 of them: building a datetime and a dataclass for each takes
    longer than reading the file.
    """

    start: int
    end: int
    all_day: bool
    event: Event

    @property
    def starts_at(self) -> datetime:
        return datetime.fromtimestamp(self.start, UTC)

    @property
    def ends_at(self) -> datetime:
        return datetime.fromtimestamp(self.end, UTC)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in the source that was skipped or doubtful: where it is and what it is, in words for its owner.

    `line` counts from 1 in the source's physical lines; 0 when it isn't known.
    """

    line: int
    uid: str
    message: str
    skipped: bool = False
    """Whether the event was left out because of it; else it is read, but may be wrong."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What one calendar held: the instances inside a window, sorted by start, end, uid, and what was wrong with it.

    `zone` is the calendar's own IANA zone name, empty when it names none. `events_read` counts the events of the source
    (components, not instances), readable or not.
    """

    name: str
    zone: str
    occurrences: list[Occurrence]
    problems: list[Problem]
    events_read: int
