"""A CSV file → a rota. It reads what people keep: days or times, one name a row or one a role, ends or only starts."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from oncall_ui.domain.schedules.rota_import.columns import Columns, columns_of
from oncall_ui.domain.schedules.rota_import.days import Order, Written, instant, order_of, span_written, written
from oncall_ui.domain.schedules.rota_import.rota import Entry, Named, Rota, RotaSource, named, plain, rota_of
from oncall_ui.domain.schedules.rota_import.table import Row, rows_of

NOBODY = {"", "-", "–", "—", "?", "none", "nobody", "n/a", "na", "tbd", "vacant", "unassigned", "empty", "gap"}
_SEVERAL = re.compile(r"\s*[/&+]\s*")
LONGEST = timedelta(days=62)
_EXPORTED = "'"
"""What our own export puts before a word that a spreadsheet would compute."""


@dataclass(frozen=True, slots=True)
class Place:
    """What a file leaves open: the zone of its times, when a day begins, which roles and which year it is about."""

    zone: ZoneInfo
    handoff: time
    roles: tuple[str, ...]
    today: date


@dataclass(frozen=True, slots=True)
class _Line:
    """A row whose cells are understood. Without a `last` the next row says when it ends."""

    number: int
    first: Written
    last: Written | None
    people: tuple[tuple[Named, str], ...]
    """Who, in which role."""
    group: str
    """Rows of a group follow each other: those with the same word in the column of roles, if there is one."""


def read_csv(data: bytes, place: Place) -> Rota:
    """Raises NotARota."""
    columns, rows = columns_of(rows_of(data), place.roles)
    lines, problems = list[_Line](), list[str]()
    for row in rows:
        found = _line(row, columns, place)
        if isinstance(found, str):
            problems.append(found)
        else:
            lines.append(found)
    order, is_guessed = order_of(each for line in lines for each in (line.first, line.last) if each)
    entries = list(_Spans(place, order, problems).entries(lines))
    notes = [f"Days are read as {order.value}."] if is_guessed else []
    return rota_of(RotaSource.CSV, entries, len(rows), problems, notes)


def _line(row: Row, columns: Columns, place: Place) -> _Line | str:
    """Or a sentence about what is wrong."""
    number, cells = row
    first, last = _ends(cells, columns)
    if first is None:
        return f"Line {number}: “{_cell(cells, columns.start)[:30]}” isn’t a day."
    return _Line(number, first, last, tuple(_people(cells, columns, place.roles)), _cell(cells, columns.role))


def _ends(cells: Sequence[str], columns: Columns) -> tuple[Written | None, Written | None]:
    said = _cell(cells, columns.start)
    both = span_written(said) if columns.is_span else None
    if both:
        return both
    first = written(_joined(said, cells, columns.start_clock))
    if columns.end is not None:
        last = written(_joined(_cell(cells, columns.end), cells, columns.end_clock))
    else:
        last = written(_joined(said, cells, columns.end_clock)) if columns.end_clock is not None else None
    return first, last


def _joined(day: str, cells: Sequence[str], clock: int | None) -> str:
    return day if clock is None else f"{day} {_cell(cells, clock)}"


def _people(cells: Sequence[str], columns: Columns, roles: Sequence[str]) -> Iterator[tuple[Named, str]]:
    if columns.by_role:
        for number, role in columns.by_role.items():
            if (who := _someone(_cell(cells, number))) is not None:
                yield who, role
        return
    email = _cell(cells, columns.email)
    role = _role(_cell(cells, columns.role), roles)
    names = [_cell(cells, columns.name)]
    if len(roles) > 1 and not email and not role and plain(names[0]) not in NOBODY:
        names = _SEVERAL.split(names[0])
    for name, place in zip(names, roles if len(names) > 1 else [role], strict=False):
        if (who := _someone(name, email)) is not None:
            yield who, place


def _someone(name: str, email: str = "") -> Named | None:
    if plain(name) in NOBODY and "@" not in email:
        return None
    if "@" in name and " " not in name and not email:
        name, email = "", name
    return named(name.removeprefix(_EXPORTED) if plain(name) not in NOBODY else "", email if "@" in email else "")


def _role(said: str, roles: Sequence[str]) -> str:
    """The role a cell names, or numbers from 1; empty if it is none of the schedule's."""
    word = plain(said.removeprefix(_EXPORTED))
    if word.isdecimal() and len(word) < 4:
        return roles[int(word) - 1] if 1 <= int(word) <= len(roles) else ""
    return next((role for role in roles if plain(role) == word), "")


