"""Rosters in which people may share a slot: points are what matters, and that there are none is proved far sooner."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from math import inf

from oncall_ui.domain.schedules.planning.mip import Mip
from oncall_ui.domain.schedules.planning.result import Stage
from oncall_ui.solving.explaining.asked import TOLERANCE
from oncall_ui.solving.explaining.near import UNKNOWN, settle
from oncall_ui.solving.highs import Outcome, solve_mip
from oncall_ui.solving.model import Model
from oncall_ui.solving.totals import EASY_NODES, in_all, keeping_whole, shared_slots


class Shared:
    """`bare` has, for each stage, every roster that is as good up to it but for fairness, which is at most `most`.

    With everybody's points of the plan there is mostly no such roster, and with other points it seldom matters who has
    which slot. So the least sum of squares is sought with whole points but shared slots, with every stage as good.
    """

    def __init__(self, model: Model, bare: Mapping[Stage, Mip], most: Fraction) -> None:
        self._model = model
        self._bare = bare
        self._most = most
        self._seen: dict[tuple[Stage, int], Outcome] = {}

    def look(self, stage: Stage, column: int, settled: Mapping[int, float], left: Callable[[], float]) -> Outcome:
        """A roster with the column at 1 and the points that were found, or that there is none with any points.

        `settled` are choices that no such roster can make otherwise.
        """
        if (stage, column) not in self._seen:
            self._seen[stage, column] = self._look(stage, column, settled, left)
        return self._seen[stage, column]

    def _look(self, stage: Stage, column: int, settled: Mapping[int, float], left: Callable[[], float]) -> Outcome:
        base = self._bare[stage].copy()
        settle(base, settled)
        base.lower[column] = 1
        if any(low > high for low, high in zip(base.lower, base.upper, strict=True)):
            return Outcome(None, inf, inf, infeasible=True)
        mip, squares = shared_slots(base, self._model, self._most)
        purpose = squares.purpose
        most = float(self._most) - purpose.constant + TOLERANCE
        mip.row(purpose.terms.items(), upper=most)
        least = solve_mip(mip, purpose.terms, seconds=left() / 2, target=most, inner=False)
        if least.values is None:
            return least if least.infeasible else UNKNOWN
        same = in_all(base, squares, least.values)
        for program in (keeping_whole(same, self._model, least.values), same):
            found = solve_mip(program, {}, seconds=left() / 2, nodes=EASY_NODES, inner=False)
            if found.values is not None:
                return found
        return UNKNOWN
