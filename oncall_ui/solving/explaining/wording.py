"""Facts and fixes in words. Days are those of the schedule's zone; people stay ids."""

from collections.abc import Sequence

from oncall_ui.domain.schedules.planning.fact_words import (
    NO_SHARE,
    NOT_THERE,
    PAUSED,
    TWO_AT_ONCE,
    SlotNames,
    blocked_for,
    excluded,
    most_words,
    other_role,
    part_of,
    shifts_words,
)
from oncall_ui.domain.schedules.planning.problem import Apart, Group, Limit, Most, Rest, Row, Shift, Slot
from oncall_ui.domain.schedules.planning.sentences import Sentence, Who, joined, sentence
from oncall_ui.domain.schedules.shifts.types import hours
from oncall_ui.solving.explaining.obstacles import Kind, Obstacle, Obstacles
from oncall_ui.solving.facts import thousandths
from oncall_ui.solving.limits import Pick


class Wording:
    """Of the facts of one problem."""

    def __init__(self, obstacles: Obstacles) -> None:
        self.places = obstacles.facts.places
        self.problem = obstacles.problem
        self.shifts = {shift.start: shift for shift in self.problem.shifts}
        self.names = SlotNames(self.problem)

    def facts(self, obstacles: Sequence[Obstacle]) -> tuple[Sentence, ...]:
        """One for each fact; without any, why even so."""
        if not obstacles:
            return (sentence("There is nobody on this schedule"),)
        return tuple(self.fact(obstacle) for obstacle in obstacles)

    def fact(self, one: Obstacle) -> Sentence:
        """What is known, whether or not it could be otherwise."""
        who = Who(one.person)
        if one.limit >= 0:
            return self._limit(self.problem.limits[one.limit], who)
        if one.kind is Kind.BLOCKED and one.start:
            return sentence(who, f" {self._blocked(one)}")
        if one.start:
            slot = self.names.within(Slot(one.start, one.role))
            return {
                Kind.RULED_OUT: sentence(who, f" {excluded(slot.rstrip(','))}"),
                Kind.FIXED: sentence(f"{slot} is fixed for ", who),
            }.get(one.kind, sentence(f"{slot} goes to the holder of the shift before"))
        return {
            Kind.NOT_THERE: sentence(who, f" {NOT_THERE}"),
            Kind.NO_SHARE: sentence(who, f" {NO_SHARE}"),
            Kind.PAUSED: sentence(who, f" {PAUSED}"),
            Kind.OTHER_ROLE: sentence(who, f" {other_role(one.role)}"),
        }.get(one.kind, sentence(who, f" {TWO_AT_ONCE}"))

    def way(self, bent: Sequence[tuple[Obstacle, Sequence[Pick]]], empty: Sequence[int]) -> Sentence:
        """A fix, with the picks that bend each fact."""
        steps = [self._bend(obstacle, picks) for obstacle, picks in bent]
        steps += [sentence(f"leave {self.names.within(self.places[p].slot)} empty") for p in empty]
        whole = joined(steps, ", and ")
        first = whole.words[0]
        return Sentence((first[:1].upper() + first[1:], *whole.words[1:]), whole.people)

    def _bend(self, one: Obstacle, picks: Sequence[Pick]) -> Sentence:
        who = Who(one.person)
        if one.kind is Kind.BLOCKED and one.start:
            return sentence("ask ", who, f" to lift {self._lifted(one)} on {self.names.when(one.start)}")
        starts = sorted({self.places[p].slot.start for p, _ in picks})
        named = [self.names.when(start) for start in starts]
        where = " and ".join([*([", ".join(named[:-1])] if named[1:] else []), *named[-1:]])
        limit = self.problem.limits[one.limit]
        if isinstance(limit, Rest):
            return sentence(f"accept less than {hours(limit.gap)} of rest for ", who, f": {where}")
        if isinstance(limit, Most):
            return sentence(f"accept more than {most_words(limit)} for ", who, f": {where}")
        if isinstance(limit, Row):
            return sentence(f"accept more than {shifts_words(limit.count)} in a row for ", who, f": {where}")
        if isinstance(limit, Apart):
            return sentence("accept ", *_people(limit.people, " and "), f" together: {where}")
        return sentence("accept one shift without ", *_people(limit.people, " or "), f": {where}")

    def _limit(self, limit: Limit, who: Who) -> Sentence:
        if isinstance(limit, Rest):
            return sentence(who, f" rests {hours(limit.gap)} between shifts")
        if isinstance(limit, Most):
            return sentence(who, f" has at most {most_words(limit)}")
        if isinstance(limit, Row):
            return sentence(who, f" has at most {shifts_words(limit.count)} in a row")
        if isinstance(limit, Apart | Group):
            people = _people(limit.people, " and " if isinstance(limit, Apart) else " or ")
            if isinstance(limit, Apart):
                return sentence(*people, " aren’t on call at the same time")
            return sentence("every shift needs ", *people)
        return sentence(who, f" has {hours(limit.gap)} between the starts of shifts")

    def _blocked(self, one: Obstacle) -> str:
        shift = self._shift(one)
        return blocked_for(self._part(one), shift.end - shift.start, self.names.when(shift.start))

    def _lifted(self, one: Obstacle) -> str:
        shift = self._shift(one)
        return hours(part_of(self._part(one), shift.end - shift.start))

    def _part(self, one: Obstacle) -> int:
        shift = self._shift(one)
        return thousandths(self.problem.blocks.get(one.person, ()), shift.start, shift.end)

    def _shift(self, one: Obstacle) -> Shift:
        assert one.start is not None
        return self.shifts[one.start]


def _people(people: frozenset[str], last: str) -> list[str | Who]:
    named = sorted(people)
    parts: list[str | Who] = []
    for place, person in enumerate(named):
        if place:
            parts.append(last if place == len(named) - 1 else ", ")
        parts.append(Who(person))
    return parts
