"""What always holds, recounted from the problem alone: who may hold what, nothing twice at once, `never` limits."""

from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise

from oncall_ui.domain.schedules.planning.fact_words import (
    BLOCKED_THEN,
    NO_SHARE,
    NOT_THERE,
    PAUSED,
    excluded,
    other_role,
)
from oncall_ui.domain.schedules.planning.judge import Judge, Roster
from oncall_ui.domain.schedules.planning.problem import (
    Apart,
    Group,
    Most,
    Problem,
    Rest,
    Row,
    Slot,
    Spread,
    Strength,
    Task,
)
from oncall_ui.domain.schedules.planning.sentences import Sentence, Who, sentence
from oncall_ui.domain.schedules.shifts.types import hours


class HardRules:
    """Of one problem. What is fixed may break them, and what is frozen in a repair; nothing else."""

    def __init__(self, problem: Problem, judge: Judge) -> None:
        self.problem = problem
        self.judge = judge
        self.fixed: Roster = {**self._frozen(), **problem.fixed}
        self.never = [
            limit
            for limit in problem.limits
            if not isinstance(limit, Spread | Group) and limit.strength is Strength.NEVER
        ]
        self.groups = [
            limit for limit in problem.limits if isinstance(limit, Group) and limit.strength is Strength.NEVER
        ]
        self.unavoidable = [judge.broken_by(limit, self.fixed, Strength.NEVER) for limit in self.never]

    def _frozen(self) -> Roster:
        if self.problem.task is not Task.REPAIR:
            return {}
        frozen = {slot: was.person for slot, was in self.problem.published.items() if was.frozen}
        return {slot: person for slot, person in frozen.items() if not any(self.against(slot, person))}

    def are_kept(self, roster: Roster) -> bool:
        """Whether nothing but fixed slots breaks any of them."""
        return (
            all(roster.get(slot) == person for slot, person in self.fixed.items())
            and all(
                self.fixed.get(slot) == person or not any(self.against(slot, person)) for slot, person in roster.items()
            )
            and not self._is_twice_at_once(roster)
            and all(
                self.judge.broken_by(limit, roster, Strength.NEVER) <= least
                for limit, least in zip(self.never, self.unavoidable, strict=True)
            )
            and all(self._has_one(group, roster) for group in self.groups)
        )

    def problems(self) -> tuple[Sentence, ...]:
        """What the fixed slots break, a sentence each."""
        own = [
            sentence(f"{self._named(slot)} is fixed for ", Who(person), ", ", *why, ".")
            for slot, person in sorted(self.problem.fixed.items(), key=lambda item: (item[0].start, item[0].role))
            for why in self.against(slot, person)
        ]
        limits = [
            sentence(f"Fixed slots break {_words(limit)}.")
            for limit, least in zip(self.never, self.unavoidable, strict=True)
            if least
        ]
        return (*own, *limits)

    def against(self, slot: Slot, name: str) -> Iterator[tuple[str | Who, ...]]:
        """Why a person may not hold a slot, whatever else they hold; the end of a sentence."""
        shift, person = self.judge.shift[slot.start], self.judge.people[name]
        if (person.joined and person.joined > shift.start) or (person.left and person.left < shift.end):
            yield (f"who {NOT_THERE}",)
        if person.share == 0:
            yield (f"who {NO_SHARE}",)
        if person.roles and slot.role not in person.roles:
            yield (f"who {other_role(slot.role)}",)
        if any(span.start < shift.end and span.end > shift.start for span in person.paused):
            yield (f"who {PAUSED}",)
        if name in self.problem.excluded.get(slot, ()):
            yield (f"who {excluded('it')}",)
        is_never = self.problem.block_strength is Strength.NEVER
        if is_never and self.judge.part(slot.start, name)[0] and not self.judge.agreed(slot, name):
            yield (f"who {BLOCKED_THEN}",)

    def _is_twice_at_once(self, roster: Roster) -> bool:
        """In two slots whose times overlap, or in one beside a shift held before."""
        mine: dict[str, list[tuple[datetime, datetime]]] = {}
        for slot, person in roster.items():
            mine.setdefault(person, []).append((slot.start, self.judge.shift[slot.start].end))
        for person, spans in mine.items():
            spans.sort()
            if any(two[0] < one[1] for one, two in pairwise(spans)):
                return True
            free = [slot for slot, who in roster.items() if who == person and self.fixed.get(slot) != person]
            held = [one for one in self.problem.held if one.person == person]
            if any(
                one.start < self.judge.shift[slot.start].end and slot.start < one.end for slot in free for one in held
            ):
                return True
        return False

    def _has_one(self, group: Group, roster: Roster) -> bool:
        """Every shift with somebody from outside the group, who isn't fixed there, has somebody of the group, too."""
        inside = {slot.start for slot, person in roster.items() if person in group.people}
        return all(
            person in group.people or slot.start in inside or self.fixed.get(slot) == person
            for slot, person in roster.items()
        )

    def _named(self, slot: Slot) -> str:
        local = slot.start.astimezone(self.problem.zone)
        return f"{local:%a} {local.day} {local:%b %Y %H:%M}, {slot.role},"


def _words(limit: Rest | Most | Row | Apart) -> str:
    if isinstance(limit, Rest):
        return f"the limit of {hours(limit.gap)} of rest"
    if isinstance(limit, Most):
        return f"the limit of {limit.count} shifts in {f'{limit.days} days' if limit.days else f'a {limit.per}'}"
    if isinstance(limit, Row):
        return f"the limit of {limit.count} shifts in a row"
    return "the limit that keeps two people apart"
