"""Why this person: everybody else on the slot in turn, and all the rest planned again."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from oncall_ui.domain.schedules.planning.alternatives import Alternative, Outcome
from oncall_ui.domain.schedules.planning.hand_over import hindrances_of
from oncall_ui.domain.schedules.planning.hard_rules import HardRules
from oncall_ui.domain.schedules.planning.judge import Judge
from oncall_ui.domain.schedules.planning.mip import Mip
from oncall_ui.domain.schedules.planning.problem import Problem, Slot
from oncall_ui.domain.schedules.planning.result import Stage, StageResult
from oncall_ui.solving.facts import facts_of
from oncall_ui.solving.highs import Outcome as Solution
from oncall_ui.solving.highs import solve_mip
from oncall_ui.solving.model import Model, Purpose, Roster, Squares, add_squares
from oncall_ui.solving.search import Search
from oncall_ui.solving.totals import EASY_NODES, in_all, keeping_whole, shared_slots

TOLERANCE = 1e-3
FIRST = (Stage.GAPS, Stage.BLOCKS, Stage.LIMITS, Stage.CHANGES, Stage.FAIRNESS, Stage.WISHES)
"""The stages that are looked at. Comfort and the draw decide nothing that needs a reason."""
FAR = 20
"""Plans that are less fair by more than this aren't told apart."""
NONE = 1e12
"""More than any plan can be worse by: there was no solution yet."""
Told = Callable[[Alternative], bool]


def alternatives(
    problem: Problem,
    roster: Mapping[Slot, str],
    stages: Sequence[StageResult],
    slot: Slot,
    *,
    seconds: float = 5.0,
    told: Told | None = None,
) -> tuple[Alternative, ...]:
    """Everybody but the holder, in the order of the problem. `told` hears each as it is found; True stops.

    `roster` is the plan, `stages` are its stages in the order they were solved. Each person gets an equal part of
    `seconds`, and what others left of theirs.
    """
    until = time.monotonic() + seconds
    asked = _Question(problem, roster, stages, slot, until)
    others = [person.id for person in problem.people if person.id != roster.get(slot)]
    found: list[Alternative] = []
    stopped = False
    for person in others:
        asked.until = time.monotonic() + (until - time.monotonic()) / (len(others) - len(found))
        if stopped or asked.left() <= 0:
            found.append(Alternative(person, Outcome.OPEN, is_proved=False))
            continue
        found.append(asked.answer(person))
        stopped = told is not None and told(found[-1])
    return tuple(found)


