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
from oncall_ui.solving.explaining import why
from oncall_ui.solving.explaining.near import REACHES, Near
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


def test_what_is_far_stays_and_nobody_has_more_or_fewer() -> None:
    model, roster = turns("A", "B", "C")
    nearest = next(Near(model, roster, MIDDLE, None).programs(model.mip))
    nearest.lower[model.x[MIDDLE, "B"]] = 1
    found = model.roster_of(solve_mip(nearest, {}, seconds=30).values or [])
    assert roster[MIDDLE] == "A" and found[MIDDLE] == "B"
    assert Counter(found) == Counter(roster)
    moved = [n for n in range(DAYS) if found[n] != roster[n]]
    assert moved and all(abs(n - MIDDLE) <= REACHES[0] for n in moved)


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
        if not objective:
            tried.append(sum(low < high for low, high in zip(mip.lower, mip.upper, strict=True)))
        return solve_mip(mip, objective, **options)

    monkeypatch.setattr(why, "solve_mip", counted)
    wanted, other = Slot(shifts[MIDDLE], "primary"), Slot(shifts[MIDDLE + 5], "primary")
    assert roster[wanted] == "A"
    found = alternatives(problem, roster, result.stages, wanted, seconds=60)
    assert {(each.outcome, each.stage) for each in found} == {(Outcome.WORSE, Stage.WISHES)}
    assert {each.outcome for each in alternatives(problem, roster, result.stages, other, seconds=60)} == {Outcome.EQUAL}
    assert tried and max(tried) < DAYS
