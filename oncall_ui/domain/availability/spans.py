"""When somebody can't, or would like to, be on call, and nothing else: what leaves this server."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from oncall_ui.domain.availability.rules import Action


class Span(NamedTuple):
    """Aware UTC, end exclusive. Sorts by start, end, action."""

    start: datetime
    end: datetime
    action: Action


def joined(spans: Iterable[Span]) -> list[Span]:
    """Sorted; those of one action that overlap or touch are one, so that nobody can tell how many events there were."""
    last: dict[Action, Span] = {}
    done: list[Span] = []
    for span in sorted(spans):
        before = last.get(span.action)
        if before is None or span.start > before.end:
            if before is not None:
                done.append(before)
            last[span.action] = span
        elif span.end > before.end:
            last[span.action] = before._replace(end=span.end)
    return sorted([*done, *last.values()])


def cut(spans: Iterable[Span], start: datetime, end: datetime) -> list[Span]:
    """What of them lies inside [start, end), in their order."""
    return [
        Span(max(span.start, start), min(span.end, end), span.action)
        for span in spans
        if span.start < end and span.end > start
    ]
