"""Limits as sums over choices: who can't have what together, and what breaking a limit costs."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeAlias

from oncall_ui.domain.schedules.planning.problem import (
    Apart,
    Group,
    Held,
    Limit,
    Most,
    Per,
    Problem,
    Rest,
    Row,
    Spread,
    Strength,
    Task,
)
from oncall_ui.solving.facts import Facts

Pick: TypeAlias = tuple[int, str]
"""A place and the person who holds it."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Σ factor · pick ≤ `most`. A hard rule always holds; a soft one costs 1 for each step above.

    `excuse` is what the accepted picks in `excused` break by themselves: free while all of them stay.
    `source` is the place of its limit in the problem.
    """

    picks: Mapping[Pick, int]
    most: int
    hard: bool
    about: str
    comfort: bool = False
    excuse: int = 0
    excused: frozenset[Pick] = field(default_factory=frozenset)
    source: int = -1


def rules_of(facts: Facts) -> list[Rule]:
    """Every limit, rest and meeting in time of a problem."""
    return list(_Rules(facts).all())


class _Rules:
    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.problem: Problem = facts.problem
        self.people = facts.drawn()
        self.at: dict[tuple[int, str], list[Pick]] = {}
        for p, place in enumerate(facts.places):
            for person in facts.choices[p]:
                self.at.setdefault((place.shift, person), []).append((p, person))
        self.held: dict[str, list[Held]] = {}
        for held in facts.problem.held:
            self.held.setdefault(held.person, []).append(held)

    def all(self) -> Iterator[Rule]:
        yield from self._one_each()
        yield from self._last()
        for person in self.people:
            yield from self._cliques(person)
        for source, limit in enumerate(self.problem.limits):
            for rule in self._limit(limit):
                yield replace(rule, source=source)

    def _limit(self, limit: Limit) -> Iterator[Rule]:
        if isinstance(limit, Rest | Spread):
            yield from self._near(limit)
        elif isinstance(limit, Most):
            yield from self._most(limit)
        elif isinstance(limit, Row):
            yield from self._row(limit)
        elif isinstance(limit, Apart):
            yield from self._apart(limit)
        else:
            yield from self._group(limit)

    def _rule(self, picks: Mapping[Pick, int], most: int, *, hard: bool, about: str, comfort: bool = False) -> Rule:
        """Given picks can't be undone, so a hard rule asks the others to add nothing to what they break."""
        if hard:
            given = {pick: factor for pick, factor in picks.items() if self._given(pick)}
            open_picks = {pick: factor for pick, factor in picks.items() if pick not in given}
            return Rule(open_picks, max(0, most - sum(given.values())), True, about)
        excused: frozenset[Pick] = frozenset()
        excuse = 0
        if not comfort and self.problem.task is Task.REPAIR:
            excused = frozenset(pick for pick in picks if self.facts.accepted(self.facts.places[pick[0]], pick[1]))
            excuse = max(0, sum(picks[pick] for pick in excused) - most) if excused else 0
        return Rule(picks, most, False, about, comfort, excuse, excused if excuse else frozenset())

    def _given(self, pick: Pick) -> bool:
        return self.facts.choices[pick[0]][pick[1]].given

    def _picks(self, shifts: Iterable[int], person: str) -> dict[Pick, int]:
        return {pick: 1 for shift in shifts for pick in self.at.get((shift, person), ())}

    def _who(self, people: frozenset[str]) -> list[str]:
        return [person for person in self.people if not people or person in people]

    def _one_each(self) -> Iterator[Rule]:
        for p, choices in enumerate(self.facts.choices):
            yield Rule({(p, person): 1 for person in choices}, 1, True, "slot")

    def _last(self) -> Iterator[Rule]:
        places = {(place.shift, place.role): p for p, place in enumerate(self.facts.places)}
        for p, place in enumerate(self.facts.places):
            filler = self.problem.shifts[place.shift].fills[place.role]
            if filler.kind.value != "last":
                continue
            before = places.get((place.shift - 1, filler.name))
            heir = self._held_last(place.slot.start, filler.name) if place.shift == 0 else None
            for person, choice in self.facts.choices[p].items():
                if choice.given or person == heir:
                    continue
                picks = {(p, person): 1}
                if before is not None and person in self.facts.choices[before]:
                    picks[before, person] = -1
                yield Rule(picks, 0, True, "last")

    def _held_last(self, start: datetime, role: str) -> str | None:
        before = [held for held in self.problem.held if held.start < start and held.role == role]
        return max(before, key=lambda held: held.start).person if before else None

    def _hard_gap(self, person: str) -> timedelta:
        gaps = [
            limit.gap
            for limit in self.problem.limits
            if isinstance(limit, Rest)
            and limit.strength is Strength.NEVER
            and (not limit.people or person in limit.people)
        ]
        return max(gaps, default=timedelta(0))

    def _cliques(self, person: str) -> Iterator[Rule]:
        """Nobody is in two places at once, and a hard rest is kept: at most one of every set of close shifts."""
        gap = self._hard_gap(person)
        mine = [index for index in range(len(self.problem.shifts)) if (index, person) in self.at]
        spans = {i: (self.problem.shifts[i].start, self.problem.shifts[i].end) for i in mine}
        for held in self.held.get(person, ()):
            for i in mine:
                if _closer(spans[i], (held.start, held.end), gap):
                    yield self._rule(self._picks([i], person), 0, hard=True, about="rest")
        running: list[int] = []
        grown = False
        for i in mine:
            kept = [j for j in running if spans[j][1] + gap > spans[i][0]]
            if grown and len(kept) < len(running):
                yield self._clique(running, person)
                grown = False
            running = [*kept, i]
            grown = grown or len(running) > 1 or len(self.at[i, person]) > 1
        if grown:
            yield self._clique(running, person)

    def _clique(self, shifts: list[int], person: str) -> Rule:
        return self._rule(self._picks(shifts, person), 1, hard=True, about="rest")

    def _near(self, limit: Rest | Spread) -> Iterator[Rule]:
        if isinstance(limit, Rest) and limit.strength is Strength.NEVER:
            return
        comfort = isinstance(limit, Spread)
        shifts = self.problem.shifts
        for person in self._who(limit.people):
            hard = self._hard_gap(person)
            mine = [i for i in range(len(shifts)) if (i, person) in self.at]
            for held in self.held.get(person, ()):
                for i in mine:
                    pair = (held.start, held.end), (shifts[i].start, shifts[i].end)
                    if _near_enough(min(pair), max(pair), limit) and not _closer(*pair, hard):
                        yield self._rule(self._picks([i], person), 0, hard=False, about="rest", comfort=comfort)
            longest = max((shifts[i].end - shifts[i].start for i in mine), default=timedelta(0))
            for place, i in enumerate(mine):
                first = shifts[i].start, shifts[i].end
                for j in mine[place + 1 :]:
                    second = shifts[j].start, shifts[j].end
                    if second[0] - first[0] >= longest + limit.gap:
                        break
                    if not _near_enough(first, second, limit):
                        continue
                    if _closer(first, second, hard) and not self._both_given(i, j, person):
                        continue
                    yield self._rule(self._picks([i, j], person), 1, hard=False, about="rest", comfort=comfort)

    def _both_given(self, first: int, second: int, person: str) -> bool:
        return all(any(self._given(pick) for pick in self.at[i, person]) for i in (first, second))

    def _most(self, limit: Most) -> Iterator[Rule]:
        hard = limit.strength is Strength.NEVER
        windows: dict[object, list[int]] = {}
        for i, shift in enumerate(self.problem.shifts):
            if not limit.type or shift.type == limit.type:
                windows.setdefault(self._window(shift.start, limit), []).append(i)
        for person in self._who(limit.people):
            before: dict[object, set[datetime]] = {}
            for held in self.held.get(person, ()):
                if not limit.type or held.type == limit.type:
                    before.setdefault(self._window(held.start, limit), set()).add(held.start)
            for window, shifts in windows.items():
                most = limit.count - len(before.get(window, ()))
                picks = self._picks(shifts, person)
                if len(shifts) > most and picks:
                    yield self._rule(picks, most, hard=hard, about="most")

    def _window(self, at: datetime, limit: Most) -> object:
        day = at.astimezone(self.problem.zone).date()
        if limit.per is Per.WEEK:
            return day - timedelta(days=day.weekday())
        if limit.per is Per.MONTH:
            return day.replace(day=1)
        return (day - self.problem.start).days // limit.days

    def _row(self, limit: Row) -> Iterator[Rule]:
        shifts = self.problem.shifts
        first = shifts[0].start if shifts else None
        before = sorted({held.start for held in self.problem.held if first is not None and held.start < first})
        line: list[tuple[datetime, int]] = [(start, -1) for start in before] + [
            (s.start, i) for i, s in enumerate(shifts)
        ]
        for person in self._who(limit.people):
            had = {held.start for held in self.held.get(person, ())}
            for end in range(limit.count, len(line)):
                run = line[end - limit.count : end + 1]
                inside = [i for _, i in run if i >= 0]
                old = [start for start, i in run if i < 0]
                if (
                    not inside
                    or any(start not in had for start in old)
                    or any((i, person) not in self.at for i in inside)
                ):
                    continue
                picks = self._picks(inside, person)
                yield self._rule(picks, len(inside) - 1, hard=limit.strength is Strength.NEVER, about="row")

    def _apart(self, limit: Apart) -> Iterator[Rule]:
        for shift in self.problem.shifts:
            on = [i for i, other in enumerate(self.problem.shifts) if other.start <= shift.start < other.end]
            picks: dict[Pick, int] = {}
            already = 0
            for person in self._who(limit.people):
                picks |= self._picks(on, person)
                already += any(held.start <= shift.start < held.end for held in self.held.get(person, ()))
            if picks and already < 2:
                yield self._rule(picks, 1 - already, hard=limit.strength is Strength.NEVER, about="apart")

    def _group(self, limit: Group) -> Iterator[Rule]:
        for index in range(len(self.problem.shifts)):
            inside = {pick: -1 for person in self._who(limit.people) for pick in self.at.get((index, person), ())}
            if limit.strength is Strength.NEVER:
                for person in self.people:
                    for pick in self.at.get((index, person), ()) if person not in limit.people else ():
                        yield self._hard_group(pick, inside)
                continue
            yield self._soft_group(index, inside)

    def _hard_group(self, pick: Pick, inside: Mapping[Pick, int]) -> Rule:
        return Rule({} if self._given(pick) else {pick: 1, **inside}, 0, True, "group")

    def _soft_group(self, index: int, inside: Mapping[Pick, int]) -> Rule:
        excused: set[Pick] = set()
        if self.problem.task is Task.REPAIR:
            here = [place for place in self.facts.places if place.shift == index]
            for place in here:
                was = self.problem.published.get(place.slot)
                pick = self.facts.places.index(place), was.person if was else ""
                if was is None or not was.accepted or pick in inside or pick[1] not in self.facts.choices[pick[0]]:
                    excused.clear()
                    break
                excused.add(pick)
        return Rule(inside, -1, False, "group", False, 1 if excused else 0, frozenset(excused))


def _closer(one: tuple[datetime, datetime], other: tuple[datetime, datetime], gap: timedelta) -> bool:
    first, second = sorted((one, other))
    return second[0] < first[1] + gap


def _near_enough(first: tuple[datetime, datetime], second: tuple[datetime, datetime], limit: Rest | Spread) -> bool:
    if isinstance(limit, Rest):
        return second[0] < first[1] + limit.gap
    return second[0] - first[0] < limit.gap
