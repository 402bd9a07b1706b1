"""Availability as lines: what comes up next."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Generic, TypeVar
from zoneinfo import ZoneInfo

from oncall_ui.domain.availability.day_grid import Entry
from oncall_ui.domain.availability.rules import Action

E = TypeVar("E", bound=Entry)


@dataclass(frozen=True, slots=True)
class Line(Generic[E]):
    """One line of what comes up: entries of one action that overlap and begin on the same day, one or more.

    From the start of the first to the end of the last of them.
    """

    start: datetime
    end: datetime
    action: Action | None
    entries: tuple[E, ...]


def coming_up(entries: Iterable[E], now: datetime, zone: ZoneInfo) -> list[Line[E]]:
    """What isn't over yet, by start and end; what overlaps on a day of `zone`, and counts as the same, is one line."""
    alike: dict[tuple[date, Action | None], list[E]] = {}
    for entry in entries:
        if entry.end > now:
            alike.setdefault((entry.start.astimezone(zone).date(), entry.action), []).append(entry)
    lines = [line for found in alike.values() for line in _overlapping(found)]
    return sorted(lines, key=lambda line: (line.start, line.end, line.action or ""))


def _overlapping(entries: list[E]) -> Iterator[Line[E]]:
    entries.sort(key=lambda entry: (entry.start, entry.end))
    together = entries[:1]
    end = entries[0].end
    for entry in entries[1:]:
        if entry.start >= end:
            yield Line(together[0].start, end, together[0].action, tuple(together))
            together = []
            end = entry.end
        together.append(entry)
        end = max(end, entry.end)
    yield Line(together[0].start, end, together[0].action, tuple(together))
