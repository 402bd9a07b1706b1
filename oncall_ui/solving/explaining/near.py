"""Rosters that are as good with somebody else on one slot, and keep most of a roster: they are found far sooner."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from oncall_ui.domain.schedules.planning.mip import Mip
from oncall_ui.solving.highs import Outcome, Relaxed, solve_mip
from oncall_ui.solving.model import Model, Roster
from oncall_ui.solving.totals import WHOLE

REACHES = (0, 1, 3)
"""How many shifts before and after those that move may change hands, too."""
FEW = 450
"""Choices among which the roster with the fewest moves is found at once; among more, any roster will do."""
NEAR_NODES = 50
Settled = Callable[[int], Mapping[int, float]]
"""Columns that can have only one value with a column at 1."""


class Near:
    """`mip` has all rosters that are as good; `roster` is one of them.

    A linear program says which shifts have to move at least, and only these and their neighbours are searched.
    """

    def __init__(self, model: Model, roster: Roster, mip: Mip) -> None:
        self.mip = mip
        self._model = model
        self._values: Sequence[float] = model.columns_of(roster)
        self._shifts = [place.shift for place in model.facts.places]
        self._kept = {model.x[p, person]: -1.0 for p, person in enumerate(roster) if person is not None}
        self._relaxed = Relaxed(mip, self._kept)

    def look(self, column: int, settled: Settled, left: Callable[[], float]) -> Outcome:
        """A roster with the column at 1, or that there is none; neither where it isn't known."""
        line = self._relaxed.solve_with(column, left())
        if line.values is None:
            return line
        for moved, program in self.programs(column, line.values):
            few = len(moved) <= FEW
            if not few:
                settle(program, settled(column))
            found = solve_mip(program, self._kept if few else {}, seconds=left() / 2, target=0.0, nodes=NEAR_NODES)
            if found.values is not None:
                return found
            if not few:
                break
        return Outcome(None, line.value, line.bound)

    def programs(self, column: int, line: Sequence[float]) -> Iterator[tuple[list[int], Mip]]:
        """Smaller programs, the quickest first, with the columns that are free in them."""
        moving = {self._shifts[p] for (p, _), x in self._model.x.items() if abs(line[x] - self._values[x]) > 1 - WHOLE}
        for reach in REACHES:
            near = {shift + by for shift in moving for by in range(-reach, reach + 1)}
            program, free = self.mip.copy(), []
            for (p, _), x in self._model.x.items():
                if self._shifts[p] in near:
                    free.append(x)
                else:
                    program.lower[x] = program.upper[x] = self._values[x]
            program.lower[column] = program.upper[column] = 1
            yield free, program


def settle(mip: Mip, settled: Mapping[int, float]) -> None:
    """Give columns the only value they can have. Where they have another one already, there is no solution."""
    for column, value in settled.items():
        mip.lower[column], mip.upper[column] = max(mip.lower[column], value), min(mip.upper[column], value)
