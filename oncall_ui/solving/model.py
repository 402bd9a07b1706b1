"""The whole problem as one mixed integer program, and what a roster comes to in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor, gcd, isqrt, lcm
from typing import TypeAlias

from oncall_ui.domain.schedules.planning.mip import Mip
from oncall_ui.domain.schedules.planning.result import Stage
from oncall_ui.solving.facts import Choice, Facts
from oncall_ui.solving.limits import Pick, Rule, rules_of

Roster: TypeAlias = tuple[str | None, ...]
"""Who holds each place, in the order of `Facts.places`."""

Kind: TypeAlias = tuple[str, str, Fraction]
"""Type, role and points: places of one kind weigh the same."""


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a stage minimises: Σ factor · column + constant. `step` parts two values."""

    terms: Mapping[int, float]
    constant: float = 0.0
    step: float = 1.0


class Model:
    """`x` has a column for each pick. Columns `n` count the places of a kind that a person has.

    People come in the order `drawn`: between equal rosters, the order of columns decides.
    """

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.mip = Mip()
        self.drawn = facts.drawn()
        self.x: dict[Pick, int] = {}
        self.slot_rows: dict[int, int] = {}
        self.broken: list[tuple[Rule, int]] = []
        self.kept: list[tuple[Rule, int]] = []
        self.n: dict[tuple[str, Kind], int] = {}
        self.kinds: dict[Kind, list[int]] = {}
        self._choices()
        self.rules = rules_of(facts)
        for rule in self.rules:
            self._rule(rule)
        self._counts()
        self.size = len(self.mip.lower)

    def _choices(self) -> None:
        for p, place in enumerate(self.facts.places):
            self.kinds.setdefault((place.type, place.role, place.points), []).append(p)
            choices = self.facts.choices[p]
            for person in self.drawn:
                if person in choices:
                    self.x[p, person] = self.mip.column(1 if choices[person].given else 0, 1)

    def _rule(self, rule: Rule) -> None:
        terms = [(self.x[pick], float(factor)) for pick, factor in rule.picks.items()]
        if rule.hard:
            if terms and sum(max(0, factor) for factor in rule.picks.values()) > rule.most:
                row = self.mip.row(terms, upper=rule.most)
                if rule.about == "slot":
                    self.slot_rows[next(iter(rule.picks))[0]] = row
            return
        worst = sum(max(0, factor) for factor in rule.picks.values()) - rule.most
        if worst <= 0:
            return
        over = self.mip.column(0, worst, whole=False)
        self.broken.append((rule, over))
        terms.append((over, -1.0))
        if rule.excuse:
            stays = self.mip.column(0, 1)
            self.kept.append((rule, stays))
            terms.append((stays, -float(rule.excuse)))
            for pick in sorted(rule.excused):
                self.mip.row([(stays, 1.0), (self.x[pick], -1.0)], upper=0)
        self.mip.row(terms, upper=rule.most)

    def _counts(self) -> None:
        for kind, places in self.kinds.items():
            for person in self.drawn:
                mine = [(self.x[p, person], 1.0) for p in places if (p, person) in self.x]
                if mine:
                    self.n[person, kind] = self.mip.column(0, len(mine))
                    self.mip.row([*mine, (self.n[person, kind], -1.0)], 0, 0)

    def gaps(self) -> Purpose:
        """Points of empty slots, the first role twice the second."""
        places = self.facts.places
        terms = {column: -float(places[p].gap) for (p, _), column in self.x.items() if places[p].gap}
        return Purpose(terms, float(sum(place.gap for place in places)))

    def blocks(self) -> Purpose:
        """What the blocked minutes of holders cost."""
        return Purpose(
            {c: float(self._choice(pick).block_cost) for pick, c in self.x.items() if self._choice(pick).block_cost}
        )

    def limits(self) -> Purpose:
        """By how much limits that may give way are broken."""
        return Purpose({column: 1.0 for rule, column in self.broken if not rule.comfort})

    def changes(self) -> Purpose:
        """What the published slots that move weigh."""
        published = self.facts.problem.published
        terms: dict[int, float] = {}
        for p, place in enumerate(self.facts.places):
            was = published.get(place.slot)
            if was is not None and (p, was.person) in self.x and was.weight:
                terms[self.x[p, was.person]] = -float(was.weight)
        return Purpose(terms, float(sum(was.weight for was in published.values())))

    def wishes(self) -> Purpose:
        """Minus what holders would like."""
        return Purpose(
            {column: -float(self._choice(pick).wish) for pick, column in self.x.items() if self._choice(pick).wish}
        )

    def comfort(self) -> Purpose:
        """Shifts closer than wanted, and slots decided without knowing."""
        terms = {column: 1.0 for rule, column in self.broken if rule.comfort}
        terms |= {column: 1.0 for pick, column in self.x.items() if self._choice(pick).unknown}
        return Purpose(terms)

    def linear(self, stage: Stage) -> Purpose:
        """Every stage but fairness."""
        made: Purpose = getattr(self, stage.value)()
        return made

    def _choice(self, pick: Pick) -> Choice:
        return self.facts.choices[pick[0]][pick[1]]

    def columns_of(self, roster: Roster) -> list[float]:
        """The value of every column of the bare model for a roster."""
        values = [0.0] * self.size
        for p, person in enumerate(roster):
            if person is not None:
                values[self.x[p, person]] = 1.0
        for rule, column in self.kept:
            values[column] = float(all(roster[p] == person for p, person in rule.excused))
        stays = {id(rule): values[column] for rule, column in self.kept}
        for rule, column in self.broken:
            total = sum(factor for (p, person), factor in rule.picks.items() if roster[p] == person)
            values[column] = float(max(0, total - rule.most - rule.excuse * stays.get(id(rule), 0)))
        for (person, kind), column in self.n.items():
            values[column] = float(sum(roster[p] == person for p in self.kinds[kind]))
        return values

    def keeps_hard_rules(self, roster: Roster) -> bool:
        """Whether everybody may hold what they have there, and no rule that always holds is broken."""
        if any(person is not None and (p, person) not in self.x for p, person in enumerate(roster)):
            return False
        if any(
            choice.given and roster[p] != person
            for p, one in enumerate(self.facts.choices)
            for person, choice in one.items()
        ):
            return False
        return all(
            sum(factor for (p, person), factor in rule.picks.items() if roster[p] == person) <= rule.most
            for rule in self.rules
            if rule.hard
        )

    def roster_of(self, values: Sequence[float]) -> Roster:
        """Who holds each place in a solution."""
        roster: list[str | None] = [None] * len(self.facts.places)
        for (p, person), column in self.x.items():
            if values[column] > 0.5:
                roster[p] = person
        return tuple(roster)