class _Question:
    """One slot of one plan. `values` are what its stages are worth, in order."""

    def __init__(
        self, problem: Problem, roster: Mapping[Slot, str], stages: Sequence[StageResult], slot: Slot, until: float
    ) -> None:
        self.problem = problem
        self.slot = slot
        self.until = until
        self.facts = facts_of(problem)
        self.model = Model(self.facts)
        self.judge = Judge(problem)
        self.roster: Roster = tuple(roster.get(place.slot) for place in self.facts.places)
        self.order = [stage.name for stage in stages if stage.name in FIRST]
        values = self.judge.count(roster)
        self.values = {stage: values[stage] for stage in self.order}
        self.place = next(p for p, place in enumerate(self.facts.places) if place.slot == slot)
        self.squares = Squares(Purpose({}), [])
        self.programs = self._programs()

    def left(self) -> float:
        return self.until - time.monotonic()

    def answer(self, person: str) -> Alternative:
        """What is known of one person."""
        if (self.place, person) not in self.model.x:
            hindrances = hindrances_of(self.problem, self.slot, person)
            return Alternative(person, Outcome.IMPOSSIBLE, hindrances=hindrances)
        if self._trade(person):
            return Alternative(person, Outcome.EQUAL)
        return self._forced(person)

    def _trade(self, person: str) -> bool:
        """Whether the two can trade a shift of the same kind, and nothing gets worse. No solver is needed for that."""
        place = self.facts.places[self.place]
        holder = self.roster[self.place]
        for p in self.model.kinds[place.type, place.role, place.points]:
            if self.roster[p] != person or holder is None or (p, holder) not in self.model.x:
                continue
            traded = list(self.roster)
            traded[self.place], traded[p] = person, holder
            if self._is_as_good(tuple(traded)):
                return True
        return False

    def _is_as_good(self, roster: Roster) -> bool:
        """By the model first, which is quick; the judge has the last word."""
        values = self.model.columns_of(roster)
        if not self.model.keeps_hard_rules(roster):
            return False
        for stage in self.order:
            if stage is not Stage.FAIRNESS and self._value(self.model.linear(stage), values) > self.values[stage]:
                return False
        held = {place.slot: who for place, who in zip(self.facts.places, roster, strict=True) if who is not None}
        counted = self.judge.count(held)
        return all(counted[stage] <= self.values[stage] for stage in self.order)

    @staticmethod
    def _value(purpose: Purpose, values: Sequence[float]) -> float:
        return purpose.constant + sum(factor * values[column] for column, factor in purpose.terms.items()) - TOLERANCE

    def _programs(self) -> list[tuple[Stage, Mip, Purpose]]:
        """For each stage, every roster that is as good in all before it."""
        search = Search(
            self.model, self.judge, HardRules(self.problem, self.judge), seconds=self.left(), start=self.roster
        )
        found = []
        for stage in self.order:
            mip = search.mip.copy()
            if stage is Stage.FAIRNESS:
                self.squares = add_squares(mip.copy(), self.facts, self.model.n, self.values[stage] + FAR)
                purpose = self.squares.purpose
            else:
                purpose = self.model.linear(stage)
            found.append((stage, mip, purpose))
            search.given(StageResult(stage, self.values[stage], self.values[stage], proved=True))
        return found

    def _forced(self, person: str) -> Alternative:
        """The first stage that can't stay as good with the person on the slot."""
        column = self.model.x[self.place, person]
        if self._is_equal_settled(column):
            return Alternative(person, Outcome.EQUAL)
        fair: Sequence[float] | None = None
        for stage, program, purpose in self.programs:
            mip = program.copy()
            mip.lower[column] = 1
            best = float(self.values[stage]) - purpose.constant
            if stage is Stage.FAIRNESS:
                outcome = self._fairest(mip, purpose, best)
                fair = outcome.values
            else:
                outcome = self._best(mip, purpose, best, fair)
            if outcome.infeasible and stage is Stage.FAIRNESS:
                return Alternative(person, Outcome.WORSE, stage, Fraction(FAR), is_proved=False)
            if outcome.infeasible:
                return Alternative(person, Outcome.IMPOSSIBLE)
            if outcome.values is not None and outcome.value <= best + TOLERANCE:
                continue
            return self._worse(person, stage, purpose, outcome.value - best, outcome.bound - best)
        return Alternative(person, Outcome.EQUAL)

    def _fairest(self, mip: Mip, purpose: Purpose, best: float) -> Solution:
        """Totals first, where slots may be shared: mostly they prove how fair it can be, and lead to a roster."""
        worst = self.values[Stage.FAIRNESS] + FAR
        shared, squares = shared_slots(mip, self.model, worst)
        gap, target = 0.999 * purpose.step, best + TOLERANCE
        least = solve_mip(shared, squares.purpose.terms, seconds=self.left() / 2, gap=gap, target=target)
        if least.infeasible:
            return least
        if least.values is not None:
            same = in_all(mip, squares, least.values)
            for program in (keeping_whole(same, self.model, least.values), same):
                found = solve_mip(program, {}, seconds=self.left() / 2, nodes=EASY_NODES)
                if found.values is not None:
                    return replace(least, values=found.values)
        whole = mip.copy()
        add_squares(whole, self.facts, self.model.n, worst)
        target = max(target, least.bound + TOLERANCE)
        found = solve_mip(whole, purpose.terms, seconds=self.left(), gap=gap, target=target)
        return replace(found, bound=max(found.bound, least.bound))

    def _best(self, mip: Mip, purpose: Purpose, best: float, fair: Sequence[float] | None) -> Solution:
        """Of a stage that is a sum. Rosters with the points of a `fair` one are looked at first."""
        gap, target = 0.999 * purpose.step, best + TOLERANCE
        if fair is not None:
            points = in_all(mip, self.squares, fair)
            found = solve_mip(points, purpose.terms, seconds=self.left() / 2, gap=gap, target=target)
            if found.values is not None and found.value <= target:
                return found
        return solve_mip(mip, purpose.terms, seconds=self.left(), gap=gap, target=target)

    def _is_equal_settled(self, column: int) -> bool:
        """Whether everybody can keep their counts, or at least their points, with nothing worse."""
        if Stage.FAIRNESS not in self.order:
            return False
        _, program, purpose = self.programs[-1]
        mip = program.copy()
        mip.lower[column] = 1
        if self.order[-1] is not Stage.FAIRNESS:
            mip.row(purpose.terms.items(), upper=float(self.values[self.order[-1]]) - purpose.constant + TOLERANCE)
        values = self.model.columns_of(self.roster)
        counts, points = mip.copy(), in_all(mip, self.squares, values)
        for n in self.model.n.values():
            counts.lower[n] = counts.upper[n] = values[n]
        return any(
            solve_mip(settled, {}, seconds=self.left() / 2, nodes=EASY_NODES).values is not None
            for settled in (counts, points)
        )

    def _worse(self, person: str, stage: Stage, purpose: Purpose, value: float, bound: float) -> Alternative:
        step = Fraction(purpose.step)
        at_least = max(Fraction(0), step * Fraction(-(-(bound - TOLERANCE) // purpose.step)))
        cost = step * round(value / purpose.step) if value < NONE else at_least
        is_proved = cost - at_least < step
        if not is_proved and at_least < step:
            return Alternative(person, Outcome.OPEN, stage, cost, is_proved=False)
        return Alternative(person, Outcome.WORSE, stage, cost if is_proved else at_least, is_proved)
