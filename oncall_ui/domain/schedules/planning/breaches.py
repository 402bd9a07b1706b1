"""Which limits a roster breaks, by whom and when: what the judge counts, taken apart so that it can be named."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import combinations, groupby

from oncall_ui.domain.schedules.planning.problem import (
    Apart,
    FillKind,
    Group,
    Limit,
    Most,
    Per,
    Problem,
    Rest,
    Row,
    Slot,
    Spread,
)

Roster = Mapping[Slot, str]


@dataclass(frozen=True, slots=True)
class Breach:
    """One limit, broken by these people on the shifts that start then. `times` is how often it counts."""

    limit: Limit
    people: tuple[str, ...]
    starts: tuple[datetime, ...]
    times: int = 1


@dataclass(frozen=True, slots=True)
class _Turn:
    """A shift of a person, whatever the role."""

    start: datetime
    end: datetime
    type: str
    is_held: bool


def breaches_of(problem: Problem, roster: Roster) -> tuple[Breach, ...]:
    """Of new plans, not of repairs. Limits that only spread shifts out are left out: nothing is broken there."""
    return tuple(_Finder(problem, roster).find())


def slots_over(breaches: Iterable[Breach], roster: Roster) -> frozenset[Slot]:
    """The slots of the roster that break a limit: of a breach those beyond it, not the earlier ones that it allows."""
    return frozenset(slot for breach in breaches for slot in _beyond(breach, roster))


def _beyond(breach: Breach, roster: Roster) -> Iterator[Slot]:
    starts = [start for start in breach.starts if any(slot.start == start for slot in roster)]
    # One shift too many is the last one, save where the only planned shift comes before those published already.
    late = set(starts[-breach.times :])
    for slot, holder in roster.items():
        if slot.start in late and (isinstance(breach.limit, Group) or holder in breach.people):
            yield slot


class _Finder:
    def __init__(self, problem: Problem, roster: Roster) -> None:
        self._problem, self._roster = problem, roster
        self._shift = {shift.start: shift for shift in problem.shifts}
        self._turns = {person.id: self._turns_of(person.id) for person in problem.people}

    def find(self) -> Iterator[Breach]:
        for limit in self._problem.limits:
            if isinstance(limit, Group):
                yield from self._without_group(limit)
            elif isinstance(limit, Apart):
                yield from self._together(limit)
            elif not isinstance(limit, Spread):
                for person, turns in self._turns.items():
                    if not limit.people or person in limit.people:
                        yield from self._of_person(limit, person, turns)

    def _turns_of(self, person: str) -> list[_Turn]:
        starts = {slot.start for slot, holder in self._roster.items() if holder == person}
        planned = {_Turn(start, self._shift[start].end, self._shift[start].type, False) for start in starts}
        held = {_Turn(each.start, each.end, each.type, True) for each in self._problem.held if each.person == person}
        return sorted(planned | held, key=lambda turn: (turn.start, turn.end))

    def _of_person(self, limit: Rest | Most | Row, person: str, turns: list[_Turn]) -> Iterator[Breach]:
        if isinstance(limit, Rest):
            for one, two in combinations(turns, 2):
                if two.start - one.end < limit.gap and not (one.is_held and two.is_held):
                    yield Breach(limit, (person,), (one.start, two.start))
        elif isinstance(limit, Most):
            yield from self._too_many(limit, person, turns)
        else:
            yield from self._in_a_row(limit, person, turns)

    def _too_many(self, limit: Most, person: str, turns: list[_Turn]) -> Iterator[Breach]:
        planned = {self._window(limit, s.start) for s in self._shift.values() if limit.type in {"", s.type}}
        counted = [turn for turn in turns if limit.type in {"", turn.type}]
        for window, group in groupby(counted, key=lambda turn: self._window(limit, turn.start)):
            starts = tuple(dict.fromkeys(turn.start for turn in group))
            if window in planned and len(starts) > limit.count:
                yield Breach(limit, (person,), starts, len(starts) - limit.count)

    def _window(self, limit: Most, at: datetime) -> tuple[int, int]:
        day: date = at.astimezone(self._problem.zone).date()
        if limit.per is Per.WEEK:
            return day.isocalendar()[:2]
        if limit.per is Per.MONTH:
            return day.year, day.month
        return 0, (day - self._problem.start).days // limit.days

    def _in_a_row(self, limit: Row, person: str, turns: list[_Turn]) -> Iterator[Breach]:
        first = self._problem.shifts[0].start
        starts = sorted({each.start for each in self._problem.held if each.start < first} | set(self._shift))
        mine = {turn.start: turn for turn in turns}
        for place in range(len(starts) - limit.count):
            run = starts[place : place + limit.count + 1]
            if all(start in mine for start in run) and any(not mine[start].is_held for start in run):
                yield Breach(limit, (person,), tuple(run))

    def _together(self, limit: Apart) -> Iterator[Breach]:
        for at in sorted(self._shift):
            on = [next((t for t in self._turns[person] if t.start <= at < t.end), None) for person in limit.people]
            both = [turn for turn in on if turn is not None]
            if len(both) == 2 and not all(turn.is_held for turn in both):
                yield Breach(limit, tuple(sorted(limit.people)), (at,))

    def _without_group(self, limit: Group) -> Iterator[Breach]:
        for shift in self._problem.shifts:
            wanted = [role for role in self._problem.roles if shift.fills[role].kind is not FillKind.NOBODY]
            holders = {self._roster.get(Slot(shift.start, role)) for role in wanted}
            if wanted and not holders & limit.people:
                yield Breach(limit, tuple(sorted(limit.people)), (shift.start,))
