"""Why this person: everybody else on the slot in turn, and all the rest planned again."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from math import ceil, inf, isfinite

from oncall_ui.domain.schedules.planning.alternatives import Alternative, Outcome
from oncall_ui.domain.schedules.planning.hand_over import hindrances_of, prices_of
from oncall_ui.domain.schedules.planning.hard_rules import HardRules
from oncall_ui.domain.schedules.planning.judge import Judge
from oncall_ui.domain.schedules.planning.mip import Mip
from oncall_ui.domain.schedules.planning.problem import Problem, Slot
from oncall_ui.domain.schedules.planning.result import Stage, StageResult
from oncall_ui.domain.schedules.shadows.shadow import without_shadows
from oncall_ui.solving.explaining.asked import TOLERANCE, Asked
from oncall_ui.solving.explaining.bounds import CLEARLY, Bounds
from oncall_ui.solving.explaining.known import Known
from oncall_ui.solving.explaining.near import NEAR_NODES, UNKNOWN, settle
from oncall_ui.solving.explaining.shared import Shared
from oncall_ui.solving.facts import facts_of
from oncall_ui.solving.highs import Outcome as Solution
from oncall_ui.solving.highs import solve_mip
from oncall_ui.solving.model import Model, Purpose, Roster, Squares, add_squares
from oncall_ui.solving.search import Search
from oncall_ui.solving.totals import EASY_NODES, in_all, keeping_whole, shared_slots

FIRST = (Stage.GAPS, Stage.BLOCKS, Stage.LIMITS, Stage.CHANGES, Stage.FAIRNESS, Stage.WISHES)
"""The stages that are looked at. Comfort and the draw decide nothing that needs a reason."""
FAR = 20
"""Plans that are less fair by more than this aren't told apart."""
COST_SECONDS = 0.25
"""For saying how much worse, once it is proved that it is worse."""
BEYOND = Solution(None, inf, inf, infeasible=True)
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

    Who needs a long search comes last, since the rosters that were found for others are places to start from.

    `roster` is the plan, `stages` are its stages in the order they were solved. Each person gets an equal part of
    `seconds`, and what others left of theirs.
    """
    until = time.monotonic() + seconds
    if slot.role in problem.shadows:
        return tuple(_as_shadow(problem, roster, slot))
    if problem.shadows:
        roster = {each: who for each, who in roster.items() if each.role not in problem.shadows}
        problem = without_shadows(problem)
    asked = _Question(problem, roster, stages, slot, until)
    others = [person.id for person in problem.people if person.id != roster.get(slot)]
    found: dict[str, Alternative] = {}
    stopped = False
    for is_last in (False, True):
        for person in [each for each in others if each not in found]:
            asked.until = time.monotonic() + (until - time.monotonic()) / (len(others) - len(found))
            if stopped or asked.left() <= 0:
                found[person] = Alternative(person, Outcome.OPEN, is_proved=False)
                continue
            answer = asked.answer(person, is_last=is_last)
            if answer is not None:
                found[person] = answer
                stopped = told is not None and told(answer)
    return tuple(found[person] for person in others)


def _as_shadow(problem: Problem, roster: Mapping[Slot, str], slot: Slot) -> Iterator[Alternative]:
    """Who learns costs nothing, so everyone who can is as good."""
    for price in prices_of(problem, roster, slot):
        if price.person is not None:
            outcome = Outcome.IMPOSSIBLE if price.hindrances else Outcome.EQUAL
            yield Alternative(price.person, outcome, hindrances=price.hindrances)


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
        self.known = Known(self.model, self.roster)
        self.programs = self._programs()
        self.bounds = Bounds(self.programs, self.values, self.left, lambda mip: self.known.columns_of(self.roster, mip))
        self.shared = Shared(self.model, self.known.bare, self.values.get(Stage.FAIRNESS, Fraction(0)))

    def left(self) -> float:
        return self.until - time.monotonic()

    def answer(self, person: str, *, is_last: bool = True) -> Alternative | None:
        """What is known of one person; None where it takes a long search, unless this is the last time."""
        if (self.place, person) not in self.model.x:
            hindrances = hindrances_of(self.problem, self.slot, person)
            return Alternative(person, Outcome.IMPOSSIBLE, hindrances=hindrances)
        if self._trade(person):
            return Alternative(person, Outcome.EQUAL)
        return self._forced(person, is_last=is_last)

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
            self.known.squares = search.squares or self.known.squares
            self.known.whole[stage] = search.mip.copy()
            self.known.bare[stage] = search.base.copy()
        return found

    def _forced(self, person: str, *, is_last: bool) -> Alternative | None:
        """The first stage that can't stay as good with the person on the slot."""
        column = self.model.x[self.place, person]
        last = self.order[-1]
        found = self.known.look_first(last, column, self.left)
        if found is UNKNOWN:
            found = BEYOND if self.bounds.is_beyond(last, column) else self.known.look(last, column, self.left)
        if found is UNKNOWN:
            if not is_last:
                return None
            found = self.known.look_wider(last, column, self.bounds.settled(last, column), self.left)
        if found is UNKNOWN:
            found = self._look_shared(last, column)
        if found.values is not None and self._is_as_good(self.model.roster_of(found.values)):
            return self._equal(person, found.values)
        even = self._even(column)
        if even is None or even.values is None:
            return self._first_worse(person, column, even)
        return self._first_worse(person, column, even, after=self.order.index(Stage.FAIRNESS))

    def _look_shared(self, stage: Stage, column: int) -> Solution:
        if not self._is_after_fairness(stage):
            return UNKNOWN
        return self.shared.look(stage, column, self.bounds.settled(stage, column), self.left)

    def _equal(self, person: str, found: Sequence[float] | None) -> Alternative:
        """What is as good is a place to start from for the next person, too."""
        if found is not None:
            self.known.add(found)
        return Alternative(person, Outcome.EQUAL)

    def _first_worse(self, person: str, column: int, even: Solution | None, after: int = 0) -> Alternative:
        """`even`: what is known of fairness already. Everything before the stage at `after` stays as good."""
        found: Sequence[float] | None = None
        for place in range(after, len(self.programs)):
            asked = self._asked(place, column, found)
            if found is not None and asked.is_met_by(found):
                continue
            as_good = even if even is not None and asked.stage is Stage.FAIRNESS else self._as_good(asked)
            if as_good.infeasible:
                return self._worse(person, asked)
            if as_good.values is None:
                return self._open(person, asked)
            found = as_good.values
        return self._equal(person, found)

    def _asked(self, place: int, column: int, found: Sequence[float] | None) -> Asked:
        stage, program, purpose = self.programs[place]
        mip = program.copy()
        mip.lower[column] = 1
        return Asked(stage, column, mip, purpose, float(self.values[stage]) - purpose.constant, found)

    def _even(self, column: int) -> Solution | None:
        """A roster that is as good up to fairness: mostly there is one, and no stage before needs a look."""
        if Stage.FAIRNESS not in self.order:
            return None
        found = self.known.look(Stage.FAIRNESS, column, self.left)
        if found.values is not None or found.infeasible:
            return found
        return self._as_even(self._asked(self.order.index(Stage.FAIRNESS), column, None))

    def _as_good(self, asked: Asked) -> Solution:
        """Any roster that is as good in this stage. That there is none is proved far sooner than what it would cost."""
        if asked.stage is Stage.FAIRNESS:
            return self._as_even(asked)
        if self.bounds.is_beyond(asked.stage, asked.column):
            return BEYOND
        if (found := self._look_shared(asked.stage, asked.column)) is not UNKNOWN:
            return found
        mip = asked.no_worse()
        settle(mip, self.bounds.settled(asked.stage, asked.column))
        if self._is_after_fairness(asked.stage) and asked.found and not self.known.is_counted_alike(asked.found):
            points = in_all(mip, self.squares, asked.found)
            near = solve_mip(points, {}, seconds=self.left() / 2, nodes=NEAR_NODES, inner=False)
            if near.values is not None:
                return near
        return solve_mip(mip, {}, seconds=self.left(), inner=False)

    def _as_even(self, asked: Asked) -> Solution:
        """Totals first, where slots may be shared: mostly they prove that it can't be, or lead to a roster."""
        most = self.values[Stage.FAIRNESS]
        shared, squares = shared_slots(asked.mip, self.model, most)
        even = replace(asked, mip=shared, purpose=squares.purpose, best=float(most) - squares.purpose.constant)
        least = solve_mip(
            even.no_worse(),
            squares.purpose.terms,
            seconds=self.left() / 2,
            gap=even.gap,
            target=even.target,
            inner=False,
        )
        if least.values is None:
            return least
        same = in_all(asked.mip, squares, least.values)
        for program in (keeping_whole(same, self.model, least.values), same):
            found = solve_mip(program, {}, seconds=self.left() / 2, nodes=EASY_NODES)
            if found.values is not None:
                return found
        whole = asked.mip.copy()
        squares = add_squares(whole, self.facts, self.model.n, most)
        even = replace(asked, mip=whole, purpose=squares.purpose, best=float(most) - squares.purpose.constant)
        return solve_mip(even.no_worse(), squares.purpose.terms, seconds=self.left(), gap=even.gap, target=even.target)

    def _worse(self, person: str, asked: Asked) -> Alternative:
        """There is no roster as good: how much worse the best one is, if that is found at once."""
        step = Fraction(asked.purpose.step)
        known = self.bounds.least(asked.stage, asked.column) - float(self.values[asked.stage]) - CLEARLY
        known = known / asked.purpose.step
        least = max([step, *([step * ceil(known)] if isfinite(known) else [])])
        found = self._fairest(asked) if asked.stage is Stage.FAIRNESS else self._best(asked, least)
        if found.infeasible and asked.stage is Stage.FAIRNESS:
            return Alternative(person, Outcome.WORSE, asked.stage, Fraction(FAR), is_proved=False)
        if found.infeasible:
            return Alternative(person, Outcome.IMPOSSIBLE)
        more = (found.bound - asked.best - TOLERANCE) / asked.purpose.step
        at_least = max([least, *([step * ceil(more)] if isfinite(more) else [])])
        cost = step * round((found.value - asked.best) / asked.purpose.step) if found.values is not None else None
        if cost is not None and cost - at_least < step:
            return Alternative(person, Outcome.WORSE, asked.stage, cost)
        return Alternative(person, Outcome.WORSE, asked.stage, at_least, is_proved=False)

    def _open(self, person: str, asked: Asked) -> Alternative:
        """The time is up: as good in the stages before, and in this one at most as much worse as the last roster."""
        cost = Fraction(0)
        if asked.found is not None and asked.stage is not Stage.FAIRNESS:
            cost = Fraction(max(0, round(self._value(asked.purpose, asked.found) - float(self.values[asked.stage]))))
        return Alternative(person, Outcome.OPEN, asked.stage, cost, is_proved=False)

    def _fairest(self, asked: Asked) -> Solution:
        worst, until = self.values[Stage.FAIRNESS] + FAR, self._until()
        shared, squares = shared_slots(asked.mip, self.model, worst)
        least = solve_mip(shared, squares.purpose.terms, seconds=until(), gap=asked.gap)
        if least.values is None:
            return least
        same = in_all(asked.mip, squares, least.values)
        for program in (keeping_whole(same, self.model, least.values), same):
            found = solve_mip(program, {}, seconds=until(), nodes=EASY_NODES)
            if found.values is not None:
                return replace(least, values=found.values)
        whole = asked.mip.copy()
        add_squares(whole, self.facts, self.model.n, worst)
        found = solve_mip(whole, asked.purpose.terms, seconds=until(), gap=asked.gap, target=least.bound + TOLERANCE)
        return replace(found, bound=max(found.bound, least.bound))

    def _best(self, asked: Asked, least: Fraction) -> Solution:
        """Of a stage that is a sum. The best roster with the points of the one that was found leads to it.

        None costs less than `least`, so one that costs as much is enough.
        """
        until, start = self._until(), self._start(asked)
        target = asked.target + float(least)
        if start is not None and asked.value_of(start) <= target:
            return Solution(start, asked.value_of(start), -inf)
        if self._is_after_fairness(asked.stage) and asked.found is not None:
            points = in_all(asked.mip, self.squares, asked.found)
            near = solve_mip(points, asked.purpose.terms, seconds=until(), gap=asked.gap, start=start, target=target)
            if near.values is not None and near.value <= target:
                return replace(near, bound=-inf)
            start = near.values if near.values is not None else start
        return solve_mip(asked.mip, asked.purpose.terms, seconds=until(), gap=asked.gap, start=start, target=target)

    def _is_after_fairness(self, stage: Stage) -> bool:
        return Stage.FAIRNESS in self.order and self.order.index(stage) > self.order.index(Stage.FAIRNESS)

    def _start(self, asked: Asked) -> Sequence[float] | None:
        if asked.found is None:
            return None
        base = [float(round(value)) for value in asked.found[: self.model.size]]
        return self.known.squares.values(base) if len(asked.mip.lower) > self.model.size else base

    def _until(self) -> Callable[[], float]:
        """Seconds that remain for saying how much worse: not more than is left for the person."""
        until = min(self.until, time.monotonic() + COST_SECONDS)
        return lambda: until - time.monotonic()
