"""Availability spans: when a member is blocked or prefers to be on call, without where that comes from."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from oncall_ui.domain.availability.rules import Action


class AvailabilitySpan(NamedTuple):
    """Aware UTC, end exclusive. Sorts by start, end, action."""

    start: datetime
    end: datetime
    action: Action


Interval = tuple[datetime, datetime]
"""Aware UTC, end exclusive."""


def merge(spans: Iterable[AvailabilitySpan]) -> list[AvailabilitySpan]:
    """Sorted. Overlapping or touching spans of one action become one, which also hides how many events there were."""
    open_spans: dict[Action, AvailabilitySpan] = {}
    done: list[AvailabilitySpan] = []
    for span in sorted(spans):
        previous = open_spans.get(span.action)
        if previous is None or span.start > previous.end:
            if previous is not None:
                done.append(previous)
            open_spans[span.action] = span
        elif span.end > previous.end:
            open_spans[span.action] = previous._replace(end=span.end)
    return sorted([*done, *open_spans.values()])


def clip(spans: Iterable[AvailabilitySpan], start: datetime, end: datetime) -> list[AvailabilitySpan]:
    """The parts of `spans` inside [start, end), in the order given."""
    return [
        AvailabilitySpan(max(span.start, start), min(span.end, end), span.action)
        for span in spans
        if span.start < end and span.end > start
    ]


def without(intervals: Iterable[Interval], holes: Iterable[Interval]) -> list[Interval]:
    """What is left of `intervals`. Both are sorted, and neither overlaps itself."""
    left = []
    holes = list(holes)
    for start, end in intervals:
        at = start
        for hole_start, hole_end in holes:
            if hole_end > at and hole_start < end:
                if hole_start > at:
                    left.append((at, hole_start))
                at = hole_end
        if at < end:
            left.append((at, end))
    return left