@dataclass(slots=True)
class Squares:
    """Fairness as columns: the k-th step of a person's points in a bucket costs what it adds to the square."""

    purpose: Purpose
    scales: list["Scale"]

    def values(self, base: Sequence[float]) -> list[float]:
        """The columns of the scales, for the counts in `base`, which they follow."""
        filled = list(base)
        for scale in self.scales:
            total = sum(weight * round(base[n]) for n, weight in scale.counts) - scale.low
            filled.extend(float(place < total) for place in range(len(scale.columns)))
            if scale.total is not None:
                filled.append(float(scale.low + total))
        return filled


@dataclass(frozen=True, slots=True)
class Scale:
    """A person's points in a bucket: Σ weight · count = `low` + Σ `columns`. `total` is that sum as a whole number."""

    columns: Sequence[int]
    counts: Sequence[tuple[int, int]]
    low: int
    total: int | None


def half_points(value: Fraction) -> Fraction:
    """To the nearest half point, ties to even."""
    return Fraction(round(2 * value), 2)


def add_squares(
    mip: Mip, facts: Facts, counts: Mapping[tuple[str, Kind], int], worst: Fraction, *, totals: bool = True
) -> Squares:
    """Adds fairness to `mip`, for rosters whose sum of squares is at most `worst`.

    `totals`: with a column for each total of several counts. Deciding on totals proves far sooner than deciding on
    counts.
    """
    scale = lcm(*(place.points.denominator for place in facts.places)) if facts.places else 1
    drawn = facts.drawn()
    terms: dict[int, float] = {}
    constant = Fraction(0)
    scales: list[Scale] = []
    for bucket, members in facts.buckets.items():
        kinds = {(facts.places[i].type, facts.places[i].role, facts.places[i].points) for i in sorted(members)}
        for person in drawn:
            away = half_points(facts.carried[person, bucket] - facts.due[person, bucket])
            mine = [(counts[person, kind], int(kind[2] * scale)) for kind in kinds if (person, kind) in counts]
            mine = sorted((column, weight) for column, weight in mine if weight)
            unit = gcd(*(weight for _, weight in mine)) if mine else 1
            mine = [(column, weight // unit) for column, weight in mine]
            step = Fraction(unit, scale)
            low, high = _range(mip, mine, away, step, worst)
            constant += (away + low * step) ** 2
            columns = [mip.column(0, 1, whole=False) for _ in range(low, high)]
            first, each = float(away + low * step), float(step)
            for place, column in enumerate(columns):
                terms[column] = (2 * (first + place * each) + each) * each
            if mine:
                mip.row([*((c, float(w)) for c, w in mine), *((c, -1.0) for c in columns)], low, low)
            total = None
            if totals and len(mine) > 1:
                total = mip.column(low, high)
                mip.row([*((c, float(w)) for c, w in mine), (total, -1.0)], 0, 0)
            scales.append(Scale(columns, mine, low, total))
    return Squares(Purpose(terms, float(constant), 1.0 if scale == 1 else 0.25), scales)


def _range(
    mip: Mip, mine: Sequence[tuple[int, int]], away: Fraction, step: Fraction, worst: Fraction
) -> tuple[int, int]:
    """The points, in steps, that a roster no worse than `worst` can give: a single square can't exceed the sum."""
    least = sum(round(mip.lower[column]) * weight for column, weight in mine)
    most = sum(round(mip.upper[column]) * weight for column, weight in mine)
    reach = Fraction(isqrt(ceil(worst)) + 1)
    low = max(least, ceil((-reach - away) / step))
    high = min(most, floor((reach - away) / step))
    return (min(low, most), max(min(low, most), high))
