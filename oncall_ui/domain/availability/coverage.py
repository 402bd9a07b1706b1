"""Which days of a member are known, and which unknown: the one answer Home, Team, the feed and the API give.

A day that isn't blocked is open only while it is known. Unknown is never taken for open, nor for blocked.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from oncall_ui.domain.availability.rules import Action
from oncall_ui.domain.availability.spans import AvailabilitySpan, Interval, merge, without
from oncall_ui.domain.availability.window import DAYS_AHEAD, Window, start_of_day
from oncall_ui.domain.imports.freshness import CalendarHealth


@dataclass(frozen=True, slots=True)
class Coverage:
    """The days that are known, in the member's zone, and since when changes are missing if none is."""

    known: Window | None
    """Whole days; None: no day is known."""
    unknown_since: datetime | None = None
    """The last complete import before trouble began, or else the first failure (aware UTC). None: no trouble."""

    def known_until(self, zone: ZoneInfo) -> date:
        """The first day, from today on, that isn't known, for somebody in `zone`."""
        return self.known.end.astimezone(zone).date() if self.known else date.min

    def unknown(self, window: Window, spans: Iterable[AvailabilitySpan]) -> list[Interval]:
        """The parts of `window` that are unknown, sorted: neither known nor blocked by one of `spans`."""
        parts = [(window.start, window.end)]
        if self.known:
            parts = without(parts, [(self.known.start, self.known.end)])
        return without(parts, [(block.start, block.end) for block in merge(spans) if block.action is Action.BLOCK])


def coverage_of(calendars: Sequence[CalendarHealth], now: datetime, zone: ZoneInfo) -> Coverage:
    """What is known at `now` of a member in `zone` with these `calendars`, all that are on.

    A day is known if a calendar was imported for it. As soon as a calendar needs the member, or was last imported more
    than a day ago, no day is. A calendar that has been retrying for less than a day, or was just switched on, changes
    nothing.
    """
    troubled = [each for each in calendars if each.needs_member or each.is_stale(now)]
    if troubled:
        return Coverage(None, min((each.good_until for each in troubled if each.good_until), default=None))
    days = [each.read_at.astimezone(zone).date() for each in calendars if each.read_at]
    if not days:
        return Coverage(None)
    end = max(days) + timedelta(days=DAYS_AHEAD)
    return Coverage(Window(start_of_day(min(days), zone), start_of_day(end, zone)))
