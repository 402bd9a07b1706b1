"""When stored availability is too old to rely on, and on which days an alert email says so."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from oncall_ui.domain.imports.failures import Cause
from oncall_ui.domain.imports.state import State

STALE_AFTER = timedelta(days=1)
ALERT_DAYS = (1, 3, 7, 14)
"""Days since a calendar broke; after two weeks another email would not help."""


def is_stale(read_at: datetime, now: datetime) -> bool:
    """Whether the last complete import is more than a day old."""
    return now - read_at > STALE_AFTER


def alerts_due(broken_since: datetime, now: datetime) -> int:
    """How many alert emails should have been sent by `now`: 0 to 4."""
    return bisect_right(ALERT_DAYS, (now - broken_since) / timedelta(days=1))


class Freshness(StrEnum):
    """How far a member's availability can be relied on, by the worst of their calendars that are on.

    The values are part of the API; the words for people are in pages/team/words.py.
    """

    UP_TO_DATE = "up_to_date"
    STALE = "stale"
    """One hasn't been imported for more than a day."""
    NEEDS_MEMBER = "needs_member"
    """One can't be imported until the member fixes it."""
    NOT_READ_YET = "not_read_yet"
    """None has been imported yet, or one has failed since its first attempt."""
    NOTHING_CONNECTED = "nothing_connected"
    """No calendar is on."""


MEMBER_CAUSES = frozenset(
    {
        *(Cause.NOT_FOUND, Cause.NEEDS_PASSWORD, Cause.REFUSED, Cause.ACCESS_LOST, Cause.KEY_LOST),
        *(Cause.BAD_ADDRESS, Cause.ADDRESS_NOT_ALLOWED, Cause.REDIRECTS, Cause.SUSPECTED_LOSS),
    }
)
"""What only the member can fix. The cause stays on the row while the calendar is tried once more.

A web page isn't among them: it may be a sign-in page, or an outage that is over in an hour.
"""


@dataclass(frozen=True, slots=True)
class CalendarHealth:
    """Of one calendar that is on; times are aware UTC."""

    state: State
    attempts: int
    read_at: datetime | None
    """The last complete import."""
    broken_since: datetime | None = None
    """The first failure after the last complete import."""
    cause: str = ""
    """A value of Cause, or empty."""

    @property
    def needs_member(self) -> bool:
        """Whether only the member can fix it; also while it is tried once more."""
        is_tried = self.state in {State.WAITING, State.IMPORTING} and self.cause in MEMBER_CAUSES
        return self.state is State.NEEDS_YOU or is_tried or self.cause == Cause.SUSPECTED_LOSS

    @property
    def good_until(self) -> datetime | None:
        """The last complete import, or else the first failure; None: it was just switched on."""
        return self.read_at or self.broken_since

    def is_stale(self, now: datetime) -> bool:
        """Whether changes have been missing for more than a day; also if it never could be read for so long."""
        return self.good_until is not None and is_stale(self.good_until, now)

    @property
    def fails_from_the_start(self) -> bool:
        """Not so one that was switched on just now: its first import is given its time."""
        return self.read_at is None and (self.attempts > 0 or self.state in {State.NEEDS_YOU, State.RETRYING})


def freshness_of(calendars: Sequence[CalendarHealth], now: datetime) -> Freshness:
    """Of a member with these `calendars`, all that are on."""
    if not calendars:
        return Freshness.NOTHING_CONNECTED
    if any(each.needs_member for each in calendars):
        return Freshness.NEEDS_MEMBER
    if any(each.is_stale(now) for each in calendars):
        return Freshness.STALE
    is_read = any(each.read_at for each in calendars) and not any(each.fails_from_the_start for each in calendars)
    return Freshness.UP_TO_DATE if is_read else Freshness.NOT_READ_YET
