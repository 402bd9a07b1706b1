"""The stage of fairness: first how many shifts of each kind everybody should have, then which."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from math import isfinite
from typing import TYPE_CHECKING

from oncall_ui.domain.schedules.planning.mip import Mip
from oncall_ui.domain.schedules.planning.problem import Task
from oncall_ui.domain.schedules.planning.result import Stage
from oncall_ui.solving.highs import Outcome, Watch, solve_mip
from oncall_ui.solving.model import Kind, Squares, add_squares
from oncall_ui.solving.moves import Joint, with_wishes
from oncall_ui.solving.totals import EASY_NODES, in_all, keeping_whole, shared_slots

if TYPE_CHECKING:
    from oncall_ui.solving.search import Search

TOLERANCE = 1e-3
Wanted = Mapping[int, float]
"""How many places of a kind a person should have, by column."""
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
        self.bound = Fraction(0)
        self.step = Fraction(1)

    def solve(self) -> tuple[Fraction, Fraction]:
        """The bound and the step. From here on the search keeps the value."""
        if self.bends:
            self.search.open_limits()
        is_plan = self.facts.problem.task is Task.PLAN
        wanted = self._counts_first() if is_plan else {}
        if is_plan and not self._is_met():
            self._totals_first()
        if not self._is_met() and wanted and self.search.left() > 0:
            self._near(wanted)
        if not self._is_met():
            self._whole()
        self.keep()
        if self.bends:
            self.search.close_limits()
        return self.bound, self.step

    def _is_met(self) -> bool:
        return self.search.values[Stage.FAIRNESS] - self.bound < self.step

    def _counts_first(self) -> Wanted:
        """How many each should have, without saying which: a bound, and with luck a roster that reaches it."""
        counts, columns = self._counts()

        def program(worst: Fraction) -> tuple[Mip, Squares]:
            small = counts.copy()
            return small, add_squares(small, self.facts, columns, worst)

        squares, outcome = self._least(program, Fraction(0))
        self.step = Fraction(squares.purpose.step)
        if outcome.values is None:
            return {}
        self._raise_bound(squares, outcome)
        large = {column: self.search.model.n[key] for key, column in columns.items()}
        wanted = {large[column]: float(round(outcome.values[column])) for column in large}
        if not self._is_met() and not self._roster_in(_within(self.search.base, wanted, 0)):
            self._roster_in(in_all(self.search.base, squares, outcome.values, large), nodes=EASY_NODES)
        return wanted

    def _totals_first(self) -> None:
        """How many points each should have, where people may share a slot: a bound that knows who is away when.

        With luck there is a roster with these totals.
        """
        search = self.search

        squares, outcome = self._least(lambda worst: shared_slots(search.base, search.model, worst), self.bound)
        self.step = Fraction(squares.purpose.step)
        if outcome.values is None:
            return
        self._raise_bound(squares, outcome)
        if not self._is_met():
            mip = in_all(search.base, squares, outcome.values)
            _ = self._roster_in(keeping_whole(mip, search.model, outcome.values)) or self._roster_in(mip)

    def _least(self, program: Callable[[Fraction], tuple[Mip, Squares]], reached: Fraction) -> tuple[Squares, Outcome]:
        """The least sum of squares in a program; one that is `reached` is enough.

        It is sought among sums up to a guess first. What is found there is the best of all, since a single square is
        never above the sum; and the guess keeps the program small where the roster so far is far from fair.
        """
        search = self.search
        worst = search.values[Stage.FAIRNESS]
        guess = max(reached, Fraction(FIRST_GUESS * len(self.facts.problem.people)))
        if self.facts.problem.task is Task.REPAIR:
            guess = worst
        while True:
            mip, squares = program(min(guess, worst))
            purpose = squares.purpose
            outcome = solve_mip(
                mip,
                purpose.terms,
                seconds=search.left(),
                gap=0.999 * purpose.step,
                target=float(reached) - purpose.constant + TOLERANCE,
                watch=self._watch(squares, float("inf") if guess >= worst else float(guess)),
            )
            if guess >= worst or (
                outcome.values is not None and outcome.value + purpose.constant <= float(guess) + TOLERANCE
            ):
                return squares, outcome
            if search.left() <= 0:
                return squares, replace(outcome, values=None)
            guess = 4 * guess + 1

    def _watch(self, squares: Squares, most: float) -> Watch:
        """Stops where there is nothing up to `most`."""
        constant = squares.purpose.constant
        told = self.search.watch(Stage.FAIRNESS, constant)

        def heard(best: float, bound: float) -> bool:
            return (told is not None and told(best, bound)) or bound + constant > most + 1

        return heard

    def _raise_bound(self, squares: Squares, outcome: Outcome) -> None:
        self.bound = max(self.bound, self.search.proved_bound(Stage.FAIRNESS, outcome, squares.purpose))

    def _roster_in(self, mip: Mip, *, nodes: int | None = None) -> bool:
        """Takes any roster in `mip` that is better; whether there was one."""
        search = self.search
        if search.left() <= 0:
            return False
        found = solve_mip(mip, {}, seconds=search.left(), nodes=nodes, watch=search.watch(Stage.FAIRNESS, 0.0))
        search.take(Stage.FAIRNESS, found)
        return found.values is not None

    def _near(self, wanted: Wanted) -> None:
        """A good roster with counts near the wanted ones."""
        search = self.search
        near = _within(search.base, wanted, NEAR)
        squares = add_squares(near, self.facts, search.model.n, search.values[Stage.FAIRNESS], totals=False)
        found = solve_mip(
            near,
            squares.purpose.terms,
            seconds=search.left() / 2,
            gap=0.999 * squares.purpose.step,
            target=float(self.bound) - squares.purpose.constant + TOLERANCE,
            nodes=NEAR_NODES,
            watch=search.watch(Stage.FAIRNESS, squares.purpose.constant),
        )
        search.take(Stage.FAIRNESS, found)

    def _whole(self) -> None:
        """Every roster that is at least as good as the best so far."""
        search = self.search
        mip = search.base.copy()
        squares = add_squares(mip, self.facts, search.model.n, search.values[Stage.FAIRNESS])
        search.mip, search.squares = mip, squares
        self.step = Fraction(squares.purpose.step)
        most = search.most_changes
        joint = None if most is None else with_wishes(squares.purpose, mip, search.model, most)
        if joint is not None:
            self._with_wishes(mip, joint)
            return
        self.bound = max(
            self.bound, search.improve(Stage.FAIRNESS, mip, squares.purpose, search.left(), reached=self.bound)
        )

    def _with_wishes(self, mip: Mip, joint: Joint) -> None:
        """Preferences, which a repair counts next, at once: proving that nothing is fairer proves most of them, too."""
        search = self.search
        if search.left() <= 0 or search.stopped:
            return
        found = solve_mip(
            mip,
            joint.purpose.terms,
            seconds=search.left(),
            gap=0.9 * joint.part,
            start=search.start(mip),
            presolve=False,
            inner=False,
            watch=search.watch(Stage.FAIRNESS, joint.purpose.constant),
        )
        search.take(Stage.FAIRNESS, found, Stage.WISHES)
        self.bound = max(self.bound, search.proved_bound(Stage.FAIRNESS, found, joint.purpose))
        if self._is_met() and isfinite(found.bound):
            search.known[Stage.WISHES] = joint.least_wishes(search.values[Stage.FAIRNESS], found.bound)

    def keep(self) -> None:
        """No roster may be less fair from here on."""
        search = self.search
        mip = search.base.copy()
        squares = add_squares(mip, self.facts, search.model.n, search.values[Stage.FAIRNESS], totals=False)
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


def _within(base: Mip, counts: Wanted, reach: int) -> Mip:
    """The program with every count within reach of the given one."""
    mip = base.copy()
    for column, count in counts.items():
        mip.lower[column] = max(mip.lower[column], count - reach)
        mip.upper[column] = min(mip.upper[column], count + reach)
    return mip
