"""Three of the problems of `bench/plans`: solved to the values that are proved of them, and counted by other code."""

import pytest

from bench.plans.problems import best, problem
from bench.plans.subject import found


@pytest.mark.parametrize("name", ["model-5p-13w-weekly-1r-s1", "team-5p-13w-1r-s1", "team-5p-13w-1r-s3"])
def test_small_problems_come_out_as_proved(name: str) -> None:
    outcome = found(problem(name), quick=0)
    assert tuple(outcome.values) == best()[name]
    assert outcome.proved == ["gaps", "blocks", "limits", "fairness", "wishes"]
    assert outcome.faults == []
