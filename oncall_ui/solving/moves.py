"""What no roster with few changes can do: a program in which it is already written is far smaller."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from oncall_ui.domain.schedules.planning.mip import Mip
from oncall_ui.solving.model import Model


def narrow(mip: Mip, model: Model, most: Fraction) -> None:
    """For rosters whose changes weigh at most `most`: fixes what can't move, and how many of each kind anybody can
    have.
    """
    purpose = model.changes()
    moved = Fraction(purpose.constant) + sum(Fraction(f) * round(mip.upper[c]) for c, f in purpose.terms.items())
    room = most - moved
    if room < 0:
        return
    weights = {c: -Fraction(factor) for c, factor in purpose.terms.items() if mip.upper[c]}
    for column, weight in weights.items():
        if weight > room:
            mip.lower[column] = 1
    _Counts(mip, model, weights, room).narrow()


@dataclass(frozen=True, slots=True)
class _Counts:
    """`weights`: what it takes to move each published pick that may stay; `room`: what is left for that."""

    mip: Mip
    model: Model
    weights: dict[int, Fraction]
    room: Fraction

    def narrow(self) -> None:
        for kind, places in self.model.kinds.items():
            kept = {p: person for p in places for person in [self._keeper(p)] if person}
            for person in self.model.drawn:
                if (person, kind) in self.model.n:
                    self._count(self.model.n[person, kind], places, kept, person)

    def _count(self, column: int, places: Sequence[int], kept: dict[int, str], person: str) -> None:
        mine = [p for p in places if kept.get(p) == person]
        theirs = [p for p in places if kept.get(p) != person and self._may(p, person)]
        freely = sum(p not in kept for p in theirs)
        gone = self._movable(self.model.x[p, person] for p in mine)
        come = self._movable(self.model.x[p, kept[p]] for p in theirs if p in kept)
        self.mip.lower[column] = max(self.mip.lower[column], len(mine) - gone)
        self.mip.upper[column] = min(self.mip.upper[column], len(mine) + freely + come)

    def _keeper(self, p: int) -> str | None:
        was = self.model.facts.problem.published.get(self.model.facts.places[p].slot)
        return was.person if was and self.model.x.get((p, was.person)) in self.weights else None

    def _may(self, p: int, person: str) -> bool:
        column = self.model.x.get((p, person))
        return column is not None and self.mip.upper[column] > 0

    def _movable(self, columns: Iterable[int]) -> int:
        """How many of the picks can move at once."""
        left, count = self.room, 0
        for weight in sorted(self.weights[column] for column in columns):
            left -= weight
            count += left >= 0
        return count
