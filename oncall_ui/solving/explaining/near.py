"""Rosters that are as good with somebody else on one slot, and keep most of a roster: they are found far sooner."""

from collections.abc import Callable, Mapping, Sequence
from math import inf

from oncall_ui.domain.schedules.planning.mip import Mip
from oncall_ui.solving.highs import Outcome, Relaxed, solve_mip
from oncall_ui.solving.model import Model, Roster
from oncall_ui.solving.totals import WHOLE

REACHES = (0, 1, 3)
"""How many shifts before and after those that move may change hands, too; fewer where counts may move."""
FEW = 450
"""Among fewer choices the roster with the fewest moves is found at once; among more, any roster will do."""
PART = 0.25
"""Where counts may move, a program with more than this part of all choices is no smaller problem."""
HALF = 0.5
"""The same where all has been tried that is quick."""
NEAR_NODES = 50
UNKNOWN = Outcome(None, inf, -inf)


class Near:
    """`mip` has rosters that are as good; `roster` is one of them.

    A linear program says which shifts have to move at least, and only these and their neighbours are searched.
    With `is_counted` everybody keeps as many of each kind: a far smaller program, but there may be no roster.
    """

    def __init__(
        self,
        model: Model,
        roster: Roster,
        mip: Mip,
        *,
        is_counted: bool,
        part: float = 1.0,
        start: Sequence[float] | None = None,
        like: "Near | None" = None,
    ) -> None:
        """`part`: how much of the program may be searched. `start` has the roster's columns.

        `like` is another one with the same program.
        """
        self.is_counted = is_counted
        self._model = model
        self._values: Sequence[float] = model.columns_of(roster)
        self._shifts = [place.shift for place in model.facts.places]
        self._kept = {model.x[p, person]: -1.0 for p, person in enumerate(roster) if person is not None}
        self._mip = self._same_counts(mip) if is_counted else mip
        self._relaxed: Relaxed = Relaxed(
            self._mip, self._kept, start=start, like=None if like is None else like._relaxed
        )
        self._most = part * _size(self._mip)
        self._lines: dict[int, Outcome] = {}
        self._few = FEW if is_counted else min(FEW, PART * len(model.x))

    def look(self, column: int, left: Callable[[], float]) -> Outcome:
        """A roster with the column at 1 that is found at once, or that there is none; neither where it isn't known."""
        if column in self._lines:
            return UNKNOWN
        line = self._lines[column] = self._relaxed.solve_with(column, left())
        if line.values is None:
            return UNKNOWN if self.is_counted else line
        for reach in REACHES if self.is_counted else REACHES[:-1]:
            free, program = self.within(column, line.values, reach)
            if len(free) > self._few or _size(program) > self._most:
                break
            found = solve_mip(program, self._kept, seconds=left() / 2, target=0.0, nodes=NEAR_NODES, inner=False)
            if found.values is not None:
                return found
        return UNKNOWN

    def look_wider(self, column: int, settled: Mapping[int, float], left: Callable[[], float]) -> Outcome:
        """Any roster in which no other shift moves than in the linear program, without the choices that are settled."""
        line = self._lines.get(column, UNKNOWN)
        if line.values is None:
            return UNKNOWN
        _, program = self.within(column, line.values, 0)
        if _size(program) > max(FEW, HALF * _size(self._mip)):
            return UNKNOWN
        settle(program, settled)
        found = solve_mip(program, {}, seconds=left() / 2, nodes=NEAR_NODES)
        return found if found.values is not None else UNKNOWN

    def within(self, column: int, line: Sequence[float], reach: int) -> tuple[list[int], Mip]:
        """The program in which only what moves in `line` changes hands, and its neighbours; and what is free in it."""
        moving = {self._shifts[p] for (p, _), x in self._model.x.items() if abs(line[x] - self._values[x]) > 1 - WHOLE}
        near = {shift + by for shift in moving for by in range(-reach, reach + 1)}
        program, free = self._mip.copy(), []
        for (p, _), x in self._model.x.items():
            if self._shifts[p] in near:
                free.append(x)
            else:
                program.lower[x] = program.upper[x] = self._values[x]
        program.lower[column] = program.upper[column] = 1
        return free, program

    def _same_counts(self, mip: Mip) -> Mip:
        counted = mip.copy()
        for column in self._model.n.values():
            counted.lower[column] = counted.upper[column] = self._values[column]
        return counted


def _size(mip: Mip) -> int:
    """How many columns may move."""
    return sum(low < high for low, high in zip(mip.lower, mip.upper, strict=True))


def settle(mip: Mip, settled: Mapping[int, float]) -> None:
    """Give columns the only value they can have. Where they have another one already, there is no solution."""
    for column, value in settled.items():
        mip.lower[column], mip.upper[column] = max(mip.lower[column], value), min(mip.upper[column], value)
