"""Availability as days: what each day of a member's strip holds.

Used by pages. An entry is whatever has a start, an end and an action; today, now and the zone are the caller's.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple, Protocol
from zoneinfo import ZoneInfo

from oncall_ui.domain.availability.rules import Action
from oncall_ui.domain.availability.window import DAYS_AHEAD, start_of_day

DAY = 24 * 3600

Span = tuple[int, int]
"""Seconds since 1970 UTC, end exclusive."""


class Entry(Protocol):
    """A piece of availability; times are aware, end exclusive."""

    @property
    def start(self) -> datetime: ...
    @property
    def end(self) -> datetime: ...
    @property
    def action(self) -> Action | None:
        """None: it only informs, and no day is other for it."""


class Standing(StrEnum):
    """What a whole day comes to. Unknown is a value of its own, never taken for open."""

    BLOCKED = "blocked"
    BLOCKED_IN_PART = "blocked_in_part"
    PREFERRED = "preferred"
    PREFERRED_IN_PART = "preferred_in_part"
    OPEN = "open"
    UNKNOWN = "unknown"


class Segment(NamedTuple):
    """Part of a day: `start` and `end` are hours on its clock, 0 to 24, also where the day has 23 or 25."""

    action: Action
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the strip; its segments don't overlap, and stand in the order of the clock."""

    date: date
    segments: tuple[Segment, ...]
    standing: Standing
    is_past: bool = False


def read_until(reads: Iterable[datetime | None], zone: ZoneInfo) -> date:
    """The first day nothing is known of, from when each calendar was read last; None: not read yet."""
    days = [read.astimezone(zone).date() for read in reads if read is not None]
    return max(days) + timedelta(days=DAYS_AHEAD) if days else date.min


def strip(entries: Iterable[Entry], *, today: date, zone: ZoneInfo, known_until: date) -> list[Day]:
    """The days from the Monday of `today`'s week to the end of the window, as the strip shows them.

    Overlaps are one segment, a block hides what it covers, and a day on or after `known_until` about which no entry
    says anything is unknown.
    """
    monday = monday_of(today)
    return days_of(entries, monday, today.weekday() + DAYS_AHEAD, today=today, zone=zone, known_until=known_until)


def days_of(
    entries: Iterable[Entry], first: date, count: int, *, today: date, zone: ZoneInfo, known_until: date
) -> list[Day]:
    """`count` days from `first` on, in `zone`; the rest as `strip`."""
    dates = [first + timedelta(days=n) for n in range(count)]
    edges = [_seconds(start_of_day(day, zone)) for day in [*dates, dates[-1] + timedelta(days=1)]]
    spans: dict[Action, list[Span]] = {action: [] for action in Action}
    for entry in entries:
        if entry.action is not None:
            spans[entry.action].append((_seconds(entry.start), _seconds(entry.end)))
    parts = {action: _cut(_union(found), edges) for action, found in spans.items()}
    days = []
    for n, day in enumerate(dates):
        whole = (edges[n], edges[n + 1])
        blocks, prefers = parts[Action.BLOCK][n], parts[Action.PREFER][n]
        days.append(
            Day(
                date=day,
                segments=_segments(blocks, prefers, whole, zone) if blocks or prefers else (),
                standing=_standing(blocks, prefers, whole, is_known=day < known_until),
                is_past=day < today,
            )
        )
    return days


def monday_of(day: date) -> date:
    """The first day of its week."""
    return day - timedelta(days=day.weekday())


def is_all_day(start: datetime, end: datetime, zone: ZoneInfo) -> bool:
    """Whether it fills whole days of `zone`, and nothing else."""
    return all(moment == start_of_day(moment.astimezone(zone).date(), zone) for moment in (start, end))


def last_day(end: datetime, zone: ZoneInfo) -> date:
    """The last day that something ending at `end` touches."""
    return (end - timedelta(microseconds=1)).astimezone(zone).date()


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())


def _union(spans: list[Span]) -> list[Span]:
    """Sorted, without overlaps; what touches becomes one."""
    united: list[Span] = []
    for start, end in sorted(spans):
        if united and start <= united[-1][1]:
            united[-1] = (united[-1][0], max(united[-1][1], end))
        elif end > start:
            united.append((start, end))
    return united


def _cut(spans: list[Span], edges: Sequence[int]) -> list[list[Span]]:
    """For each day between two `edges`, the parts of `spans` inside it."""
    days: list[list[Span]] = [[] for _ in edges[1:]]
    for start, end in spans:
        for n in range(max(bisect_right(edges, start) - 1, 0), len(days)):
            if edges[n] >= end:
                break
            days[n].append((max(start, edges[n]), min(end, edges[n + 1])))
    return days


def _standing(blocks: list[Span], prefers: list[Span], whole: Span, *, is_known: bool) -> Standing:
    if blocks:
        return Standing.BLOCKED if blocks == [whole] else Standing.BLOCKED_IN_PART
    if prefers:
        return Standing.PREFERRED if prefers == [whole] else Standing.PREFERRED_IN_PART
    return Standing.OPEN if is_known else Standing.UNKNOWN


def _segments(blocks: list[Span], prefers: list[Span], whole: Span, zone: ZoneInfo) -> tuple[Segment, ...]:
    # Laid over one another on the clock, not in time: where an hour comes twice, two spans can meet on one place.
    turn = _turn(whole, zone)
    blocked = _union([_on_clock(span, whole, turn, zone) for span in blocks])
    preferred = _union([_on_clock(span, whole, turn, zone) for span in prefers])
    found = [Segment(Action.BLOCK, start / 3600, end / 3600) for start, end in blocked]
    found += [Segment(Action.PREFER, start / 3600, end / 3600) for start, end in _without(preferred, blocked)]
    return tuple(sorted(found, key=lambda segment: segment.start))


def _without(spans: list[Span], holes: list[Span]) -> list[Span]:
    """What is left of `spans` outside `holes`; both are united and sorted, so one walk along both does."""
    left = []
    n = 0
    for start, end in spans:
        at = start
        while n < len(holes) and holes[n][0] < end:
            hole_start, hole_end = holes[n]
            if at < hole_start:
                left.append((at, hole_start))
            at = max(at, hole_end)
            if hole_end >= end:
                break  # it may reach into the next span
            n += 1
        if at < end:
            left.append((at, end))
    return left


def _on_clock(span: Span, whole: Span, turn: int | None, zone: ZoneInfo) -> Span:
    """Where a part of a day stands on its clock, in seconds after 0:00; a skipped hour inside it counts as its own."""
    start, end = span
    if turn is None:
        return start - whole[0], end - whole[0]
    cuts = [start, turn, end] if start < turn < end else [start, end]
    places = [(_clock(left, zone), _clock(right - 1, zone) + 1) for left, right in pairwise(cuts)]
    # The edges are named, since a clock that skips midnight begins its day at one.
    first = 0 if start == whole[0] else min(left for left, _ in places)
    last = DAY if end == whole[1] else max(right for _, right in places)
    return first, last


def _clock(moment: int, zone: ZoneInfo) -> int:
    there = datetime.fromtimestamp(moment, zone)
    return there.hour * 3600 + there.minute * 60 + there.second


def _turn(whole: Span, zone: ZoneInfo) -> int | None:
    """When the clock is put forward or back on that day; None on almost all days."""
    low, high = whole
    if high - low == DAY:
        return None
    before = _offset(low, zone)
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(middle, zone) == before:
            low = middle
        else:
            high = middle
    return high


def _offset(moment: int, zone: ZoneInfo) -> timedelta | None:
    return datetime.fromtimestamp(moment, zone).utcoffset()
