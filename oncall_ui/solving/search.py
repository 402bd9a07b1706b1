"""Solves one stage after the other; what a stage reaches, the later ones keep."""

import time
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from math import floor

from oncall_ui.domain.schedules.planning.hard_rules import HardRules
from oncall_ui.domain.schedules.planning.judge import Judge
from oncall_ui.domain.schedules.planning.mip import Mip
from oncall_ui.domain.schedules.planning.problem import LaterStage, Slot, Task
from oncall_ui.domain.schedules.planning.result import Stage, StageResult
from oncall_ui.solving.facts import Facts
from oncall_ui.solving.fairness import Fairness
from oncall_ui.solving.greedy import first_roster
from oncall_ui.solving.highs import Outcome, Watch, solve_mip
from oncall_ui.solving.model import Model, Purpose, Roster, Squares
from oncall_ui.solving.moves import moving_little, narrow
from oncall_ui.solving.stages import Progress, Report, order_of
from oncall_ui.solving.totals import EASY_NODES, in_all

TOLERANCE = 1e-3
NEARBY = 10
"""How many shifts before and after a broken slot are nearby."""


class Search:
    """One lexicographic search. `roster` is always valid; `results` grow stage by stage."""

    def __init__(
        self,
        model: Model,
        judge: Judge,
        rules: HardRules,
        *,
        seconds: float,
        progress: Report | None = None,
        start: Roster | None = None,
    ) -> None:
        """`start` keeps every hard rule; without one, the search begins with a roster of its own."""
        self.facts = model.facts
        self.began = time.monotonic()
        self.seconds = seconds
        self.judge = judge
        self.rules = rules
        self.progress = progress
        self.stopped = False
        self.model = model
        self.base = model.mip.copy()
        self.mip: Mip = self.base
        self.squares: Squares | None = None
        self.roster = first_roster(model) if start is None else start
        self.values = self.count(self.roster)
        self.results: dict[Stage, StageResult] = {}
        self.limits_row: int | None = None
        self.known: dict[Stage, Fraction] = {}
        """What no roster can beat in a stage, proved elsewhere."""
        self.most_changes: Fraction | None = None
        """What the changes of a repair weigh at most, once that is decided."""

    def run(self, order: Sequence[Stage] | None = None) -> list[StageResult]:
        """Solve every stage of `order` and return the results with the values of the final roster."""
        order = order or order_of(self.facts)
        for stage in order:
            self.stage(stage)
        self.judge_all()
        return [self.results[stage] for stage in order]

    def judge_all(self) -> None:
        """Write the judge's value of the roster into every stage's result."""
        for stage, result in self.results.items():
            value = self.values[stage]
            bound = min(result.bound, value)
            bent = value - result.value if result.bent is not None else None
            self.results[stage] = replace(result, value=value, bound=bound, bent=bent or None)

    def count(self, roster: Roster) -> dict[Stage, Fraction]:
        """The judge's values of a roster."""
        return self.judge.count(as_slots(self.facts, roster))

    def left(self) -> float:
        """Seconds of the wall clock that remain."""
        return 0.0 if self.stopped else self.seconds - (time.monotonic() - self.began)

    def stage(self, stage: Stage) -> None:
        """Solve one stage and keep its value from here on."""
        began = time.process_time()
        if stage is Stage.FAIRNESS:
            bound, step = Fairness(self).solve()
        else:
            bound, step = self._linear(stage)
        value = self.values[stage]
        proved = value - bound < step
        self.results[stage] = StageResult(
            stage, value, value if proved else bound, proved, time.process_time() - began, self.bent(stage)
        )

    def bent(self, stage: Stage) -> Fraction | None:
        """Zero for limits that fairness may bend, so that `judge_all` knows."""
        problem = self.facts.problem
        bends = problem.bend and problem.task is Task.PLAN and LaterStage.FAIRNESS in problem.order
        return Fraction(0) if stage is Stage.LIMITS and bends and self.values[stage] > 0 else None

    def _linear(self, stage: Stage) -> tuple[Fraction, Fraction]:
        purpose = self.model.linear(stage)
        bound = self.floor(stage, purpose)
        if self.values[stage] - bound >= 1:
            if stage is Stage.WISHES:
                bound = self._wishes(purpose, bound)
            elif self.facts.problem.task is Task.REPAIR and stage in {Stage.GAPS, Stage.BLOCKS}:
                little = moving_little(purpose, self.model)
                bound = max(bound, self.improve(stage, self.mip, little, self.left(), gap=0.4))
            else:
                bound = max(bound, self.improve(stage, self.mip, purpose, self.left()))
        self.keep(stage, purpose)
        return bound, Fraction(1)

    def _wishes(self, purpose: Purpose, bound: Fraction) -> Fraction:
        """Counts settled first, then points: nearly as good and much faster. Then all, within half the time."""
        until = time.monotonic() + min(self.left(), self.seconds / 2)
        programs = [self.mip]
        if self.squares is not None and self.facts.problem.task is Task.PLAN:
            points = in_all(self.base, self.squares, self.model.columns_of(self.roster))
            self._unharmed(points.copy(), purpose, until - time.monotonic())
            programs = [self.settled(self.base.copy()), points, self.mip]
        for program in programs:
            if self.values[Stage.WISHES] - bound >= 1:
                seconds = (until - time.monotonic()) / (1 if program is self.mip else 2)
                found = self.improve(Stage.WISHES, program, purpose, seconds, reached=bound)
                bound = max(bound, found) if program is self.mip else bound
        return bound

    def nearby(self, stage: Stage) -> None:
        """Look for a repair that is better in a stage among those that keep what is far from the broken slots."""
        published, places = self.facts.problem.published, self.facts.places
        broken = [place.shift for place in places if (was := published.get(place.slot)) and not was.accepted]
        mip = self.base.copy()
        for p, place in enumerate(places):
            was = published.get(place.slot)
            if was is None or min((abs(place.shift - shift) for shift in broken), default=0) <= NEARBY:
                continue
            if (p, was.person) in self.model.x and self.roster[p] == was.person:
                mip.lower[self.model.x[p, was.person]] = 1
        purpose = self.model.linear(stage)
        if self.values[stage] - (reached := self.floor(stage, purpose)) >= 1:
            self.improve(stage, mip, purpose, self.left() / 2, reached=reached)

    def _unharmed(self, mip: Mip, purpose: Purpose, seconds: float) -> None:
        """Take a roster in which nobody has what they would rather not have, if one is easily found."""
        if seconds <= 0 or self.stopped or any(factor < 0 for factor in purpose.terms.values()):
            return
        for column in purpose.terms:
            mip.upper[column] = 0
        found = solve_mip(mip, {}, seconds=seconds, nodes=EASY_NODES, watch=self.watch(Stage.WISHES, 0.0))
        self.take(Stage.WISHES, found)

    def settled(self, mip: Mip) -> Mip:
        """Fix how many places of each kind each person has, as the roster does."""
        values = self.model.columns_of(self.roster)
        for column in self.model.n.values():
            mip.lower[column] = mip.upper[column] = values[column]
        return mip

    def floor(self, stage: Stage, purpose: Purpose) -> Fraction:
        """What no roster can beat, as far as that is known without searching."""
        return max(self.floor_of(purpose), self.known.get(stage, Fraction(-(10**12))))

    def floor_of(self, purpose: Purpose) -> Fraction:
        """What no roster can beat, seen place by place."""
        least: dict[object, float] = {}
        by_column = {column: pick[0] for pick, column in self.model.x.items() if column in purpose.terms}
        for column, factor in purpose.terms.items():
            ends = factor * self.mip.lower[column], factor * self.mip.upper[column]
            if column in by_column:
                place = by_column[column]
                sure = ends[0] if self.mip.lower[column] > 0 else min(ends)
                least[place] = min(least.get(place, sure if self.mip.lower[column] > 0 else 0.0), sure)
            else:
                least["rest"] = least.get("rest", 0.0) + min(ends)
        return Fraction(round(purpose.constant + sum(least.values()), 6)).limit_denominator(4)

    def improve(
        self,
        stage: Stage,
        mip: Mip,
        purpose: Purpose,
        seconds: float,
        *,
        reached: Fraction | None = None,
        gap: float = 0.999,
    ) -> Fraction:
        """Look for a better roster in `mip`; return what it proves of the stage in that program.

        Nothing better than `reached` is looked for, nor what is better by less than `gap` of a step.
        """
        if seconds <= 0 or self.stopped:
            return Fraction(-(10**12))
        start = self.start(mip)
        outcome = solve_mip(
            mip,
            purpose.terms,
            seconds=seconds,
            gap=gap * purpose.step,
            start=start,
            target=None if reached is None else float(reached) - purpose.constant + TOLERANCE,
            presolve=self.facts.problem.task is Task.PLAN,
            watch=self.watch(stage, purpose.constant),
        )
        self.take(stage, outcome)
        return self.proved_bound(stage, outcome, purpose)

    def start(self, mip: Mip) -> list[float]:
        """The columns of the roster in `mip`."""
        base = self.model.columns_of(self.roster)
        if self.squares is not None and len(mip.lower) > len(base):
            return self.squares.values(base)
        return base

    def proved_bound(self, stage: Stage, outcome: Outcome, purpose: Purpose) -> Fraction:
        """The bound, brought up to the next value that a roster can have."""
        if outcome.values is None and outcome.infeasible:
            return Fraction(-(10**12))
        if outcome.bound < -1e11:
            return Fraction(-(10**12))
        value, step = self.values[stage], Fraction(purpose.step)
        open_steps = floor((float(value) - (outcome.bound + purpose.constant)) / purpose.step + TOLERANCE)
        return value - max(0, open_steps) * step

    def take(self, stage: Stage, outcome: Outcome, *after: Stage) -> bool:
        """Keep a better roster that the judge agrees with: no earlier stage gets worse.

        Of equal ones in the stage, one that is better in those `after`.
        """
        if outcome.values is None:
            return False
        roster = self.model.roster_of(outcome.values)
        values = self.count(roster)
        if [values[each] for each in (stage, *after)] >= [self.values[each] for each in (stage, *after)]:
            return False
        if any(values[before] > self.allowed(before) for before in self.results):
            return False
        if not self.rules.are_kept(as_slots(self.facts, roster)):
            return False
        self.roster, self.values = roster, values
        return True

    def allowed(self, stage: Stage) -> Fraction:
        """The worst value an earlier stage may have now."""
        return max(self.results[stage].value, self.values[stage]) if self.results[stage].bent is None else self.room()

    def may_bend(self) -> bool:
        """Whether fairness may give up some limits."""
        return Stage.LIMITS in self.results and self.results[Stage.LIMITS].bent is not None

    def open_limits(self) -> None:
        """Limits may go as far as fairness may bend them."""
        if self.limits_row is not None:
            self.base.row_upper[self.limits_row] = float(self.room()) + TOLERANCE

    def close_limits(self) -> None:
        """Limits again, with the fairness that was reached."""
        if self.values[Stage.LIMITS] > self.results[Stage.LIMITS].value:
            self.improve(Stage.LIMITS, self.mip, self.model.limits(), self.left())
        for mip in self._programs():
            if self.limits_row is not None:
                mip.row_upper[self.limits_row] = float(self.values[Stage.LIMITS]) + TOLERANCE

    def room(self) -> Fraction:
        """How far limits may go where fairness may bend them."""
        least = self.results[Stage.LIMITS].value
        if self.results[Stage.LIMITS].bent is None:
            return least
        more = self.facts.problem.bend
        return least + (max(1, least // 5) if more is True else more)

    def keep(self, stage: Stage, purpose: Purpose) -> None:
        """From here on no roster may be worse in this stage."""
        value = self.values[stage]
        if stage is Stage.GAPS and value == 0:
            self._all_filled()
            return
        if value == 0 and not purpose.constant and all(factor >= 0 for factor in purpose.terms.values()):
            for column, factor in purpose.terms.items():
                if factor > 0:
                    self.mip.upper[column] = 0
                    self.base.upper[column] = 0
            return
        if not purpose.terms:
            return
        most = float(value) - purpose.constant + TOLERANCE
        for mip in self._programs():
            row = mip.row(purpose.terms.items(), upper=most)
            if stage is Stage.LIMITS and self.limits_row is None:
                self.limits_row = row
            if stage is Stage.CHANGES:
                self.most_changes = value
                narrow(mip, self.model, value)

    def _programs(self) -> list[Mip]:
        """The bare program and, once there is one, that with fairness."""
        return [self.base] if self.mip is self.base else [self.base, self.mip]

    def given(self, result: StageResult) -> None:
        """Take a stage over from another search, with the value of its roster."""
        self.results[result.name] = result
        if result.name is Stage.FAIRNESS:
            Fairness(self).keep()
        else:
            self.keep(result.name, self.model.linear(result.name))

    def limit_changes(self, most: Fraction) -> None:
        """No roster may change more than `most`."""
        purpose, self.most_changes = self.model.changes(), most
        for mip in self._programs():
            mip.row(purpose.terms.items(), upper=float(most) - purpose.constant + TOLERANCE)
            narrow(mip, self.model, most)

    def _all_filled(self) -> None:
        for p, place in enumerate(self.facts.places):
            if not place.gap:
                continue
            row = self.model.slot_rows.get(p)
            for mip in self._programs():
                if row is not None:
                    mip.row_lower[row] = 1
                else:
                    for person in self.facts.choices[p]:
                        mip.lower[self.model.x[p, person]] = 1

    def watch(self, stage: Stage, constant: float) -> Watch | None:
        """Passes progress on and remembers a stop."""
        report = self.progress
        if report is None:
            return None

        def heard(best: float, bound: float) -> bool:
            self.stopped = self.stopped or report(Progress(stage, best + constant, bound + constant))
            return self.stopped

        return heard


def as_slots(facts: Facts, roster: Roster) -> dict[Slot, str]:
    """The roster as the judge reads it."""
    return {place.slot: person for place, person in zip(facts.places, roster, strict=True) if person is not None}
