"""The HiGHS back end: one thread, seed 0, one fresh solver for each program."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import highspy
import numpy as np

from oncall_ui.domain.schedules.planning.mip import Mip

SLACK = 1e-6
ROOM = 0.01
"""What is cheaper by less than this isn’t ruled out by its cost."""
SETTLING_ROUNDS = 4
DEVEX = 1
"""Its steps are cheaper than those HiGHS chooses by itself: half the time on half a year, half more on a year."""
Watch = Callable[[float, float], bool]
"""Gets the best value and the bound so far. True stops the search."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """`values` is None where no solution was found. `infeasible` is proved. `bound` holds for every solution."""

    values: Sequence[float] | None
    value: float
    bound: float
    infeasible: bool = False


def solve_mip(
    mip: Mip,
    objective: Mapping[int, float],
    *,
    seconds: float,
    gap: float = 0.0,
    start: Sequence[float] | None = None,
    target: float | None = None,
    nodes: int | None = None,
    presolve: bool = True,
    inner: bool = True,
    watch: Watch | None = None,
) -> Outcome:
    """Minimise `objective`.

    Stops when best − bound ≤ `gap`, at `target`, after `seconds` or `nodes`, or when `watch` says so. `presolve` looks
    for what follows from the rows first: it takes longer than it saves where most columns are fixed. `inner` searches
    in smaller programs for better solutions and starts afresh where much was settled: it takes longer than it saves
    where any solution will do.
    """
    began = time.monotonic()
    options = _Options(gap or SLACK, target, nodes, presolve, inner)
    outcome = _solve_once(mip, objective, options, seconds, start, watch)
    if start is None or _is_what_it_says(outcome, objective):
        return outcome
    # HiGHS 1.16 at times returns the start it was given beside the value of the better solution it found.
    return _solve_once(mip, objective, options, seconds - (time.monotonic() - began), None, watch)


@dataclass(frozen=True, slots=True)
class _Options:
    gap: float
    target: float | None = None
    nodes: int | None = None
    presolve: bool = True
    inner: bool = True


def _is_what_it_says(outcome: Outcome, objective: Mapping[int, float]) -> bool:
    """Whether the solution has the value that was reported for it."""
    if outcome.values is None:
        return True
    value = sum(factor * outcome.values[column] for column, factor in objective.items())
    return abs(value - outcome.value) <= SLACK * max(1.0, abs(value))


def _solve_once(
    mip: Mip,
    objective: Mapping[int, float],
    options: _Options,
    seconds: float,
    start: Sequence[float] | None,
    watch: Watch | None,
) -> Outcome:
    solver = _solver(options, seconds)
    solver.passModel(_program(mip, objective))
    if start is not None:
        solution = highspy.HighsSolution()
        solution.col_value = list(start)
        solver.setSolution(solution)
    if watch is not None:
        _listen(solver, watch)
    solver.run()
    status = solver.getModelStatus()
    info = solver.getInfo()
    if status == highspy.HighsModelStatus.kInfeasible:
        return Outcome(None, highspy.kHighsInf, highspy.kHighsInf, infeasible=True)
    found = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    whole = any(mip.whole)
    optimal = status == highspy.HighsModelStatus.kOptimal
    bound = info.mip_dual_bound if whole else (info.objective_function_value if optimal else -highspy.kHighsInf)
    values = list(solver.getSolution().col_value) if found else None
    return Outcome(values, info.objective_function_value if found else highspy.kHighsInf, bound)


class Relaxed:
    """A program whose columns needn't be whole: what no solution can beat with one column at 1.

    It is solved once; for each column it takes a few steps from there. `start` is a solution that is near, `like`
    another one of the same program that has been solved.
    """

    def __init__(
        self,
        mip: Mip,
        objective: Mapping[int, float],
        *,
        start: Sequence[float] | None = None,
        like: "Relaxed | None" = None,
    ) -> None:
        self._solver: Any = _solver(_Options(SLACK), highspy.kHighsInf)
        self._solver.setOptionValue("simplex_dual_edge_weight_strategy", DEVEX)
        program = _program(mip, objective)
        program.integrality_ = []
        self._solver.passModel(program)
        self._bounds = tuple(mip.lower), tuple(mip.upper)
        self._choices = [
            column
            for column, whole in enumerate(mip.whole)
            if whole and (mip.lower[column], mip.upper[column]) == (0, 1)
        ]
        self._is_solved = like is not None
        if like is not None:
            self._solver.setBasis(like._solver.getBasis())
        elif start is not None:
            self._solver.setBasis(_basis(mip, start))

    def solve_with(self, column: int, seconds: float) -> Outcome:
        """Neither values nor `infeasible` where it wasn't known in time."""
        lower, upper = self._bounds
        if upper[column] < 1:
            return Outcome(None, highspy.kHighsInf, highspy.kHighsInf, infeasible=True)
        self._solver.setOptionValue("time_limit", self._solver.getRunTime() + max(seconds, 0.01))
        if not self._is_solved:
            self._solver.run()
            self._is_solved = True
        self._solver.changeColBounds(column, 1.0, 1.0)
        self._solver.run()
        status, value = self._solver.getModelStatus(), float(self._solver.getInfo().objective_function_value)
        self._solution = self._solver.getSolution()
        self._solver.changeColBounds(column, lower[column], upper[column])
        if status == highspy.HighsModelStatus.kInfeasible:
            return Outcome(None, highspy.kHighsInf, highspy.kHighsInf, infeasible=True)
        if status != highspy.HighsModelStatus.kOptimal:
            return Outcome(None, highspy.kHighsInf, -highspy.kHighsInf)
        return Outcome(list(self._solution.col_value), value, value)

    def least_with(self, column: int, seconds: float) -> float | None:
        """Infinity where there is no solution, None where it wasn't known in time."""
        found = self.solve_with(column, seconds)
        return None if found.values is None and not found.infeasible else found.value

    def settled_with(self, column: int, most: float, seconds: float) -> dict[int, float]:
        """The choices that no solution of at most `most` can make otherwise, by what it would cost to.

        Each round starts from the choices that are settled already. Where there is no solution, the column itself is
        settled at 0.
        """
        settled: dict[int, float] = {}
        for _ in range(SETTLING_ROUNDS):
            found = self.solve_with(column, seconds)
            if found.value > most + ROOM and (found.infeasible or found.values is not None):
                settled[column] = 0.0
            if found.values is None or column in settled:
                break
            costs, room = self._solution.col_dual, most - found.value + ROOM
            more = {
                other: 0.0 if costs[other] > 0 else 1.0
                for other in self._choices
                if other != column and other not in settled and abs(costs[other]) > room
            }
            for other, value in more.items():
                self._solver.changeColBounds(other, value, value)
            settled |= more
            if not more:
                break
        for other in settled:
            self._solver.changeColBounds(other, 0.0, 1.0)
        return settled


