"""The price of a limit: how fair a plan can be with no more broken limits than there must be, and with some more."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from oncall_ui.domain.schedules.bending.offer import Curve, Offer
from oncall_ui.domain.schedules.planning.hard_rules import HardRules
from oncall_ui.domain.schedules.planning.judge import Judge
from oncall_ui.domain.schedules.planning.problem import LaterStage, Problem, Slot, Task
from oncall_ui.domain.schedules.planning.result import Stage, StageResult
from oncall_ui.domain.schedules.shadows.shadow import without_shadows
from oncall_ui.solving.facts import facts_of
from oncall_ui.solving.model import Model, Roster
from oncall_ui.solving.search import Search, as_slots
from oncall_ui.solving.stages import order_of

SOLVES = 5
FIRM = {Stage.GAPS, Stage.BLOCKS, Stage.LIMITS}
ANY = 10_000
"""More limits than a plan of this product can break."""


def curve_of(problem: Problem, roster: Mapping[Slot, str], stages: Sequence[StageResult], *, seconds: float) -> Curve:
    """About five points around a plan: its `roster`, and what its `stages` prove.

    Empty where no limit has to be broken, or fairness doesn't count. What isn't found within `seconds` is left out.
    """
    if problem.shadows:
        roster = {slot: person for slot, person in roster.items() if slot.role not in problem.shadows}
        problem = without_shadows(problem)
    known = {stage.name: stage for stage in stages}
    if problem.task is not Task.PLAN or LaterStage.FAIRNESS not in problem.order or Stage.LIMITS not in known:
        return Curve((), is_whole=False)
    return _Points(problem, known, time.monotonic() + seconds).curve(roster)


@dataclass(frozen=True, slots=True)
class _Point:
    roster: Roster
    limits: Fraction
    fairness: Fraction
    is_proved: bool


class _Points:
    def __init__(self, problem: Problem, known: Mapping[Stage, StageResult], until: float) -> None:
        self._problem, self._known, self._until = problem, known, until
        self._judge = Judge(problem)
        self._rules = HardRules(problem, self._judge)
        self._facts = facts_of(problem)
        self._least = known[Stage.LIMITS].value - (known[Stage.LIMITS].bent or 0)
        self._points: dict[int, _Point] = {}
        self._first: Sequence[StageResult] = ()

    def curve(self, roster: Mapping[Slot, str]) -> Curve:
        if self._least <= 0:
            return Curve((), is_whole=False)
        own = tuple(roster.get(place.slot) for place in self._facts.places)
        values, is_proved = self._judge.count(roster), self._known[Stage.FAIRNESS].proved
        bent = int(values[Stage.LIMITS] - self._least)
        self._points[bent] = _Point(own, values[Stage.LIMITS], values[Stage.FAIRNESS], is_proved)
        strict = self._before_fairness(own)
        if bent:
            self._solve(0, strict, SOLVES)
        self._solve(ANY, own, SOLVES - 1)
        fairest = self._points.get(ANY)
        if fairest is not None:
            between = [each for each in _between(int(fairest.limits - self._least), int(self._least)) if each != bent]
            for place, more in enumerate(between):
                self._solve(more, self._start(more, strict), len(between) - place)
        return Curve(tuple(self._worth()), is_whole=fairest is not None and fairest.is_proved)

    def _left(self) -> float:
        return self._until - time.monotonic()

    def _before_fairness(self, own: Roster) -> Roster:
        """What every plan of the curve keeps, and a roster that keeps it and breaks as few limits as possible."""
        search = self._search(replace(self._problem, bend=False), own, self._left() / 2)
        order = order_of(self._facts)
        for stage in order[: order.index(Stage.FAIRNESS)]:
            if stage is Stage.LIMITS and search.values[stage] > self._least:
                search.improve(stage, search.mip, search.model.limits(), search.left(), reached=self._least)
            value = search.values[stage]
            if stage in FIRM:
                search.given(StageResult(stage, value, value, proved=True))
            else:
                search.stage(stage)
        self._first = list(search.results.values())
        return search.roster

    def _search(self, problem: Problem, start: Roster, seconds: float) -> Search:
        model = Model(replace(self._facts, problem=problem))
        return Search(model, self._judge, self._rules, seconds=seconds, start=start)

    def _start(self, more: int, strict: Roster) -> Roster:
        """The fairest roster so far that breaks no more limits."""
        found = [point for point in self._points.values() if point.limits <= self._least + more]
        return min(found, key=lambda point: point.fairness).roster if found else strict

    def _solve(self, more: int, start: Roster, solves: int) -> None:
        """Gets an equal part of the time for `solves`, and what others left of theirs."""
        seconds = self._left() / solves
        if seconds <= 0:
            return
        search = self._search(replace(self._problem, bend=more), start, seconds)
        for result in self._first:
            may_bend = more and result.name is Stage.LIMITS
            given = replace(result, value=self._least, bent=Fraction(0)) if may_bend else result
            search.given(given)
        search.stage(Stage.FAIRNESS)
        values, is_proved = search.values, search.results[Stage.FAIRNESS].proved
        self._points[more] = _Point(search.roster, values[Stage.LIMITS], values[Stage.FAIRNESS], is_proved)

    def _worth(self) -> list[Offer]:
        """Those that are fairer than every one that breaks as few limits."""
        found: list[Offer] = []
        for point in sorted(self._points.values(), key=lambda each: (each.limits, each.fairness, not each.is_proved)):
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
