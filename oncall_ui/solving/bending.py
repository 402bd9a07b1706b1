"""The price of a limit: how fair a plan can be with no more broken limits than there must be, and with some more."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from oncall_ui.domain.schedules.bending.offer import Offer
from oncall_ui.domain.schedules.planning.hard_rules import HardRules
from oncall_ui.domain.schedules.planning.judge import Judge
from oncall_ui.domain.schedules.planning.problem import LaterStage, Problem, Task
from oncall_ui.domain.schedules.planning.result import Stage, StageResult
from oncall_ui.domain.schedules.shadows.shadow import without_shadows
from oncall_ui.solving.facts import facts_of
from oncall_ui.solving.model import Model, Roster
from oncall_ui.solving.search import Search, as_slots
from oncall_ui.solving.stages import order_of

SOLVES = 5
ANY = 10_000
"""More limits than a plan of this product can break."""


def offers_of(problem: Problem, *, seconds: float) -> tuple[Offer, ...]:
    """From the fewest broken limits to the fairest plan, each fairer than the one before; about five solves.

    Empty where no limit has to be broken, or fairness doesn't count. What isn't found within `seconds` is left out.
    """
    if problem.task is not Task.PLAN or LaterStage.FAIRNESS not in problem.order:
        return ()
    return _Curve(without_shadows(problem) if problem.shadows else problem, time.monotonic() + seconds).offers()


@dataclass(frozen=True, slots=True)
class _Point:
    more: int
    roster: Roster
    limits: Fraction
    fairness: Fraction
    is_proved: bool


class _Curve:
    def __init__(self, problem: Problem, until: float) -> None:
        self._problem, self._until = problem, until
        self._judge = Judge(problem)
        self._rules = HardRules(problem, self._judge)
        self._facts = facts_of(problem)
        self._points: dict[int, _Point] = {}
        self._least = Fraction(0)
        self._first: Sequence[StageResult] = ()

    def offers(self) -> tuple[Offer, ...]:
        start = self._before_fairness()
        if not self._least or self._left() <= 0:
            return ()
        self._solve(0, start, SOLVES)
        self._solve(ANY, start, SOLVES - 1)
        fairest = self._points.get(ANY)
        if fairest is not None and self._is_fairer(fairest, self._points[0]):
            between = _between(int(fairest.limits - self._least), int(self._least))
            for place, more in enumerate(between):
                self._solve(more, self._points[between[place - 1] if place else 0].roster, len(between) - place)
                if more not in self._points:
                    break
        return tuple(self._worth())

    def _left(self) -> float:
        return self._until - time.monotonic()

    def _before_fairness(self) -> Roster:
        """What every plan of the curve keeps, and a roster that keeps it."""
        search = self._search(replace(self._problem, bend=False), None, self._left() / 2)
        order = order_of(self._facts)
        self._first = search.run(order[: order.index(Stage.FAIRNESS)])
        self._least = search.values[Stage.LIMITS]
        return search.roster

    def _search(self, problem: Problem, start: Roster | None, seconds: float) -> Search:
        model = Model(replace(self._facts, problem=problem))
        return Search(model, self._judge, self._rules, seconds=seconds, start=start)

    def _solve(self, more: int, start: Roster, solves: int) -> None:
        """Gets an equal part of the time for `solves`, and what others left of theirs."""
        seconds = self._left() / solves
        if seconds <= 0:
            return
        search = self._search(replace(self._problem, bend=more), start, seconds)
        for result in self._first:
            may_bend = more and result.name is Stage.LIMITS
            search.given(replace(result, bent=Fraction(0)) if may_bend else result)
        search.stage(Stage.FAIRNESS)
        values, is_proved = search.values, search.results[Stage.FAIRNESS].proved
        self._points[more] = _Point(more, search.roster, values[Stage.LIMITS], values[Stage.FAIRNESS], is_proved)

    @staticmethod
    def _is_fairer(one: _Point, other: _Point) -> bool:
        return one.fairness < other.fairness

    def _worth(self) -> list[Offer]:
        """Those that are fairer than every one that breaks as few limits."""
        found: list[Offer] = []
        for point in sorted(self._points.values(), key=lambda each: (each.limits, each.fairness)):
            if not found or point.fairness < found[-1].fairness:
                roster = as_slots(self._facts, point.roster)
                more = int(point.limits - self._least)
                found.append(Offer(more, roster, point.limits, point.fairness, point.is_proved))
        return found


def _between(most: int, least: int) -> list[int]:
    """How many more broken limits are worth a look: one, a fifth as the setting allows, and halfway to `most`."""
    usual = max(1, least // 5)
    wanted = {1, 2, 3} if most <= SOLVES - 1 else {1, usual, max(2, (usual + most) // 2)}
    return sorted(each for each in wanted if 0 < each < most)
