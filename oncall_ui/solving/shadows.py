"""Shadows, added to a finished roster: as many slots as possible, those that are published first, then evenly.

No shift of that roster moves for them.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from oncall_ui.domain.schedules.planning.fact_words import at_once
from oncall_ui.domain.schedules.planning.mip import Mip
from oncall_ui.domain.schedules.planning.problem import FillKind, Person, Problem, Slot, Span, Task
from oncall_ui.domain.schedules.planning.result import Result, SlotResult
from oncall_ui.domain.schedules.planning.sentences import Sentence, Who, sentence
from oncall_ui.solving.facts import thousandths
from oncall_ui.solving.highs import solve_mip

Pick = tuple[Slot, str]
MOST_SECONDS = 5.0
"""A few hundred slots take hundredths of one."""


def with_shadows(problem: Problem, result: Result) -> Result:
    """The result of the problem without shadows, with them. A repair keeps those that can stay, and adds none."""
    return replace(
        result,
        slots=_with_lines(problem, result.slots),
        proposals=tuple(replace(each, slots=_with_lines(problem, each.slots)) for each in result.proposals),
    )


def shadows_beside(problem: Problem, roster: Mapping[Slot, str]) -> dict[Slot, str]:
    """Who learns in which slot beside a roster that has no shadows yet."""
    given = {slot: person for slot, person in problem.fixed.items() if slot.role in problem.shadows}
    return given | _Filling(problem, {**roster, **given}, given).fill()


def _with_lines(problem: Problem, slots: tuple[SlotResult, ...]) -> tuple[SlotResult, ...]:
    roster = {Slot(each.start, each.role): each.person for each in slots if each.person is not None}
    found = shadows_beside(problem, roster)
    lines = {(each.start, each.role): each for each in slots}
    for slot in _wanted(problem):
        lines[slot.start, slot.role] = _Lines(problem, roster | found).line(slot)
    ranks = {role: place for place, role in enumerate(problem.roles)}
    return tuple(lines[key] for key in sorted(lines, key=lambda key: (key[0], ranks[key[1]])))


def _wanted(problem: Problem) -> Iterator[Slot]:
    for shift in problem.shifts:
        for role in problem.shadows:
            if shift.fills[role].kind is not FillKind.NOBODY:
                yield Slot(shift.start, role)


@dataclass(frozen=True, slots=True)
class _Lines:
    problem: Problem
    roster: Mapping[Slot, str]

    def line(self, slot: Slot) -> SlotResult:
        problem, person = self.problem, self.roster.get(slot)
        was = problem.published.get(slot)
        shift = next(each for each in problem.shifts if each.start == slot.start)
        blocked = thousandths(problem.blocks.get(person or "", ()), shift.start, shift.end)
        unknown = thousandths(problem.unknown.get(person or "", ()), shift.start, shift.end)
        changed = was is not None and was.person != person
        return SlotResult(slot.start, slot.role, person, blocked, unknown, 0, changed, tuple(self._said(slot)))

    def _said(self, slot: Slot) -> Iterator[Sentence]:
        """Who could learn here, but has another role of the shift."""
        person, problem = self.roster.get(slot), self.problem
        if person is not None and problem.fixed.get(slot) == person:
            yield sentence("This slot is fixed for ", Who(person))
        for other, holder in self.roster.items():
            learns = any(each.id == holder and slot.role in each.roles for each in problem.people)
            if learns and holder != person and other.start == slot.start and other != slot:
                yield sentence(Who(holder), f" {at_once(other.role)}")


class _Filling:
    """`roster` has who is taken already, `given` the shadows among them."""

    def __init__(self, problem: Problem, roster: Mapping[Slot, str], given: Mapping[Slot, str]) -> None:
        self._problem, self._roster = problem, roster
        self._shifts = {shift.start: shift for shift in problem.shifts}
        self._busy: dict[str, list[Span]] = {}
        for slot, person in roster.items():
            self._busy.setdefault(person, []).append(Span(slot.start, self._shifts[slot.start].end))
        for one in problem.held:
            self._busy.setdefault(one.person, []).append(Span(one.start, one.end))
        self._has = Counter(given.values())
        self._mip = Mip()
        self._picks: dict[Pick, int] = {}

    def fill(self) -> dict[Slot, str]:
        """The best is found in three steps, each of which keeps what those before it reached."""
        self._columns()
        if not self._picks:
            return {}
        filled = dict.fromkeys(self._picks.values(), -1.0)
        kept = {column: -1.0 for pick, column in self._picks.items() if self._was(pick)}
        found: dict[Slot, str] = {}
        for terms in (filled, kept, self._steps()):
            outcome = solve_mip(self._mip, terms, seconds=MOST_SECONDS) if terms else None
            if outcome is None:
                continue
            if outcome.values is None:
                break
            found = {slot: person for (slot, person), column in self._picks.items() if outcome.values[column] > 0.5}
            self._mip.row(terms.items(), upper=round(outcome.value) + 0.5)
        return found

    def _columns(self) -> None:
        seed = self._problem.seed
        people = [person for person in self._problem.people if person.roles & self._problem.shadows.keys()]
        people.sort(key=lambda person: hashlib.sha256(f"{seed}:{person.id}".encode()).digest())
        for slot in _wanted(self._problem):
            if slot in self._roster:
                continue
            able = [person.id for person in people if self._may(slot, person)]
            self._picks |= {(slot, person): self._mip.column() for person in able}
            if len(able) > 1:
                self._mip.row([(self._picks[slot, person], 1.0) for person in able], upper=1)
        for person in people:
            self._once_at_a_time(person.id)

    def _may(self, slot: Slot, person: Person) -> bool:
        """Blocks are always kept: nobody misses a shadow."""
        shift, problem = self._shifts[slot.start], self._problem
        beside = self._roster.get(Slot(slot.start, problem.shadows[slot.role]))
        if beside is None or slot.role not in person.roles or not person.share:
            return False
        if problem.task is Task.REPAIR and not self._was((slot, person.id)):
            return False
        if (person.joined and person.joined > shift.start) or (person.left and person.left < shift.end):
            return False
        spans = (*self._busy.get(person.id, ()), *person.paused, *problem.blocks.get(person.id, ()))
        if any(span.start < shift.end and shift.start < span.end for span in spans):
            return False
        return person.id not in problem.excluded.get(slot, ())

    def _was(self, pick: Pick) -> bool:
        was = self._problem.published.get(pick[0])
        return was is not None and was.person == pick[1]

    def _once_at_a_time(self, person: str) -> None:
        """In order of start: at most one of those that still run when another begins."""
        mine = sorted((slot for slot, who in self._picks if who == person), key=lambda slot: slot.start)
        for place, slot in enumerate(mine):
            running = [each for each in mine[:place] if self._shifts[each.start].end > slot.start]
            for each in running:
                self._mip.row([(self._picks[each, person], 1.0), (self._picks[slot, person], 1.0)], upper=1)

    def _steps(self) -> dict[int, float]:
        """What each further shadow slot of a person adds to the square of their number."""
        terms: dict[int, float] = {}
        for person in sorted({who for _, who in self._picks}):
            mine = [(column, 1.0) for (_, who), column in self._picks.items() if who == person]
            steps = [self._mip.column(0, 1, whole=False) for _ in mine]
            terms |= {step: 2.0 * (self._has[person] + number) + 1 for number, step in enumerate(steps)}
            self._mip.row([*mine, *((step, -1.0) for step in steps)], 0, 0)
        return terms
