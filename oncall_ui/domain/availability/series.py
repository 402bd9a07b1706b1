"""Lines of the agenda that repeat, as one series each: every Tuesday, or several days in a row.

Spans are stored without their event, so a series is what looks like one: the same sources, action, time on the clock
and length, at a regular distance in days.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Generic, TypeVar
from zoneinfo import ZoneInfo

from oncall_ui.domain.availability.agenda import AgendaLine
from oncall_ui.domain.availability.day_grid import SpanLike

S = TypeVar("S", bound=SpanLike)
WEEK = 7
FEWEST_WEEKS = 3
"""Two on the same weekday may be a coincidence."""


@dataclass(frozen=True, slots=True)
class Series(Generic[S]):
    """One line, or several that repeat every `days` days; 0 for one. Sorted by start."""

    lines: tuple[AgendaLine[S], ...]
    days: int = 0

    @property
    def first(self) -> AgendaLine[S]:
        return self.lines[0]


def series_of(lines: Iterable[AgendaLine[S]], zone: ZoneInfo, source: Callable[[S], Hashable]) -> list[Series[S]]:
    """The same lines, those that repeat together, sorted by their first line. Clocks are those of `zone`.

    `source` tells spans of different origin apart. Lines without an action stay alone.
    """
    alike: dict[Hashable, list[AgendaLine[S]]] = {}
    found: list[Series[S]] = []
    for line in lines:
        if line.action is None:
            found.append(Series((line,)))
        else:
            alike.setdefault(_likeness(line, zone, source), []).append(line)
    for group in alike.values():
        runs, others = _in_a_row(group, zone)
        found += runs
        by_weekday: dict[int, list[AgendaLine[S]]] = {}
        for line in others:
            by_weekday.setdefault(_day(line, zone).weekday(), []).append(line)
        for weekly in by_weekday.values():
            found += _weekly(weekly, zone)
    return sorted(found, key=lambda each: (each.first.start, each.first.end, each.first.action or ""))


def _likeness(line: AgendaLine[S], zone: ZoneInfo, source: Callable[[S], Hashable]) -> Hashable:
    """Equal for lines that may be one series. By the clock, so that a series goes on when the clocks change."""
    start, end = (moment.astimezone(zone).replace(tzinfo=None) for moment in (line.start, line.end))
    return line.action, start.time(), end - start, frozenset(source(span) for span in line.spans)


def _day(line: AgendaLine[S], zone: ZoneInfo) -> date:
    return line.start.astimezone(zone).date()


def _in_a_row(lines: Sequence[AgendaLine[S]], zone: ZoneInfo) -> tuple[list[Series[S]], list[AgendaLine[S]]]:
    """Runs of two or more days, and the other lines."""
    runs: list[list[AgendaLine[S]]] = []
    for line in sorted(lines, key=lambda each: each.start):
        if runs and _day(line, zone) - _day(runs[-1][-1], zone) == timedelta(days=1):
            runs[-1].append(line)
        else:
            runs.append([line])
    return [Series(tuple(run), 1) for run in runs if len(run) > 1], [run[0] for run in runs if len(run) == 1]


def _weekly(lines: Sequence[AgendaLine[S]], zone: ZoneInfo) -> list[Series[S]]:
    """Of lines on one weekday: series with the same number of weeks between all lines, and single lines."""
    found: list[Series[S]] = []
    at = 0
    while at < len(lines):
        end = at + 1
        while end + 1 < len(lines) and _gap(lines, end, zone) == _gap(lines, at, zone):
            end += 1
        if end < len(lines) and end - at + 1 >= FEWEST_WEEKS:
            found.append(Series(tuple(lines[at : end + 1]), _gap(lines, at, zone)))
            at = end + 1
        else:
            found.append(Series((lines[at],)))
            at += 1
    return found


def _gap(lines: Sequence[AgendaLine[S]], at: int, zone: ZoneInfo) -> int:
    return (_day(lines[at + 1], zone) - _day(lines[at], zone)).days
