"""What the seed decides, and what it doesn't; and that the same input gives the same plan."""

import os
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from oncall_ui.domain.schedules.plan_format.reading import read_problem
from oncall_ui.domain.schedules.planning.result import Result
from oncall_ui.solving import solve
from tests.solving.random_plans import small_plan
from tests.solving.test_cases import REST, block, plan

ROOT = Path(__file__).parents[2]
GROUP = {"kind": "group", "people": ["A", "B", "C"]}
TEAM = plan(
    ["A", "B", "C", "D", "E"],
    6,
    roles=["primary", "secondary"],
    limits=[REST, GROUP],
    availability=[block("A", 2, 5), block("B", 4, 8, "prefer")],
)


def values(given: dict[str, Any]) -> list[object]:
    return [stage.value for stage in solve(read_problem(given)).stages]


@pytest.mark.parametrize("number", range(100, 108))
def test_another_seed_gives_the_same_values(number: int) -> None:
    given = small_plan(number)
    assert values({**given, "seed": given["seed"] + 100}) == values(given)


def test_the_seed_draws_who_takes_the_odd_shift() -> None:
    drawn = set()
    for seed in range(12):
        held = Counter(slot.person for slot in solve(read_problem(plan(["A", "B", "C"], 4, seed=seed))).slots)
        drawn |= {person for person, shifts in held.items() if shifts == 2}
    assert drawn == {"A", "B", "C"}


def printed() -> str:
    """All of the result but for the seconds, which differ."""
    result: Result = solve(read_problem(TEAM))
    stages = tuple(replace(stage, cpu_seconds=0.0) for stage in result.stages)
    return repr(replace(result, stages=stages))


def test_the_same_input_gives_the_same_plan_three_times_and_in_another_process() -> None:
    once = printed()
    assert [printed(), printed()] == [once, once]
    code = "from tests.solving.test_draw import printed; print(printed())"
    other = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert other.stdout == f"{once}\n"
