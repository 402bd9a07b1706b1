"""What must hold for every plan, on random small problems."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bench.plans.rotations import longest_since, round_robin
from bench.plans.team import Team
from oncall_ui.domain.schedules.plan_format.reading import read_problem
from oncall_ui.domain.schedules.planning.alternatives import Outcome
from oncall_ui.domain.schedules.planning.hard_rules import HardRules
from oncall_ui.domain.schedules.planning.judge import Judge
from oncall_ui.domain.schedules.planning.problem import Problem, Slot
from oncall_ui.domain.schedules.planning.result import Result
from oncall_ui.solving import solve
from oncall_ui.solving.explaining.why import alternatives
from oncall_ui.solving.stages import Progress
from tests.solving.random_plans import instant, small_plan

pytestmark = pytest.mark.slow  # many plans

few = settings(
    max_examples=5,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
"""Every example is solved once or twice, and shrinking would cost more than it says: the number is the example."""
plans = st.integers(1_000, 9_999).map(small_plan)


def values(plan: dict[str, Any]) -> dict[str, Fraction]:
    return {stage.name.value: stage.value for stage in solve(read_problem(plan)).stages}


def first(plan: dict[str, Any], *stages: str) -> tuple[Fraction, ...]:
    """The values of the first stages, which come before everything else."""
    found = values(plan)
    return tuple(found[stage] for stage in stages)


def roster_of(result: Result) -> dict[Slot, str]:
    return {Slot(slot.start, slot.role): slot.person for slot in result.slots if slot.person is not None}


@few
@given(plans, st.integers(0, 99))
def test_more_availability_never_worsens_gaps_and_blocks(plan: dict[str, Any], number: int) -> None:
    blocks = [span for span in plan["availability"] if span["action"] == "block"]
    freed = blocks[number % len(blocks)] if blocks else None
    more = {**plan, "availability": [span for span in plan["availability"] if span is not freed]}
    assert first(more, "gaps", "blocks") <= first(plan, "gaps", "blocks")


@few
@given(plans)
def test_one_more_member_never_worsens_gaps_blocks_and_limits(plan: dict[str, Any]) -> None:
    more = {**plan, "people": [*plan["people"], {"id": "new"}]}
    stages = "gaps", "blocks", "limits"
    assert first(more, *stages) <= first(plan, *stages)


@few
@given(plans, st.randoms(use_true_random=False))
def test_the_order_of_lists_changes_no_value(plan: dict[str, Any], draw: Any) -> None:
    lists = {name: draw.sample(plan[name], len(plan[name])) for name in ("people", "shifts", "availability", "limits")}
    assert values({**plan, **lists}) == values(plan)


@few
@given(plans)
def test_a_week_later_without_a_change_of_the_clock_changes_no_value(plan: dict[str, Any]) -> None:
    assert values(a_week_later(plan)) == values(plan)


def a_week_later(value: Any) -> Any:
    """The same with every moment and day a week later."""
    if isinstance(value, dict):
        return {name: a_week_later(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [a_week_later(inner) for inner in value]
    if not (isinstance(value, str) and value.startswith("202")):
        return value
    if value.endswith("Z"):
        return (datetime.fromisoformat(value) + timedelta(7)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return (datetime.fromisoformat(value) + timedelta(7)).date().isoformat()


def test_a_week_later_is_a_week_later() -> None:
    assert a_week_later({"start": "2026-12-07", "at": [instant(0), 3]}) == {
        "start": "2026-12-14",
        "at": [instant(7), 3],
    }


@few
@given(plans)
def test_no_plan_is_worse_than_the_usual_ones(plan: dict[str, Any]) -> None:
    problem = read_problem(plan)
    ours = solve(problem)
    judge = Judge(problem)
    rules = HardRules(problem, judge)
    for usual in (round_robin, longest_since):
        roster = usual(Team(problem))
        if rules.are_kept(roster):
            theirs = judge.count(roster)
            assert [stage.value for stage in ours.stages] <= [theirs[stage.name] for stage in ours.stages]


@few
@given(plans, st.integers(0, 3))
def test_a_plan_that_is_stopped_is_whole_and_says_what_is_open(plan: dict[str, Any], after: int) -> None:
    problem = read_problem({**plan, "blocks": "avoid"})
    stopped = solve(problem, progress=stop_after(after))
    judge = Judge(problem)
    assert HardRules(problem, judge).are_kept(roster_of(stopped))
    best = solve(problem)
    counted = judge.count(roster_of(stopped))
    for stage in stopped.stages:
        assert stage.value == counted[stage.name]
        assert stage.bound <= stage.value
        assert stage.proved == (stage.value - stage.bound < Fraction(1, 4))
    assert [stage.value for stage in best.stages] <= [stage.value for stage in stopped.stages]


def stop_after(steps: int) -> Callable[[Progress], bool]:
    heard: list[Progress] = []

    def report(progress: Progress) -> bool:
        heard.append(progress)
        return len(heard) > steps

    return report


@few
@given(plans)
def test_forcing_somebody_else_onto_a_slot_never_pays(plan: dict[str, Any]) -> None:
    problem: Problem = read_problem(plan)
    result = solve(problem)
    assert all(stage.bound <= stage.value for stage in result.stages)
    slot = Slot(result.slots[0].start, result.slots[0].role)
    for found in alternatives(problem, roster_of(result), result.stages, slot):
        assert found.cost >= 0
        assert (found.cost > 0) == (found.outcome is Outcome.WORSE)
