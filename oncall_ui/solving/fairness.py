"""The stage of fairness: first how many shifts of each kind everybody should have, then which."""

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from oncall_ui.domain.schedules.mip import Mip
from oncall_ui.domain.schedules.result import Stage
from oncall_ui.solving.highs import Outcome, solve_mip
from oncall_ui.solving.model import Kind, Squares, add_squares

if TYPE_CHECKING:
    from oncall_ui.solving.search import Search

TOLERANCE = 1e-3
Counts = Mapping[tuple[str, Kind], int]
"""The column of each person and kind."""
NEAR = 1
"""How far counts may be from the best ones in the search for a good roster."""
NEAR_NODES = 30
FIRST_GUESS = 8
"""The sum of squares that counts may come to at first, for each person."""


class Fairness:
    """One stage of a search, which it changes."""

    def __init__(self, search: "Search") -> None:
        self.search = search
        self.facts = search.facts
        self.bends = search.may_bend()

    def solve(self) -> tuple[Fraction, Fraction]:
        """The bound and the step. From here on the search keeps the value."""
        search = self.search
        if self.bends:
            search.open_limits()
        bound, step = self._counts_first()
        if not self._is_met(bound, step):
            bound = max(bound, self._whole(bound))
        self.keep()
        if self.bends:
            search.close_limits()
        return bound, step

    def _is_met(self, bound: Fraction, step: Fraction) -> bool:
        return self.search.values[Stage.FAIRNESS] - bound < step

    def _counts_first(self) -> tuple[Fraction, Fraction]:
        """How many each should have, without saying which: a bound, and with luck a roster that reaches it."""
        search = self.search
        counts, columns = self._counts()
        squares, outcome = self._best_counts(counts, columns)
        step = Fraction(squares.purpose.step)
        if outcome.values is None:
            return Fraction(0), step
        bound = search.proved_bound(Stage.FAIRNESS, outcome, squares.purpose)
        if not self._is_met(bound, step):
            self._with_counts(columns, outcome, bound, step)
        return bound, step

    def _best_counts(self, counts: Mip, columns: Counts) -> tuple[Squares, Outcome]:
        """The counts with the least sum of squares.

        They are sought among sums up to a guess first. What is found there is the best of all, since a single square
        is never above the sum; and the guess keeps the program small where the roster so far is far from fair.
        """
        search = self.search
        worst = search.values[Stage.FAIRNESS]
        guess = Fraction(FIRST_GUESS * len(self.facts.problem.people))
        while True:
            small = counts.copy()
            squares = add_squares(small, self.facts, columns, min(guess, worst))
            _whole_totals(small, squares)
            gap = 0.999 * squares.purpose.step
            outcome = solve_mip(small, squares.purpose.terms, seconds=search.left(), gap=gap)
            total = outcome.value + squares.purpose.constant
            if guess >= worst or (outcome.values is not None and total <= float(guess) + TOLERANCE):
                return squares, outcome
            if search.left() <= 0:
                return squares, replace(outcome, values=None)
            guess = 4 * guess + 1

    def _with_counts(self, columns: Counts, outcome: Outcome, bound: Fraction, step: Fraction) -> None:
        """A roster with these counts; if there is none, a good one with counts near them."""
        search = self.search
        assert outcome.values is not None
        wanted = {search.model.n[key]: float(round(outcome.values[column])) for key, column in columns.items()}
        found = solve_mip(
            _within(search.base, wanted, 0), {}, seconds=search.left(), watch=search.watch(Stage.FAIRNESS, 0.0)
        )
        search.take(Stage.FAIRNESS, found)
        if found.values is not None or self._is_met(bound, step):
            return
        near = _within(search.base, wanted, NEAR)
        squares = add_squares(near, self.facts, search.model.n, search.values[Stage.FAIRNESS])
        found = solve_mip(
            near,
            squares.purpose.terms,
            seconds=search.left() / 2,
            gap=0.999 * squares.purpose.step,
            target=float(bound) - squares.purpose.constant + TOLERANCE,
            nodes=NEAR_NODES,
            watch=search.watch(Stage.FAIRNESS, squares.purpose.constant),
        )
        search.take(Stage.FAIRNESS, found)

    def _whole(self, bound: Fraction) -> Fraction:
        """Every roster that is at least as good as the best so far."""
        search = self.search
        mip, squares = self._program(bound)
        search.mip, search.squares = mip, squares
        return search.improve(Stage.FAIRNESS, mip, squares.purpose, search.left())

    def _program(self, bound: Fraction) -> tuple[Mip, Squares]:
        search = self.search
        mip = search.base.copy()
        squares = add_squares(mip, self.facts, search.model.n, search.values[Stage.FAIRNESS])
        if bound > 0:
            mip.row(squares.purpose.terms.items(), lower=float(bound) - squares.purpose.constant - TOLERANCE)
        return mip, squares

    def keep(self) -> None:
        """No roster may be less fair from here on."""
        search = self.search
        mip = search.base.copy()
        squares = add_squares(mip, self.facts, search.model.n, search.values[Stage.FAIRNESS])
        most = float(search.values[Stage.FAIRNESS]) - squares.purpose.constant + TOLERANCE
        mip.row(squares.purpose.terms.items(), upper=most)
        search.mip, search.squares = mip, squares

    def _counts(self) -> tuple[Mip, dict[tuple[str, Kind], int]]:
        small = Mip()
        model = self.search.model
        columns: dict[tuple[str, Kind], int] = {}
        lower, upper = self.search.base.lower, self.search.base.upper
        gap_terms: dict[int, float] = {}
        for kind, places in model.kinds.items():
            terms = []
            for person in model.drawn:
                if (person, kind) not in model.n:
                    continue
                mine = [model.x[p, person] for p in places if (p, person) in model.x]
                column = small.column(sum(lower[x] for x in mine), sum(upper[x] for x in mine))
                columns[person, kind] = column
                terms.append((column, 1.0))
                gap_terms[column] = -float(max(self.facts.places[p].gap for p in places))
            full = self.search.values[Stage.GAPS] == 0 and all(self.facts.places[p].gap for p in places)
            small.row(terms, lower=float(len(places)) if full else 0.0, upper=float(len(places)))
        self._gap_row(small, gap_terms)
        return small, columns

    def _gap_row(self, small: Mip, terms: dict[int, float]) -> None:
        """No more gaps than there must be, as far as the counts tell."""
        most = float(self.search.values[Stage.GAPS])
        kinds = self.search.model.kinds.values()
        is_uneven = any(len({self.facts.places[p].gap for p in places}) > 1 for places in kinds)
        if most and not is_uneven:
            total = sum(place.gap for place in self.facts.places)
            small.row(terms.items(), upper=most - total)


def _whole_totals(mip: Mip, squares: Squares) -> None:
    """A column for each total of several counts: deciding on totals proves far sooner than deciding on counts."""
    for columns, counts, low in squares.steps:
        if len(counts) > 1:
            total = mip.column(low, low + len(columns))
            mip.row([*((n, float(weight)) for n, weight in counts), (total, -1.0)], 0, 0)


def _within(base: Mip, counts: Mapping[int, float], reach: int) -> Mip:
    """The program with every count within reach of the given one."""
    mip = base.copy()
    for column, count in counts.items():
        mip.lower[column] = max(mip.lower[column], count - reach)
        mip.upper[column] = min(mip.upper[column], count + reach)
    return mip
