"""The yardstick for CPU seconds: HiGHS, by itself, on one weighted sum of the same data.

A usual way to plan: one objective, in which an empty slot costs 10,000, each shift between the person with most and the
person with fewest 100, and so on. It isn't what this app minimises, so only the seconds are compared.
"""

import json
import sys
import time
from collections.abc import Iterable, Sequence
from typing import Any

import highspy
import numpy as np

from bench.plans.problems import problem
from bench.plans.team import Team
from oncall_ui.domain.schedules.planning.mip import Mip
from oncall_ui.domain.schedules.planning.problem import Slot

GAP = 10_000
ALL, WEEKENDS, HOLIDAYS, ROLE = 100, 60, 40, 30
WEEKEND, HOLIDAY = "weekend", "holiday"


class Weighted:
    """The program: who holds which slot, empty slots, and for each kind of shift the most and fewest a person has."""

    def __init__(self, team: Team) -> None:
        self.team = team
        self.mip = Mip()
        self.costs: dict[int, float] = {}
        self.x: dict[tuple[Slot, str], int] = {}
        self._slots()
        self._rest()
        self._even()

    def _slots(self) -> None:
        wishes = {(wish.start, wish.role, wish.person): wish.value for wish in self.team.problem.wishes}
        for slot in self.team.slots:
            empty = self.mip.column()
            self.costs[empty] = GAP
            terms = [(empty, 1.0)]
            for person in self.team.people.values():
                if self.team.may(slot, person):
                    column = self.x[slot, person.id] = self.mip.column()
                    self.costs[column] = -wishes.get((slot.start, slot.role, person.id), 0)
                    terms.append((column, 1.0))
            self.mip.row(terms, 1, 1)

    def _rest(self) -> None:
        """For each shift: of those that are near to it and to each other, a person has one."""
        shifts, rest = self.team.problem.shifts, self.team.hard_rest
        for person in self.team.people:
            kept: set[int] = set()
            for shift in shifts:
                near = [other for other in shifts if other.start <= shift.start < other.end + rest]
                mine = [(Slot(other.start, role), person) for other in near for role in self.team.problem.roles]
                columns = {self.x[pick] for pick in mine if pick in self.x}
                if len(columns) > 1 and not columns <= kept:
                    self.mip.row([(column, 1.0) for column in sorted(columns)], upper=1)
                    kept = columns

    def _even(self) -> None:
        slots, roles = self.team.slots, self.team.problem.roles
        kind = {slot: self.team.shift(slot).type for slot in slots}
        first = {shift.start for shift in self.team.problem.shifts[: len(self.team.problem.shifts) // 2]}
        has_weekends = WEEKEND in kind.values()
        self._spread(ALL, slots)
        self._spread(WEEKENDS, [s for s in slots if (kind[s] == WEEKEND if has_weekends else s.start in first)])
        self._spread(HOLIDAYS, [slot for slot in slots if kind[slot] == HOLIDAY])
        for role in roles if len(roles) > 1 else ():
            self._spread(ROLE, [slot for slot in slots if slot.role == role])

    def _spread(self, weight: float, slots: Sequence[Slot]) -> None:
        most, fewest = (self.mip.column(0, len(slots), whole=False) for _ in range(2))
        self.costs[most], self.costs[fewest] = weight, -weight
        for person in self.team.people:
            mine = [(self.x[slot, person], 1.0) for slot in slots if (slot, person) in self.x]
            self.mip.row([*mine, (most, -1.0)], upper=0)
            self.mip.row([*mine, (fewest, -1.0)], lower=0)


def least(weighted: Weighted, seconds: float) -> float | None:
    """Runs HiGHS to the very end: no gap, one thread. None where the time was over before."""
    solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    for name, value in (
        ("output_flag", False),
        ("threads", 1),
        ("random_seed", 0),
        ("mip_rel_gap", 0.0),
        ("mip_abs_gap", 0.0),
        ("time_limit", seconds),
    ):
        solver.setOptionValue(name, value)
    solver.passModel(_program(weighted.mip, weighted.costs.items()))
    solver.run()
    optimal = solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return float(solver.getInfo().objective_function_value) if optimal else None


def _program(mip: Mip, costs: Iterable[tuple[int, float]]) -> Any:
    program = highspy.HighsLp()
    program.num_col_, program.num_row_ = len(mip.lower), len(mip.row_lower)
    cost = np.zeros(len(mip.lower))
    for column, value in costs:
        cost[column] = value
    program.col_cost_ = cost
    program.col_lower_, program.col_upper_ = np.array(mip.lower), np.array(mip.upper)
    program.row_lower_, program.row_upper_ = np.array(mip.row_lower), np.array(mip.row_upper)
    program.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    program.a_matrix_.start_ = np.array(mip.row_start, dtype=np.int32)
    program.a_matrix_.index_ = np.array(mip.row_columns, dtype=np.int32)
    program.a_matrix_.value_ = np.array(mip.row_values)
    kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
    program.integrality_ = [kinds[whole] for whole in mip.whole]
    return program


def main(name: str, seconds: str) -> None:
    team = Team(problem(name))
    before = time.process_time()
    value = least(Weighted(team), float(seconds))
    cpu = time.process_time() - before
    sys.stdout.write(json.dumps({"cpu": cpu, "proved": value is not None}) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
