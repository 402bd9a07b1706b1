"""Hours on call by month, as they passed: a day on which the clocks change has 23 or 25."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from oncall_ui.domain.availability.window import start_of_day

HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A published slot, or the part of it that one person has."""

    participant: int
    role: str
    type: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class MonthHours:
    """One person's hours of one role and type in a month. `passed`: those that are over."""

    month: date
    """Its first day."""
    participant: int
    role: str
    type: str
    hours: Fraction
    passed: Fraction


def hours_by_month(stretches: Iterable[Stretch], zone: ZoneInfo, moment: datetime) -> list[MonthHours]:
    """By month, then participant, role and type. What runs over midnight of the first counts in both months."""
    sums: defaultdict[tuple[date, int, str, str], tuple[timedelta, timedelta]]
    sums = defaultdict(lambda: (timedelta(0), timedelta(0)))
    for each in stretches:
        for month, start, end in _months(each, zone):
            key = (month, each.participant, each.role, each.type)
            hours, passed = sums[key]
            sums[key] = hours + (end - start), passed + max(min(end, moment) - start, timedelta(0))
    return [
        MonthHours(*key, Fraction(hours // _TICK, HOUR // _TICK), Fraction(passed // _TICK, HOUR // _TICK))
        for key, (hours, passed) in sorted(sums.items())
    ]


def _months(stretch: Stretch, zone: ZoneInfo) -> Iterator[tuple[date, datetime, datetime]]:
    start = stretch.start
    while start < stretch.end:
        month = start.astimezone(zone).date().replace(day=1)
        following = start_of_day((month + timedelta(days=32)).replace(day=1), zone)
        yield month, start, min(following, stretch.end)
        start = following


_TICK = timedelta(microseconds=1)
