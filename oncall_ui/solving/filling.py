"""Whether a few places can all be filled: a search that is quicker than a solver while the question is small."""

from collections.abc import Mapping, Sequence

from oncall_ui.domain.schedules.planning.mip import Mip
from oncall_ui.solving.highs import solve_mip
from oncall_ui.solving.limits import Pick

Lines = Sequence[tuple[Mapping[Pick, int], int]]
"""Σ factor · pick ≤ most, each."""
MOST_STEPS = 5000
"""A step is a look at a place. What takes more of them is quicker by solver."""


def can_fill(free: Mapping[int, Sequence[str]], lines: Lines) -> bool:
    """Whether each place gets one of its people with every line kept. True where it could not be found out."""
    if not all(free.values()):
        return False
    found = _Filling(free, lines).can()
    return _solved(free, lines) if found is None else found


def _solved(free: Mapping[int, Sequence[str]], lines: Lines) -> bool:
    mip = Mip()
    columns = {(p, person): mip.column() for p, people in free.items() for person in people}
    for p, people in free.items():
        mip.row([(columns[p, person], 1.0) for person in people], 1, 1)
    for picks, most in lines:
        mip.row([(columns[pick], float(factor)) for pick, factor in picks.items() if pick in columns], upper=most)
    return not solve_mip(mip, {}, seconds=10).infeasible


class _Filling:
    """Fills the place with the fewest people left first. `room` is what a line still bears, at best."""

    def __init__(self, free: Mapping[int, Sequence[str]], lines: Lines) -> None:
        self.free = free
        self.steps = 0
        self.room: list[int] = []
        self.costs: dict[Pick, list[tuple[int, int]]] = {(p, m): [] for p, people in free.items() for m in people}
        for picks, most in lines:
            self._line({pick: factor for pick, factor in picks.items() if pick in self.costs}, most)

    def can(self) -> bool | None:
        """None: it takes too many steps."""
        if any(room < 0 for room in self.room):
            return False
        found = self._fill(set(self.free))
        return None if self.steps > MOST_STEPS else found

    def _line(self, picks: Mapping[Pick, int], most: int) -> None:
        """A pick costs what it adds to the least that its place can add."""
        least = {p: 0 if any((p, m) not in picks for m in self.free[p]) else 99 for p, _ in picks}
        for (p, _), factor in picks.items():
            least[p] = min(least[p], factor)
        place = len(self.room)
        self.room.append(most - sum(least.values()))
        for p, low in least.items():
            for person in self.free[p]:
                if cost := picks.get((p, person), 0) - low:
                    self.costs[p, person].append((place, cost))

    def _fill(self, places: set[int]) -> bool:
        self.steps += len(places)
        if not places:
            return True
        if self.steps > MOST_STEPS:
            return False
        options = {p: [m for m in self.free[p] if self._fits((p, m))] for p in places}
        p = min(places, key=lambda place: (len(options[place]), place))
        return any(self._try(p, person, places - {p}) for person in options[p])

    def _fits(self, pick: Pick) -> bool:
        return all(cost <= self.room[line] for line, cost in self.costs[pick])

    def _try(self, p: int, person: str, rest: set[int]) -> bool:
        for line, cost in self.costs[p, person]:
            self.room[line] -= cost
        found = self._fill(rest)
        for line, cost in self.costs[p, person]:
            self.room[line] += cost
        return found
