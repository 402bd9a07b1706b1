"""What no roster with few changes can do: a program in which it is already written is far smaller."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from oncall_ui.domain.schedules.planning.mip import Mip
from oncall_ui.solving.model import Model, Purpose

FINEST = 2e-4
"""Preferences that count less than this beside fairness are left to a stage of their own: a solver isn't that exact."""
BLUR = 0.05
"""By so much a bound of preferences, a whole number, may be too high or too low."""


def narrow(mip: Mip, model: Model, most: Fraction) -> None:
    """For rosters whose changes weigh at most `most`: fixes what can't move, and how many of each kind anybody can
    have.
    """
    weights, room = _movable(mip, model, most)
    if room < 0:
        return
    for column, weight in weights.items():
        if weight > room:
            mip.lower[column] = 1
    _Counts(mip, model, weights, room).narrow()


def _movable(mip: Mip, model: Model, most: Fraction) -> tuple[dict[int, Fraction], Fraction]:
    """What it takes to move each published pick that may stay, and how much is left for that."""
    purpose = model.changes()
    moved = Fraction(purpose.constant) + sum(Fraction(f) * round(mip.upper[c]) for c, f in purpose.terms.items())
    return {c: -Fraction(factor) for c, factor in purpose.terms.items() if mip.upper[c]}, most - moved


def _fitting(weights: Iterable[Fraction], room: Fraction) -> int:
    """How many can move at once."""
    count = 0
    for weight in sorted(weights):
        room -= weight
        count += room >= 0
    return count


def moving_little(purpose: Purpose, model: Model) -> Purpose:
    """The same stage, and of what is equal in it that which changes least, for less than half a step in all.

    So what is published leads to its best value, which is found and proved far sooner.
    """
    changes = model.changes().terms
    part = purpose.step / (2 * (1 - sum(changes.values())))
    return Purpose(_plus(purpose.terms, changes, part), purpose.constant, purpose.step)


@dataclass(frozen=True, slots=True)
class Joint:
    """A stage, and below `part` of a step of it each, preferences: `purpose` is never above the stage by itself."""

    purpose: Purpose
    part: float
    wishes: Purpose
    most: float

    def least_wishes(self, value: Fraction, bound: float) -> Fraction:
        """What no roster of a value beats in preferences, if it is the best value. `bound` is that of `purpose`."""
        over = (bound + self.purpose.constant - float(value)) / self.part
        return Fraction(ceil(self.most + over - BLUR))


def with_wishes(stage: Purpose, mip: Mip, model: Model, most: Fraction) -> Joint | None:
    """For rosters whose changes weigh at most `most`. None where preferences could differ by too much."""
    wishes = model.wishes()
    low, high = _range(wishes.terms, mip, model, most)
    part = stage.step / (2 * (high - low + 1))
    if part < FINEST:
        return None
    purpose = Purpose(_plus(stage.terms, wishes.terms, part), stage.constant - part * high, stage.step)
    return Joint(purpose, part, wishes, high)


def _plus(terms: Mapping[int, float], others: Mapping[int, float], part: float) -> dict[int, float]:
    found = dict(terms)
    for column, factor in others.items():
        found[column] = found.get(column, 0.0) + part * factor
    return found


def _range(terms: Mapping[int, float], mip: Mip, model: Model, most: Fraction) -> tuple[float, float]:
    """What a sum over picks can come to, place by place; few of those that are published can move."""
    weights, room = _movable(mip, model, most)
    low = high = 0.0
    lower: list[float] = []
    higher: list[float] = []
    for p, choices in enumerate(model.facts.choices):
        columns = [model.x[p, person] for person in choices if mip.upper[model.x[p, person]]]
        values = [0.0, *(terms.get(column, 0.0) for column in columns)]
        kept = next((column for column in columns if column in weights), None)
        if kept is None:
            low, high = low + min(values), high + max(values)
            continue
        now = terms.get(kept, 0.0)
        low, high = low + now, high + now
        if not mip.lower[kept]:
            lower.append(now - min(values))
            higher.append(max(values) - now)
    count = _fitting((weight for column, weight in weights.items() if not mip.lower[column]), room)
    first = max(len(lower) - count, 0)
    return low - sum(sorted(lower)[first:]), high + sum(sorted(higher)[first:])


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
        gone = _fitting((self.weights[self.model.x[p, person]] for p in mine), self.room)
        come = _fitting((self.weights[self.model.x[p, kept[p]]] for p in theirs if p in kept), self.room)
        self.mip.lower[column] = max(self.mip.lower[column], len(mine) - gone)
        self.mip.upper[column] = min(self.mip.upper[column], len(mine) + freely + come)

    def _keeper(self, p: int) -> str | None:
        was = self.model.facts.problem.published.get(self.model.facts.places[p].slot)
        return was.person if was and self.model.x.get((p, was.person)) in self.weights else None

    def _may(self, p: int, person: str) -> bool:
        column = self.model.x.get((p, person))
        return column is not None and self.mip.upper[column] > 0