def _cell(cells: Sequence[str], number: int | None) -> str:
    return cells[number] if number is not None and number < len(cells) else ""


class _Spans:
    """Turns lines into entries, once it is known how the whole file writes days."""

    def __init__(self, place: Place, order: Order, problems: list[str]) -> None:
        self._place, self._order, self._problems = place, order, problems

    def entries(self, lines: Sequence[_Line]) -> Iterator[Entry]:
        spans = list(self._spans(lines))
        shared = _ends_are_shared([(first, last) for _, first, last in spans])
        starts = self._starts(spans)
        for line, first, last in spans:
            if first is None:
                self._problems.append(f"Line {line.number}: there is no such day.")
                continue
            end = self._end(first, last, line, shared) if last else starts.get((line.group, first))
            start = self._instant(first, line.first)
            if end is None or end <= start or end - start > LONGEST:
                self._problems.append(f"Line {line.number}: it isn’t clear when this shift ends.")
                continue
            for who, role in line.people:
                yield Entry(start, end, who, role)

    def _spans(self, lines: Sequence[_Line]) -> Iterator[tuple[_Line, date | None, date | None]]:
        """First and last day. Where years are missing, each row is close to the one before it."""
        near = None
        for line in lines:
            first = line.first.in_order(self._order).date(self._place.today, near)
            near = first or near
            last = line.last.in_order(self._order).date(self._place.today, first) if line.last else None
            if first and line.last is None and line.first.length > 1:
                last = first + timedelta(days=line.first.length - 1)
            yield line, first, last

    def _instant(self, day: date, said: Written) -> datetime:
        return instant(day, said.at if said.at is not None else self._place.handoff, said.offset, self._place.zone)

    def _end(self, first: date, last: date, line: _Line, shared: bool) -> datetime:
        if line.last is None or line.last.at is None:
            return self._instant(last if shared else last + timedelta(days=1), replace(line.first, at=None))
        end = self._instant(last, line.last)
        is_night = first == last and end <= self._instant(first, line.first)
        return self._instant(last + timedelta(days=1), line.last) if is_night else end

    def _starts(self, spans: Sequence[tuple[_Line, date | None, date | None]]) -> dict[tuple[str, date], datetime]:
        """Group and first day → when its next row starts, or as long after it as most rows are apart."""
        found: dict[tuple[str, date], datetime] = {}
        groups: dict[str, dict[date, datetime]] = {}
        for line, first, _ in spans:
            if first is not None:
                groups.setdefault(line.group, {}).setdefault(first, self._instant(first, line.first))
        for group, days in groups.items():
            ordered = sorted(days)
            step = timedelta(days=_usual_step(ordered))
            for day, following in pairwise(ordered):
                found[group, day] = min(days[following], self._later(days[day], step))
            found[group, ordered[-1]] = self._later(days[ordered[-1]], step)
        return found

    def _later(self, start: datetime, step: timedelta) -> datetime:
        """At the same time of day."""
        return (start.astimezone(self._place.zone) + step).astimezone(UTC)


def _usual_step(days: Sequence[date]) -> int:
    """How many days most rows are apart; one where there is only one."""
    steps = Counter((later - earlier).days for earlier, later in pairwise(days))
    return max(steps, key=lambda each: (steps[each], each), default=1)


def _ends_are_shared(spans: Sequence[tuple[date | None, date | None]]) -> bool:
    """Whether a row ends on the day the next one starts; else its last day is its own."""
    starts = {first for first, _ in spans}
    ends = [last for _, last in spans if last]
    touching = sum(last in starts for last in ends)
    following = sum(last + timedelta(days=1) in starts for last in ends)
    return touching > following
