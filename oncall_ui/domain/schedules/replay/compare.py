"""Compares a plan with its replay."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from fractions import Fraction

from oncall_ui.domain.schedules.planning.problem import Slot
from oncall_ui.domain.schedules.planning.result import Stage, StageResult


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a plan came to. `roster` has every slot of it, gaps too. `manual` are the slots changed after planning."""

    input_hash: str
    solver: str
    stages: Sequence[StageResult]
    roster: Mapping[Slot, str | None]
    manual: Set[Slot] = frozenset()
    is_by_hand: bool = False


@dataclass(frozen=True, slots=True)
class Replayed:
    """How a replay differs. `better` and `worse` are the first stage whose value differs, and which way.

    `moved` counts slots with another holder, without those that were changed after planning.
    """

    is_same_input: bool
    is_same_solver: bool
    better: Stage | None
    worse: Stage | None
    moved: int
    slots: int
    is_by_hand: bool
    is_proved: bool
    """Whether the plan was proved, so that no replay can be better. Time may have ended one that wasn't."""

    @property
    def is_same(self) -> bool:
        """From the same input the same values and the same holders."""
        return self.is_same_input and self.better is None and self.worse is None and not self.moved


def compared(before: Outcome, after: Outcome) -> Replayed:
    """Values of a plan that was changed manually are those of the changed one, so that they aren't compared."""
    better, worse = (None, None) if before.is_by_hand else _first_difference(before.stages, after.stages)
    planned = before.roster.keys() - before.manual
    return Replayed(
        is_same_input=before.input_hash == after.input_hash,
        is_same_solver=before.solver == after.solver,
        better=better,
        worse=worse,
        moved=sum(before.roster[slot] != after.roster.get(slot) for slot in planned),
        slots=len(before.roster),
        is_by_hand=before.is_by_hand,
        is_proved=all(stage.proved for stage in before.stages if stage.name is not Stage.COMFORT),
    )


def _first_difference(before: Sequence[StageResult], after: Sequence[StageResult]) -> tuple[Stage | None, Stage | None]:
    """In the order in which they were solved: what comes after the first one that differs follows from it."""
    values: Mapping[Stage, Fraction] = {stage.name: stage.value for stage in after}
    for stage in before:
        value = values.get(stage.name, stage.value)
        if value != stage.value:
            return (stage.name, None) if value < stage.value else (None, stage.name)
    return None, None
