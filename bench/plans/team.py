"""A planning problem as its yardsticks read it. Shares no code with the model or the judge."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from typing import TypeAlias

from oncall_ui.domain.schedules.planning.problem import FillKind, Person, Problem, Rest, Shift, Slot, Span, Strength

Roster: TypeAlias = Mapping[Slot, str]
"""Who holds which slot. A slot that isn't in it is empty."""


class Team:
    """Slots in the order of shifts and roles, and what each person could do. Knows rest, and no other limit."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.people = {person.id: person for person in problem.people}
        self.shifts = {shift.start: shift for shift in problem.shifts}
        self.slots = [
            Slot(shift.start, role)
            for shift in problem.shifts
            for role in problem.roles
            if shift.fills[role].kind is not FillKind.NOBODY
        ]
        rests = [limit for limit in problem.limits if isinstance(limit, Rest)]
        self.hard_rest = max((rest.gap for rest in rests if rest.strength is Strength.NEVER), default=timedelta(0))
        self._blocked: dict[tuple[datetime, str], bool] = {}
        self._dues: dict[Slot, Mapping[str, Fraction]] = {}

    def shift(self, slot: Slot) -> Shift:
        return self.shifts[slot.start]

    def points(self, slot: Slot) -> Fraction:
        """What the slot counts in fairness."""
        return self.shift(slot).points * self.problem.role_points.get(slot.role, Fraction(1))

    def belongs(self, slot: Slot, person: Person) -> bool:
        """Whether the person is in the schedule and has the role for the whole shift."""
        shift = self.shift(slot)
        return (
            person.share > 0
            and (person.joined is None or person.joined <= shift.start)
            and (person.left is None or shift.end <= person.left)
            and (not person.roles or slot.role in person.roles)
            and not _touch(person.paused, shift)
        )

    def blocked(self, slot: Slot, person: str) -> bool:
        """Whether any minute of the shift is blocked."""
        key = slot.start, person
        if key not in self._blocked:
            self._blocked[key] = _touch(self.problem.blocks.get(person, ()), self.shift(slot))
        return self._blocked[key]

    def would_like(self, slot: Slot, person: str) -> bool:
        """Whether some of the shift is preferred, and none of it blocked."""
        return _touch(self.problem.preferences.get(person, ()), self.shift(slot)) and not self.blocked(slot, person)

    def may(self, slot: Slot, person: Person) -> bool:
        """Whether the person may be given the slot. Where blocks are only avoided, a blocked person may."""
        free = self.problem.block_strength is Strength.AVOID or not self.blocked(slot, person.id)
        return free and self.belongs(slot, person)

    def dues(self, slot: Slot) -> Mapping[str, Fraction]:
        """The slot's points by share, among those who are there when it starts."""
        if slot not in self._dues:
            shares = {one.id: one.share for one in self.people.values() if self._owes(slot, one)}
            total = sum(shares.values(), Fraction(0))
            self._dues[slot] = {person: self.points(slot) * share / total for person, share in shares.items()}
        return self._dues[slot]

    def _owes(self, slot: Slot, person: Person) -> bool:
        at = slot.start
        return (
            person.share > 0
            and (person.joined is None or person.joined <= at)
            and (person.left is None or at < person.left)
            and (not person.roles or slot.role in person.roles)
            and not any(span.start <= at < span.end for span in person.paused)
        )


def _touch(spans: Sequence[Span], shift: Shift) -> bool:
    return any(span.start < shift.end and shift.start < span.end for span in spans)
