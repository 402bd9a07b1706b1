"""Manual days: whole days a member blocks or offers, and the spans they cover in a time zone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from oncall_ui.domain.availability.rules import Action
from oncall_ui.domain.availability.window import Window, start_of_day

WEEK = timedelta(weeks=1)
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ManualDays:
    """Dates without a time zone, `first` to `last` inclusive; `weekly` repeats them every seven days.

    With `weekly`, nothing after `until` counts, even in the middle of a repetition; None repeats for ever.
    """

    first: date
    last: date
    action: Action
    weekly: bool = False
    until: date | None = None

    @property
    def end(self) -> date | None:
        """The last day that counts; None when they repeat for ever."""
        return self.until if self.weekly else self.last


def occurrences(days: ManualDays, window: Window, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
    """Start and end of each repetition that overlaps `window`, not clipped to it; aware UTC, end exclusive.

    They run from midnight to midnight in `zone`, so a day has 23 or 25 hours when the clocks change. A day the zone
    skipped is left out.
    """
    for first, last in _repetitions(days, *_dates_of(window, zone)):
        start, end = start_of_day(first, zone), start_of_day(last + ONE_DAY, zone)
        if start < end and start < window.end and end > window.start:
            yield start, end


def _dates_of(window: Window, zone: ZoneInfo) -> tuple[date, date]:
    """The first and the last date in `zone` that the window overlaps."""
    last = window.end.astimezone(UTC) - timedelta(microseconds=1)
    return window.start.astimezone(zone).date(), last.astimezone(zone).date()


def _repetitions(days: ManualDays, first_shown: date, last_shown: date) -> Iterator[tuple[date, date]]:
    if not days.weekly:
        yield days.first, days.last
        return
    # Start with the first repetition that ends inside the window: one that began years ago costs no more.
    number = max(-((days.last - first_shown) // WEEK), 0)
    end = last_shown if days.until is None else min(days.until, last_shown)
    first = days.first + number * WEEK
    while first <= end:
        last = first + (days.last - days.first)
        yield first, last if days.until is None else min(last, days.until)
        first += WEEK
