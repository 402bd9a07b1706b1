"""Rosters that are as good with somebody else on one slot, and keep most of the plan: they are found far sooner."""

from collections.abc import Iterator, Sequence

from oncall_ui.domain.schedules.planning.mip import Mip
from oncall_ui.solving.model import Model, Roster, Squares
from oncall_ui.solving.totals import in_all

REACHES = (10, 30, 60)
"""How many shifts before and after the slot may change hands."""


class Near:
    """Of one slot of a roster. `squares` are those of its fairness, None where fairness doesn't count."""

    def __init__(self, model: Model, roster: Roster, place: int, squares: Squares | None) -> None:
        self.model = model
        self.squares = squares
        self.values: Sequence[float] = model.columns_of(roster)
        shifts = [each.shift for each in model.facts.places]
        self.away = [abs(shift - shifts[place]) for shift in shifts]

    def programs(self, mip: Mip) -> Iterator[Mip]:
        """Smaller programs within `mip`, the quickest first, in which all keep their points: they are as even."""
        reaches = [reach for reach, less in zip(REACHES, (0, *REACHES), strict=False) if less < max(self.away)]
        for reach in reaches:
            if reach == REACHES[-1] and self.squares is not None:
                yield in_all(self.within(mip, REACHES[1]), self.squares, self.values)
            yield self._same_counts(self.within(mip, reach))

    def quickest(self, mip: Mip) -> Iterator[Mip]:
        """The smallest of these programs."""
        for reach in REACHES[:-1]:
            yield self._same_counts(self.within(mip, reach))

    def everywhere(self, mip: Mip) -> Mip:
        """With the same points, where what is far may change hands, too."""
        return in_all(mip, self.squares, self.values) if self.squares is not None else self._same_counts(mip.copy())

    def is_counted_alike(self, found: Sequence[float]) -> bool:
        """Whether everybody has as many of each kind."""
        return all(round(found[n]) == self.values[n] for n in self.model.n.values())

    def within(self, mip: Mip, reach: int) -> Mip:
        """The program in which only what is near may change hands."""
        near = mip.copy()
        for (p, _), column in self.model.x.items():
            if self.away[p] > reach:
                near.lower[column] = near.upper[column] = self.values[column]
        return near

    def _same_counts(self, near: Mip) -> Mip:
        for column in self.model.n.values():
            near.lower[column] = near.upper[column] = self.values[column]
        return near
