"""Rosters that keep most of a plan, and what no roster with somebody else on a slot can beat."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest

from oncall_ui.domain.schedules.plan_format.reading import read_problem
from oncall_ui.domain.schedules.planning.alternatives import Outcome
from oncall_ui.domain.schedules.planning.mip import Mip
from oncall_ui.domain.schedules.planning.problem import Slot
from oncall_ui.domain.schedules.planning.result import Stage
from oncall_ui.solving import solve
from oncall_ui.solving.explaining import near, why
from oncall_ui.solving.explaining.near import UNKNOWN, Near, settle
from oncall_ui.solving.explaining.why import alternatives
from oncall_ui.solving.facts import facts_of
from oncall_ui.solving.highs import Outcome as Solution
from oncall_ui.solving.highs import Relaxed, solve_mip
from oncall_ui.solving.model import Model, Roster
from tests.solving.test_cases import REST, block, plan

DAYS = 90
MIDDLE = 45


def turns(*people: str) -> tuple[Model, Roster]:
    """Everybody in turn for DAYS days."""
    model = Model(facts_of(read_problem({**plan(list(people), DAYS, limits=[REST]), "end": "2027-04-01"})))
    return model, tuple(people[n % len(people)] for n in range(DAYS))


def test_the_fewest_move_and_nobody_has_more_or_fewer() -> None:
    """B for A in the middle; A for B or C and one back, since nobody has two days in a row."""
    model, roster = turns("A", "B", "C")
    counted = Near(model, roster, model.mip, is_counted=True)
    column = model.x[MIDDLE, "B"]
    found = model.roster_of(counted.look(column, lambda: 30.0).values or [])
    assert roster[MIDDLE] == "A" and found[MIDDLE] == "B"
    assert Counter(found) == Counter(roster)
    assert 1 < sum(mine != was for mine, was in zip(found, roster, strict=True)) <= 6
    assert counted.look(column, lambda: 30.0) is UNKNOWN, "once is enough"
    wider = model.roster_of(counted.look_wider(column, {}, lambda: 30.0).values or [])
    assert wider[MIDDLE] == "B" and Counter(wider) == Counter(roster)


def test_only_where_counts_may_move_it_is_known_that_there_is_none() -> None:
    model, roster = turns("A", "B", "C")
    column = model.x[MIDDLE, "B"]
    never = _closed(model.mip, column)
    assert Near(model, roster, never, is_counted=True).look(column, lambda: 30.0) is UNKNOWN
    assert Near(model, roster, never, is_counted=False).look(column, lambda: 30.0).infeasible


def test_a_choice_that_costs_too_much_is_settled() -> None:
    """x + y + z ≥ 1: at most 2 with x at 1 leaves no room for z; at most 0 none for x."""
    mip = Mip()
    x, y, z = mip.column(), mip.column(), mip.column()
    mip.row([(x, 1.0), (y, 1.0), (z, 1.0)], lower=1)
    relaxed = Relaxed(mip, {x: 1.0, y: 1.0, z: 4.0})
    assert relaxed.settled_with(x, 2.0, 30.0) == {z: 0.0}
    assert relaxed.settled_with(x, 0.0, 30.0) == {x: 0.0}
    assert relaxed.least_with(z, 30.0) == 4.0, "nothing stays settled"
    settled = mip.copy()
    settled.lower[x] = 1
    settle(settled, {x: 0.0})
    assert solve_mip(settled, {}, seconds=30).infeasible


def test_a_bound_needs_no_whole_columns_and_leaves_the_next_one_alone() -> None:
    """x + y + z ≥ 2, with z a column that is there already."""
    mip = Mip()
    x, y, z = mip.column(), mip.column(), mip.column(1, 1)
    mip.row([(x, 1.0), (y, 1.0), (z, 1.0)], lower=2)
    mip.row([(x, 1.0), (y, 2.0)], upper=2.5)
    relaxed = Relaxed(mip, {x: 1.0, y: 4.0})
    assert [relaxed.least_with(column, 30.0) for column in (y, x, y, z)] == [4.0, 1.0, 4.0, 1.0]
    never = Relaxed(_closed(mip, x), {x: 1.0})
    assert [never.least_with(column, 30.0) for column in (x, y)] == [float("inf"), 0.0]


def test_where_a_linear_program_starts_changes_nothing_of_what_it_finds() -> None:
    """From a roster, in which counts are at no bound, and from one that has been solved."""
    model, roster = turns("A", "B", "C")
    kept = {model.x[p, person]: -1.0 for p, person in enumerate(roster) if person}
    column, other = model.x[MIDDLE, "B"], model.x[MIDDLE, "C"]
    cold = Relaxed(model.mip, kept)
    near = Relaxed(model.mip, kept, start=model.columns_of(roster))
    wanted = [cold.solve_with(each, 30.0).value for each in (column, other)]
    like = Relaxed(model.mip, kept, like=near)
    for relaxed in (near, like):
        assert [relaxed.solve_with(each, 30.0).value for each in (column, other)] == pytest.approx(wanted)


def _closed(mip: Mip, column: int) -> Mip:
    closed = mip.copy()
    closed.row([(column, 1.0)], upper=0)
    return closed


def test_a_long_plan_is_answered_from_nearby(monkeypatch: pytest.MonkeyPatch) -> None:
    """B and C for a day in the middle: as good, and with fewer preferences. No search among all shifts is needed."""
    given: Mapping[str, Any] = plan(["A", "B", "C"], DAYS, availability=[block("A", MIDDLE, MIDDLE + 1, "prefer")])
    problem = read_problem({**given, "end": "2027-04-01", "limits": [REST]})
    result = solve(problem)
    roster = {Slot(slot.start, slot.role): slot.person for slot in result.slots if slot.person}
    shifts = [shift.start for shift in problem.shifts]
    tried: list[int] = []

    def counted(mip: Mip, objective: Mapping[int, float], **options: Any) -> Solution:
        if not objective or options.get("nodes"):
            tried.append(sum(low < high for low, high in zip(mip.lower, mip.upper, strict=True)))
        return solve_mip(mip, objective, **options)

    monkeypatch.setattr(near, "solve_mip", counted)
    monkeypatch.setattr(why, "solve_mip", counted)
    wanted, other = Slot(shifts[MIDDLE], "primary"), Slot(shifts[MIDDLE + 5], "primary")
    assert roster[wanted] == "A"
    found = alternatives(problem, roster, result.stages, wanted, seconds=60)
    assert {(each.outcome, each.stage) for each in found} == {(Outcome.WORSE, Stage.WISHES)}
    assert {each.outcome for each in alternatives(problem, roster, result.stages, other, seconds=60)} == {Outcome.EQUAL}
    assert tried and max(tried) < DAYS
