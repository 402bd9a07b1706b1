"""Availability cut into days: the grid behind Home's strip and the team's weeks."""

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

_Interval = tuple[int, int]
"""Start and end in seconds since 1970 UTC, or in seconds on a day's clock; end exclusive."""


class SpanLike(Protocol):
    """Anything with a start, an end and an action; times are aware, end exclusive."""

    @property
    def start(self) -> datetime: ...
    @property
    def end(self) -> datetime: ...
    @property
    def action(self) -> Action | None:
        """None is informational and doesn't change any day."""


class DayState(StrEnum):
    """The state of a whole day. Unknown is never treated as open."""

    BLOCKED = "blocked"
    BLOCKED_IN_PART = "blocked_in_part"
    PREFERRED = "preferred"
    PREFERRED_IN_PART = "preferred_in_part"
    OPEN = "open"
    UNKNOWN = "unknown"


class Segment(NamedTuple):
    """Part of a day: `start` and `end` are hours on the clock, 0 to 24, even on days with 23 or 25 hours."""

    action: Action
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the grid. Segments don't overlap and are sorted by start."""

    date: date
    segments: tuple[Segment, ...]
    state: DayState
    is_past: bool = False
    is_known: bool = True
    """Whether its calendars cover it; segments count even on days they don't."""

    @property
    def is_unknown(self) -> bool:
        """Whether at least part of the day is unknown: it isn't known, and not blocked from start to end."""
        return not self.is_known and self.state is not DayState.BLOCKED


def strip(spans: Iterable[SpanLike], *, today: date, zone: ZoneInfo, known_until: date) -> list[Day]:
    """The days of Home's strip: from the Monday of `today`'s week to the end of the window, in `zone`.

    Overlapping spans become one segment, and a block hides any preference under it. From `known_until` on, days are
    not known: without spans their state is unknown instead of open.
    """
    monday = monday_of(today)
    return days_of(spans, monday, today.weekday() + DAYS_AHEAD, today=today, zone=zone, known_until=known_until)


def days_of(
    spans: Iterable[SpanLike], first: date, count: int, *, today: date, zone: ZoneInfo, known_until: date
) -> list[Day]:
    """`count` days from `first` on, in `zone`; otherwise like `strip`."""
    dates = [first + timedelta(days=n) for n in range(count)]
    edges = [_seconds(start_of_day(day, zone)) for day in [*dates, dates[-1] + timedelta(days=1)]]
    intervals: dict[Action, list[_Interval]] = {action: [] for action in Action}
    for span in spans:
        if span.action is not None:
            intervals[span.action].append((_seconds(span.start), _seconds(span.end)))
    parts = {action: _split(_union(found), edges) for action, found in intervals.items()}
    days = []
    for n, day in enumerate(dates):
        whole = (edges[n], edges[n + 1])
        blocks, prefers = parts[Action.BLOCK][n], parts[Action.PREFER][n]
        days.append(
            Day(
                date=day,
                segments=_segments(blocks, prefers, whole, zone) if blocks or prefers else (),
                state=_state(blocks, prefers, whole, is_known=day < known_until),
                is_past=day < today,
                is_known=day < known_until,
            )
        )
    return days


def monday_of(day: date) -> date:
    """The Monday of the week `day` is in."""
    return day - timedelta(days=day.weekday())


def is_all_day(start: datetime, end: datetime, zone: ZoneInfo) -> bool:
    """Whether both ends are midnight in `zone`."""
    return all(moment == start_of_day(moment.astimezone(zone).date(), zone) for moment in (start, end))


def last_day(end: datetime, zone: ZoneInfo) -> date:
    """The last day covered by a span that ends at `end`, which is exclusive."""
    return (end - timedelta(microseconds=1)).astimezone(zone).date()


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())


def _union(intervals: list[_Interval]) -> list[_Interval]:
    """Sorted, with overlapping and touching intervals merged and empty ones dropped."""
    united: list[_Interval] = []
    for start, end in sorted(intervals):
        if united and start <= united[-1][1]:
            united[-1] = (united[-1][0], max(united[-1][1], end))
        elif end > start:
            united.append((start, end))
    return united


def _split(intervals: list[_Interval], edges: Sequence[int]) -> list[list[_Interval]]:
    """The parts of `intervals` on each day, a day being the time between two `edges`."""
    days: list[list[_Interval]] = [[] for _ in edges[1:]]
    for start, end in intervals:
        for n in range(max(bisect_right(edges, start) - 1, 0), len(days)):
            if edges[n] >= end:
                break
            days[n].append((max(start, edges[n]), min(end, edges[n + 1])))
    return days


def _state(blocks: list[_Interval], prefers: list[_Interval], whole: _Interval, *, is_known: bool) -> DayState:
    if blocks:
        return DayState.BLOCKED if blocks == [whole] else DayState.BLOCKED_IN_PART
    if prefers:
        return DayState.PREFERRED if prefers == [whole] else DayState.PREFERRED_IN_PART
    return DayState.OPEN if is_known else DayState.UNKNOWN


def _segments(
    blocks: list[_Interval], prefers: list[_Interval], whole: _Interval, zone: ZoneInfo
) -> tuple[Segment, ...]:
    # United on the clock, not in time: where an hour repeats, two intervals can take the same place.
    change = _clock_change(whole, zone)
    blocked = _union([_on_clock(each, whole, change, zone) for each in blocks])
    preferred = _union([_on_clock(each, whole, change, zone) for each in prefers])
    found = [Segment(Action.BLOCK, start / 3600, end / 3600) for start, end in blocked]
    found += [Segment(Action.PREFER, start / 3600, end / 3600) for start, end in _without(preferred, blocked)]
    return tuple(sorted(found, key=lambda segment: segment.start))


def _without(intervals: list[_Interval], holes: list[_Interval]) -> list[_Interval]:
    """`intervals` minus `holes`, both from `_union`, in one pass."""
    left = []
    n = 0
    for start, end in intervals:
        at = start
        while n < len(holes) and holes[n][0] < end:
            hole_start, hole_end = holes[n]
            if at < hole_start:
                left.append((at, hole_start))
            at = max(at, hole_end)
            if hole_end >= end:
                break  # it may reach into the next interval
            n += 1
        if at < end:
            left.append((at, end))
    return left


def _on_clock(interval: _Interval, whole: _Interval, change: int | None, zone: ZoneInfo) -> _Interval:
    """Part of the day `whole` in seconds on the clock; it includes an hour skipped inside it."""
    start, end = interval
    if change is None:
        return start - whole[0], end - whole[0]
    cuts = [start, change, end] if start < change < end else [start, end]
    places = [(_clock(left, zone), _clock(right - 1, zone) + 1) for left, right in pairwise(cuts)]
    # Where the clock skips midnight the day starts at 1:00; it is still drawn from 0 to 24.
    first = 0 if start == whole[0] else min(left for left, _ in places)
    last = DAY if end == whole[1] else max(right for _, right in places)
    return first, last


def _clock(moment: int, zone: ZoneInfo) -> int:
    there = datetime.fromtimestamp(moment, zone)
    return there.hour * 3600 + there.minute * 60 + there.second


def _clock_change(whole: _Interval, zone: ZoneInfo) -> int | None:
    """When the clocks change on that day; None on a day of 24 hours."""
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