def solver_name() -> str:
    """With its version."""
    return f"HiGHS {version('highspy')}"


class _QuietHighs(highspy.Highs):
    """HiGHS prints a banner on standard output while it enables callbacks, unless output is off by then."""

    def enableCallbacks(self) -> None:  # noqa: N802  named by highspy
        self.setOptionValue("output_flag", False)
        super().enableCallbacks()  # type: ignore[no-untyped-call]


def _solver(options: _Options, seconds: float) -> Any:
    solver = _QuietHighs()  # type: ignore[no-untyped-call]
    for name, value in (
        ("output_flag", False),
        ("threads", 1),
        ("random_seed", 0),
        ("mip_rel_gap", 0.0),
        ("mip_abs_gap", options.gap),
        ("time_limit", max(seconds, 0.01)),
        ("presolve", "choose" if options.presolve else "off"),
    ):
        solver.setOptionValue(name, value)
    if not options.inner:
        for name in ("rins", "rens", "root_reduced_cost"):
            solver.setOptionValue(f"mip_heuristic_run_{name}", False)
        solver.setOptionValue("mip_allow_restart", False)
    if options.target is not None:
        solver.setOptionValue("objective_target", options.target)
    if options.nodes is not None:
        solver.setOptionValue("mip_max_nodes", options.nodes)
    return solver


def _program(mip: Mip, objective: Mapping[int, float]) -> Any:
    program = highspy.HighsLp()
    columns, rows = len(mip.lower), len(mip.row_lower)
    program.num_col_, program.num_row_ = columns, rows
    cost = np.zeros(columns)
    for column, value in objective.items():
        cost[column] = value
    program.col_cost_ = cost
    program.col_lower_ = np.array(mip.lower, dtype=float)
    program.col_upper_ = np.array(mip.upper, dtype=float)
    program.row_lower_ = np.array(mip.row_lower, dtype=float)
    program.row_upper_ = np.array(mip.row_upper, dtype=float)
    program.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    program.a_matrix_.start_ = np.array(mip.row_start, dtype=np.int32)
    program.a_matrix_.index_ = np.array(mip.row_columns, dtype=np.int32)
    program.a_matrix_.value_ = np.array(mip.row_values, dtype=float)
    kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
    program.integrality_ = [kinds[whole] for whole in mip.whole]
    return program


def _basis(mip: Mip, values: Sequence[float]) -> Any:
    """The corner where each column is at its bound. One that is at none, a count, follows from a row that gives it."""
    status = highspy.HighsBasisStatus
    at = [
        status.kLower if value == low else status.kUpper if value == high else status.kBasic
        for value, low, high in zip(values, mip.lower, mip.upper, strict=True)
    ]
    columns, factors = np.array(mip.row_columns, dtype=np.int64), np.array(mip.row_values)
    between = np.array([each == status.kBasic for each in at])
    entries = np.flatnonzero(between[columns] & (factors == -1.0))
    rows = [status.kBasic] * len(mip.row_lower)
    given: set[int] = set()
    for entry, row in zip(entries, np.searchsorted(mip.row_start, entries, side="right") - 1, strict=True):
        if columns[entry] not in given and rows[row] == status.kBasic:
            given.add(columns[entry])
            rows[row] = status.kUpper
    basis = highspy.HighsBasis()
    basis.col_status, basis.row_status, basis.valid = at, rows, True
    return basis


def _listen(solver: Any, watch: Watch) -> None:
    def heard(event: Any) -> None:
        if watch(event.data_out.mip_primal_bound, event.data_out.mip_dual_bound):
            event.interrupt()

    solver.cbMipInterrupt.subscribe(heard)
