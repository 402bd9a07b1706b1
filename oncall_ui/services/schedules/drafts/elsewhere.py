"""People whom another schedule has: the solver only knows that they are excluded, a plan's facts say why."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from oncall_ui.domain.schedules.planning.fact_words import EXCLUDED, elsewhere
from oncall_ui.domain.schedules.planning.problem import Problem, Slot, Span
from oncall_ui.domain.schedules.planning.result import Result
from oncall_ui.domain.schedules.planning.sentences import Sentence
from oncall_ui.services.schedules.drafts.editing.choices import Decision

BARRED = f" {EXCLUDED}"


def explained(
    result: Result, problem: Problem, busy: Mapping[str, Sequence[Span]], barred: Collection[Decision]
) -> Result:
    """The result with facts that name the other schedule. `busy`: person → their shifts of other schedules.

    Who was excluded by a manager, which `barred` says, stays so.
    """
    reader = _Reader(problem, busy, {(slot, str(participant)) for slot, participant in barred})
    return replace(
        result,
        slots=tuple(
            replace(each, reasons=reader.read(each.reasons, [Slot(each.start, each.role)])) for each in result.slots
        ),
        conflicts=tuple(replace(each, facts=reader.read(each.facts, each.slots)) for each in result.conflicts),
    )


class _Reader:
    def __init__(
        self, problem: Problem, busy: Mapping[str, Sequence[Span]], barred: Collection[tuple[Slot, str]]
    ) -> None:
        self._shifts = {shift.start: shift for shift in problem.shifts}
        self._busy, self._barred = busy, barred

    def read(self, facts: Iterable[Sentence], slots: Iterable[Slot]) -> tuple[Sentence, ...]:
        about = list(slots)
        return tuple(self._fact(fact, about) for fact in facts)

    def _fact(self, fact: Sentence, slots: Sequence[Slot]) -> Sentence:
        if len(fact.people) != 1 or not fact.words[1].startswith(BARRED):
            return fact
        (person,) = fact.people
        if not any(self._is_busy(person, slot) for slot in slots):
            return fact
        day = fact.words[1].removeprefix(BARRED).split(",")[0].strip()
        return Sentence((fact.words[0], f" {elsewhere(day)}"), fact.people)

    def _is_busy(self, person: str, slot: Slot) -> bool:
        shift = self._shifts.get(slot.start)
        if shift is None or (slot, person) in self._barred:
            return False
        return any(span.start < shift.end and span.end > shift.start for span in self._busy.get(person, ()))
