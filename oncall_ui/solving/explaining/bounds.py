"""What no roster with somebody else on the slot can beat, known without whole numbers."""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from math import inf

from oncall_ui.domain.schedules.planning.mip import Mip
from oncall_ui.domain.schedules.planning.result import Stage
from oncall_ui.solving.explaining.asked import TOLERANCE
from oncall_ui.solving.highs import Relaxed
from oncall_ui.solving.model import Purpose

CLEARLY = 0.01
"""A bound of a program that needn't be whole is above a value by more than this, or isn't."""


class Bounds:
    """`programs` has, for each stage, every roster that is as good in all before it; `values` are those of the plan."""

    def __init__(
        self,
        programs: Sequence[tuple[Stage, Mip, Purpose]],
        values: Mapping[Stage, Fraction],
        left: Callable[[], float],
        columns_of: Callable[[Mip], Sequence[float]],
    ) -> None:
        """`columns_of` is what the plan comes to in a program."""
        self._programs = {stage: (mip, purpose) for stage, mip, purpose in programs}
        self._values = values
        self._left = left
        self._columns_of = columns_of
        self._relaxed: dict[Stage, Relaxed] = {}
        self._settled: dict[tuple[Stage, int], Mapping[int, float]] = {}

    def is_beyond(self, stage: Stage, column: int) -> bool:
        """Whether it is known at once that this stage, or one before, gets worse."""
        return self.least(stage, column) > self._values[stage] + Fraction(CLEARLY)

    def least(self, stage: Stage, column: int) -> float:
        """What no roster as good in the stages before can beat. Fairness is left to programs that know of totals."""
        if stage is Stage.FAIRNESS:
            return -inf
        least = self._of(stage).least_with(column, self._left())
        return -inf if least is None else least + self._programs[stage][1].constant

    def settled(self, stage: Stage, column: int) -> Mapping[int, float]:
        """What only one person can hold in a roster that is as good up to a stage."""
        if stage is Stage.FAIRNESS:
            return {}
        if (stage, column) not in self._settled:
            most = float(self._values[stage]) - self._programs[stage][1].constant + TOLERANCE
            self._settled[stage, column] = self._of(stage).settled_with(column, most, self._left())
        return self._settled[stage, column]

    def _of(self, stage: Stage) -> Relaxed:
        if stage not in self._relaxed:
            mip, purpose = self._programs[stage]
            self._relaxed[stage] = Relaxed(mip, purpose.terms, start=self._columns_of(mip))
        return self._relaxed[stage]
