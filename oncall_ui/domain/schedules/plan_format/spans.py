"""Spans of time in the `plan` format, and their union."""

from collections.abc import Iterable
from datetime import datetime

from oncall_ui.domain.schedules.plan_format.fields import Fields, UnusableInput, instant, items
from oncall_ui.domain.schedules.planning.problem import Span


def take_span(fields: Fields) -> Span:
    """The fields `start` and `end`."""
    return _span(fields.take("start", instant), fields.take("end", instant), fields.at("end"))


def pair(value: object, path: str) -> Span:
    """A list of two instants."""
    ends = [instant(item, where) for item, where in items(value, path)]
    if len(ends) != 2:
        raise UnusableInput(path, "not a pair [start, end]")
    return _span(ends[0], ends[1], path)


def united(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The same time in as few spans as possible, sorted."""
    found: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start, span.end)):
        if found and span.start <= found[-1].end:
            found[-1] = Span(found[-1].start, max(found[-1].end, span.end))
        else:
            found.append(span)
    return tuple(found)


def _span(start: datetime, end: datetime, path: str) -> Span:
    if end <= start:
        raise UnusableInput(path, "the end is not after the start")
    return Span(start, end)
