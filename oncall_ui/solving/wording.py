"""Facts and fixes in words. Days are those of the schedule's zone; people stay ids."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from oncall_ui.domain.schedules.problem import Apart, Group, Limit, Most, Per, Rest, Row, Shift, Slot
from oncall_ui.domain.schedules.sentences import EXCLUDED, Sentence, Who, joined, sentence
from oncall_ui.domain.schedules.shift_types import hours
from oncall_ui.solving.facts import thousandths
from oncall_ui.solving.limits import Pick
from oncall_ui.solving.obstacles import Kind, Obstacle, Obstacles

WINDOWS = {Per.WEEK: "a week", Per.MONTH: "a month"}


class Wording:
    """Of the facts of one problem."""

    def __init__(self, obstacles: Obstacles) -> None:
        self.places = obstacles.facts.places
        self.problem = obstacles.problem
        self.shifts = {shift.start: shift for shift in self.problem.shifts}
        self.on_day = Counter(self._day(shift.start) for shift in self.problem.shifts)

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
            return sentence(who, f" is blocked for {self.blocked(one)} on {self.when(one.start)}")
        if one.start:
            slot = self.slot(Slot(one.start, one.role))
            return {
                Kind.RULED_OUT: sentence(who, f"{EXCLUDED} {slot}"),
                Kind.FIXED: sentence(f"{slot} is fixed for ", who),
            }.get(one.kind, sentence(f"{slot} goes to the holder of the shift before"))
        return {
            Kind.NOT_THERE: sentence(who, " isn’t on the schedule then"),
            Kind.NO_SHARE: sentence(who, " has no share of this schedule"),
            Kind.PAUSED: sentence(who, " is paused then"),
            Kind.OTHER_ROLE: sentence(who, f" doesn’t take {one.role}"),
        }.get(one.kind, sentence(who, " can’t have two shifts at once"))

    def way(self, bent: Sequence[tuple[Obstacle, Sequence[Pick]]], empty: Sequence[int]) -> Sentence:
        """A fix, with the picks that bend each fact."""
        steps = [self._bend(obstacle, picks) for obstacle, picks in bent]
        steps += [sentence(f"leave {self.slot(self.places[p].slot)} empty") for p in empty]
        whole = joined(steps, ", and ")
        first = whole.words[0]
        return Sentence((first[:1].upper() + first[1:], *whole.words[1:]), whole.people)

    def _bend(self, one: Obstacle, picks: Sequence[Pick]) -> Sentence:
        who = Who(one.person)
        if one.kind is Kind.BLOCKED and one.start:
            return sentence("ask ", who, f" to lift {self._lifted(one)} on {self.when(one.start)}")
        starts = sorted({self.places[p].slot.start for p, _ in picks})
        named = [self.when(start) for start in starts]
        where = " and ".join([*([", ".join(named[:-1])] if named[1:] else []), *named[-1:]])
        limit = self.problem.limits[one.limit]
        if isinstance(limit, Rest):
            return sentence(f"accept less than {hours(limit.gap)} of rest for ", who, f": {where}")
        if isinstance(limit, Most):
            return sentence(f"accept more than {_most(limit)} for ", who, f": {where}")
        if isinstance(limit, Row):
            return sentence(f"accept more than {_shifts(limit.count)} in a row for ", who, f": {where}")
        if isinstance(limit, Apart):
            return sentence("accept ", *_people(limit.people, " and "), f" together: {where}")
        return sentence("accept one shift without ", *_people(limit.people, " or "), f": {where}")

    def _limit(self, limit: Limit, who: Who) -> Sentence:
        if isinstance(limit, Rest):
            return sentence(who, f" rests {hours(limit.gap)} between shifts")
        if isinstance(limit, Most):
            return sentence(who, f" has at most {_most(limit)}")
        if isinstance(limit, Row):
            return sentence(who, f" has at most {_shifts(limit.count)} in a row")
        if isinstance(limit, Apart | Group):
            people = _people(limit.people, " and " if isinstance(limit, Apart) else " or ")
            if isinstance(limit, Apart):
                return sentence(*people, " aren’t on call at the same time")
            return sentence("every shift needs ", *people)
        return sentence(who, f" has {hours(limit.gap)} between the starts of shifts")

    def slot(self, slot: Slot) -> str:
        """The day and, where there are several, the role."""
        named = self.when(slot.start)
        return f"{named}, {slot.role}," if len(self.problem.roles) > 1 else named

    def when(self, start: datetime) -> str:
        """The day a shift starts on, with the time where others start on it."""
        local = start.astimezone(self.problem.zone)
        day = f"{local:%a} {local.day} {local:%b}"
        return f"{day} {local:%H:%M}" if self.on_day[self._day(start)] > 1 else day

    def blocked(self, one: Obstacle) -> str:
        """ "1 of 24 h"."""
        shift = self._shift(one)
        return f"{self._lifted(one).removesuffix(' h')} of {hours(shift.end - shift.start)}"

    def _lifted(self, one: Obstacle) -> str:
        shift = self._shift(one)
        part = thousandths(self.problem.blocks.get(one.person, ()), shift.start, shift.end)
        return hours(max(timedelta(hours=0.1), _tenth((shift.end - shift.start) * part / 1000)))

    def _shift(self, one: Obstacle) -> Shift:
        assert one.start is not None
        return self.shifts[one.start]

    def _day(self, start: datetime) -> object:
        return start.astimezone(self.problem.zone).date()


def _tenth(length: timedelta) -> timedelta:
    return timedelta(hours=round(length / timedelta(hours=1), 1))


def _most(limit: Most) -> str:
    kind = f" of type {limit.type}" if limit.type else ""
    window = WINDOWS.get(limit.per) or f"in {limit.days} days"
    return f"{_shifts(limit.count)}{kind} {window}"


def _shifts(count: int) -> str:
    return "1 shift" if count == 1 else f"{count} shifts"


def _people(people: frozenset[str], last: str) -> list[str | Who]:
    named = sorted(people)
    parts: list[str | Who] = []
    for place, person in enumerate(named):
        if place:
            parts.append(last if place == len(named) - 1 else ", ")
        parts.append(Who(person))
    return parts
