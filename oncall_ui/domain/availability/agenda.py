"""The agenda: upcoming availability, grouped into lines."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Generic, TypeVar
from zoneinfo import ZoneInfo

from oncall_ui.domain.availability.day_grid import SpanLike
from oncall_ui.domain.availability.rules import Action

S = TypeVar("S", bound=SpanLike)


@dataclass(frozen=True, slots=True)
class AgendaLine(Generic[S]):
    """One or more spans of the same action that start on the same day and overlap.

    `start` is the start of the first of them, `end` the end of the one that lasts longest.
    """

    start: datetime
    end: datetime
    action: Action | None
    spans: tuple[S, ...]


def coming_up(spans: Iterable[S], now: datetime, zone: ZoneInfo) -> list[AgendaLine[S]]:
    """What ends after `now`, by start and end. Days are those of `zone`; spans that only touch stay separate lines."""
    alike: dict[tuple[date, Action | None], list[S]] = {}
    for span in spans:
        if span.end > now:
            alike.setdefault((span.start.astimezone(zone).date(), span.action), []).append(span)
    lines = [line for found in alike.values() for line in _overlapping(found)]
    return sorted(lines, key=lambda line: (line.start, line.end, line.action or ""))


def _overlapping(spans: list[S]) -> Iterator[AgendaLine[S]]:
    spans.sort(key=lambda span: (span.start, span.end))
    together = spans[:1]
    end = spans[0].end
    for span in spans[1:]:
        if span.start >= end:
            yield AgendaLine(together[0].start, end, together[0].action, tuple(together))
            together = []
            end = span.end
        together.append(span)
        end = max(end, span.end)
    yield AgendaLine(together[0].start, end, together[0].action, tuple(together))
