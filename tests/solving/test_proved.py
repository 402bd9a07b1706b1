"""Three of the problems of `bench/plans`: solved to the values that are proved of them, and counted by other code."""

from dataclasses import replace

import pytest

from bench.plans.problems import best, problem
from bench.plans.subject import found
from oncall_ui.domain.schedules.planning.problem import LaterStage
from oncall_ui.domain.schedules.planning.result import Stage
from oncall_ui.solving import solve

pytestmark = pytest.mark.slow  # whole plans


@pytest.mark.parametrize("name", ["model-5p-13w-weekly-1r-s1", "team-5p-13w-1r-s1", "team-5p-13w-1r-s3"])
def test_small_problems_come_out_as_proved(name: str) -> None:
    outcome = found(problem(name), quick=0)
    assert tuple(outcome.values) == best()[name]
    assert outcome.proved == ["gaps", "blocks", "limits", "fairness", "wishes"]
    assert outcome.faults == []


def test_fairness_is_proved_where_no_roster_has_the_best_counts() -> None:
    name = "model-6p-26w-weekly-2r-s3"
    stages = {stage.name: stage for stage in solve(replace(problem(name), order=(LaterStage.FAIRNESS,))).stages}
    assert (stages[Stage.FAIRNESS].value, stages[Stage.FAIRNESS].bound) == (best()[name][3], best()[name][3])
