"""The plan, and rosters that were found to be as good: places to start from for the next person."""

from collections.abc import Callable, Mapping, Sequence

from oncall_ui.domain.schedules.planning.mip import Mip
from oncall_ui.domain.schedules.planning.result import Stage
from oncall_ui.solving.explaining.near import UNKNOWN, Near
from oncall_ui.solving.highs import Outcome
from oncall_ui.solving.model import Model, Purpose, Roster, Squares

OTHERS = 3
"""How many rosters beside the plan are looked around in."""

PART = 0.35
"""Around these, programs with more than this part of all columns are left to the end: they seldom have one."""


class Known:
    """`whole` has, for each stage, every roster that is as good up to it; in `bare` fairness is left out."""

    def __init__(self, model: Model, plan: Roster) -> None:
        self.whole: dict[Stage, Mip] = {}
        self.bare: dict[Stage, Mip] = {}
        self._model = model
        self._rosters = [plan]
        self._counts = model.columns_of(plan)
        self._near: dict[tuple[Stage, int, bool], Near] = {}
        self.squares = Squares(Purpose({}), [])
        """The columns of fairness, in the programs that have them."""

    def add(self, found: Sequence[float]) -> None:
        """Start from this one, too."""
        if len(self._rosters) <= OTHERS:
            self._rosters.append(self._model.roster_of(found))

    def look_first(self, stage: Stage, column: int, left: Callable[[], float]) -> Outcome:
        """A roster that is as good up to a stage, with most of the plan and its counts: mostly that is all it takes."""
        return self._around(stage, 0, is_counted=True).look(column, left)

    def look(self, stage: Stage, column: int, left: Callable[[], float]) -> Outcome:
        """The same with most of a known one, where counts may move, too; or that there is none."""
        for number in range(len(self._rosters)):
            for is_counted in (True, False):
                found = self._around(stage, number, is_counted=is_counted).look(column, left)
                if found.values is not None or found.infeasible:
                    return found
        return UNKNOWN

    def look_wider(self, stage: Stage, column: int, settled: Mapping[int, float], left: Callable[[], float]) -> Outcome:
        """The same around the plan, with more that may move. It has been looked at before."""
        return self._around(stage, 0, is_counted=False).look_wider(column, settled, left)

    def is_counted_alike(self, found: Sequence[float]) -> bool:
        """Whether everybody has as many of each kind as in the plan."""
        return all(round(found[n]) == self._counts[n] for n in self._model.n.values())

    def _around(self, stage: Stage, number: int, *, is_counted: bool) -> Near:
        key = stage, number, is_counted
        if key not in self._near:
            mip = self.bare[stage] if is_counted else self.whole[stage]
            roster, part = self._rosters[number], PART if number and not is_counted else 1.0
            like = None if is_counted else self._near.get((stage, 0, False))
            start = self.columns_of(roster, mip)
            self._near[key] = Near(self._model, roster, mip, is_counted=is_counted, part=part, start=start, like=like)
        return self._near[key]

    def columns_of(self, roster: Roster, mip: Mip) -> list[float]:
        """What a roster comes to in a program."""
        base = self._model.columns_of(roster)
        return self.squares.values(base) if len(mip.lower) > self._model.size else base
