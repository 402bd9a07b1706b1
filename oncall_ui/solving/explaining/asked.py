"""What is asked of a stage: whether any roster is as good as the plan."""

from collections.abc import Sequence
from dataclasses import dataclass

from oncall_ui.domain.schedules.planning.mip import Mip
from oncall_ui.domain.schedules.planning.result import Stage
from oncall_ui.solving.model import Purpose

TOLERANCE = 1e-3


@dataclass(frozen=True, slots=True)
class Asked:
    """Whether a program has a roster that is as good in a stage: at most `best` without the constant.

    `found` is a roster that is as good in the stages before.
    """

    stage: Stage
    column: int
    mip: Mip
    purpose: Purpose
    best: float
    found: Sequence[float] | None

    @property
    def target(self) -> float:
        return self.best + TOLERANCE

    @property
    def gap(self) -> float:
        return 0.999 * self.purpose.step

    def no_worse(self) -> Mip:
        """The rosters that are."""
        mip = self.mip.copy()
        if self.purpose.terms:
            mip.row(self.purpose.terms.items(), upper=self.target)
        return mip

    def is_met_by(self, found: Sequence[float]) -> bool:
        """Whether a roster that is as good in the stages before is so in this one, too. Not known of fairness."""
        if self.stage is Stage.FAIRNESS:
            return False
        return self.value_of(found) <= self.target

    def value_of(self, found: Sequence[float]) -> float:
        """Without the constant."""
        return sum(factor * found[column] for column, factor in self.purpose.terms.items())
