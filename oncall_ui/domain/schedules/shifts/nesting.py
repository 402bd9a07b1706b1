"""Schedules inside schedules: who is on call where another schedule fills a shift. Rendering only."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

DEEPEST = 4


class NestingRefused(ValueError):
    """Schedules that may not be nested this way. The message is a sentence that names them."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Part of a schedule: held by a person, or filled by another schedule, or a gap if neither is named."""

    start: datetime
    end: datetime
    person: str | None = None
    schedule: str | None = None


@dataclass(frozen=True, slots=True)
class Rendered:
    """Who is on call. `path` names the schedules from the outermost inwards; `person` None is a gap."""

    start: datetime
    end: datetime
    person: str | None
    path: tuple[str, ...]


def check_nesting(fillers: Mapping[str, Collection[str]]) -> None:
    """`fillers` names, for each schedule, those that fill its shifts. Raises NestingRefused for a circle or more than
    four schedules inside each other.
    """
    for schedule in sorted(fillers):
        _walk(schedule, fillers, ())


def render(schedule: str, entries: Mapping[str, Sequence[Entry]]) -> list[Rendered]:
    """The entries of the schedule, split at the handoffs of those inside. What no inner entry covers is a gap.

    Entries of one schedule may not overlap. Raises NestingRefused like `check_nesting`.
    """
    check_nesting({name: {entry.schedule for entry in listed if entry.schedule} for name, listed in entries.items()})
    return [piece for entry in _sorted(entries[schedule]) for piece in _pieces(entry, (schedule,), entries)]


def _walk(schedule: str, fillers: Mapping[str, Collection[str]], above: tuple[str, ...]) -> None:
    path = (*above, schedule)
    if schedule in above:
        circle = path[path.index(schedule) :]
        raise NestingRefused(f"{' → '.join(circle)} is a circle. A schedule can’t fill itself.")
    if len(path) > DEEPEST:
        raise NestingRefused(f"{' → '.join(path)} are more than {DEEPEST} schedules inside each other.")
    for inner in sorted(fillers.get(schedule, ())):
        _walk(inner, fillers, path)


def _pieces(entry: Entry, path: tuple[str, ...], entries: Mapping[str, Sequence[Entry]]) -> Iterator[Rendered]:
    if entry.schedule is None:
        yield Rendered(entry.start, entry.end, entry.person, path)
        return
    at = entry.start
    for inner in _sorted(entries.get(entry.schedule, ())):
        start, end = max(inner.start, at), min(inner.end, entry.end)
        if start >= end:
            continue
        if at < start:
            yield Rendered(at, start, None, (*path, entry.schedule))
        cut = Entry(start, end, inner.person, inner.schedule)
        yield from _pieces(cut, (*path, entry.schedule), entries)
        at = end
    if at < entry.end:
        yield Rendered(at, entry.end, None, (*path, entry.schedule))


def _sorted(entries: Sequence[Entry]) -> list[Entry]:
    return sorted(entries, key=lambda entry: entry.start)
