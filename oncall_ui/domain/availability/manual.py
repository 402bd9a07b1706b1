"""Entries by hand: whole days a member blocked, or would like, and the moments they come to in a zone."""

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
    """Days without a zone, first and last included; `weekly` repeats them every seven days.

    `until` is the last day that counts when they repeat, also in the middle of a repetition; None: without an end.
    """

    first: date
    last: date
    action: Action
    weekly: bool = False
    until: date | None = None

    @property
    def end(self) -> date | None:
        """The last day that counts; None: there is none."""
        return self.until if self.weekly else self.last


def spans(days: ManualDays, window: Window, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
    """Each repetition that touches `window`, whole, from midnight to midnight in `zone`; aware UTC, end exclusive.

    A day is as long as it is there: 23 or 25 hours when the clock is changed, nothing where the zone skipped it.
    """
    for first, last in _repetitions(days, *_days_of(window, zone)):
        start, end = start_of_day(first, zone), start_of_day(last + ONE_DAY, zone)
        if start < end and start < window.end and end > window.start:
            yield start, end


def _days_of(window: Window, zone: ZoneInfo) -> tuple[date, date]:
    """The first and the last day of `zone` that the window touches."""
    last = window.end.astimezone(UTC) - timedelta(microseconds=1)
    return window.start.astimezone(zone).date(), last.astimezone(zone).date()


def _repetitions(days: ManualDays, first_seen: date, last_seen: date) -> Iterator[tuple[date, date]]:
    if not days.weekly:
        yield days.first, days.last
        return
    # The first repetition that ends inside the window, so that what began years ago costs no more.
    number = max(-((days.last - first_seen) // WEEK), 0)
    end = last_seen if days.until is None else min(days.until, last_seen)
    first = days.first + number * WEEK
    while first <= end:
        last = first + (days.last - days.first)
        yield first, last if days.until is None else min(last, days.until)
        first += WEEK
