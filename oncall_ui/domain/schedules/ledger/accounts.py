"""Sums of the ledger as people read it: what everybody did and what was their share, by bucket and by month."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from oncall_ui.domain.schedules.ledger.lines import MILLI

ALL = "all"


class Measure(StrEnum):
    """What is counted. An adjustment has points, but neither shifts nor hours."""

    POINTS = "points"
    SHIFTS = "shifts"
    HOURS = "hours"


@dataclass(frozen=True, slots=True)
class Posting:
    """What one slot, or one adjustment, adds to one account, in thousandths of a point."""

    participant: int
    shift: int | None
    role: str
    type: str
    at: datetime
    hours: float
    """Of the whole shift; 0 without one."""
    due: int
    done: int

    @property
    def buckets(self) -> tuple[str, ...]:
        """`all`, and the role and the type if it has them."""
        return (
            ALL,
            *(f"role:{each}" for each in [self.role] if each),
            *(f"type:{each}" for each in [self.type] if each),
        )


@dataclass(frozen=True, slots=True)
class Sum:
    """Above zero, the balance is what somebody did beyond their share."""

    due: float = 0.0
    done: float = 0.0

    @property
    def balance(self) -> float:
        return self.done - self.due


@dataclass(frozen=True, slots=True)
class Course:
    """Balances at the end of each month. `None` before somebody's first line."""

    months: tuple[date, ...]
    """First days, without holes."""
    balances: Mapping[int, tuple[float | None, ...]]
    """By participant."""


Slots = Mapping[tuple[int | None, str], int]


def slot_totals(postings: Iterable[Posting]) -> dict[tuple[int | None, str], int]:
    """Shift and role → the thousandths of a point that all shares of the slot sum to."""
    found: defaultdict[tuple[int | None, str], int] = defaultdict(int)
    for posting in postings:
        if posting.shift is not None:
            found[posting.shift, posting.role] += posting.due
    return dict(found)


def weight(posting: Posting, slots: Slots, measure: Measure) -> float:
    """What a thousandth of a point of this posting is in the measure."""
    if measure is Measure.POINTS:
        return 1 / MILLI
    total = slots.get((posting.shift, posting.role), 0)
    if not total:
        return 0.0
    return (1.0 if measure is Measure.SHIFTS else posting.hours) / total


def sums(postings: Sequence[Posting], measure: Measure) -> dict[tuple[int, str], Sum]:
    """Participant and bucket → their sum. In each bucket the balances sum to zero."""
    slots, found = slot_totals(postings), dict[tuple[int, str], tuple[float, float]]()
    for posting in postings:
        worth = weight(posting, slots, measure)
        for bucket in posting.buckets:
            due, done = found.get((posting.participant, bucket), (0.0, 0.0))
            found[posting.participant, bucket] = (due + worth * posting.due, done + worth * posting.done)
    return {key: Sum(due, done) for key, (due, done) in found.items()}


def course(postings: Iterable[Posting], bucket: str, zone: ZoneInfo, most: int) -> Course:
    """Points above or below the share at the end of each month of the schedule's zone, of the last `most` months."""
    steps: defaultdict[int, defaultdict[date, int]] = defaultdict(lambda: defaultdict(int))
    for posting in postings:
        if bucket in posting.buckets:
            day = posting.at.astimezone(zone).date()
            steps[posting.participant][day.replace(day=1)] += posting.done - posting.due
    if not steps:
        return Course((), {})
    months = _months(min(min(each) for each in steps.values()), max(max(each) for each in steps.values()))
    lines = {participant: _running(theirs, months)[-most:] for participant, theirs in sorted(steps.items())}
    return Course(months[-most:], lines)


def capped(balance: float, cap: float) -> float:
    """What of a balance the next plan takes along."""
    return max(-cap, min(cap, balance))


def _running(steps: Mapping[date, int], months: Sequence[date]) -> tuple[float | None, ...]:
    found: list[float | None] = []
    balance, begun = 0, False
    for month in months:
        begun = begun or month in steps
        balance += steps.get(month, 0)
        found.append(balance / MILLI if begun else None)
    return tuple(found)


def _months(first: date, last: date) -> tuple[date, ...]:
    found = [first]
    while found[-1] < last:
        year, month = divmod(found[-1].year * 12 + found[-1].month, 12)
        found.append(date(year, month + 1, 1))
    return tuple(found)
