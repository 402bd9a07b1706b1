"""Limits that are named are those that are counted."""

import random
from fractions import Fraction

import pytest

from oncall_ui.domain.schedules.plan_format.reading import read_problem
from oncall_ui.domain.schedules.planning.breaches import Breach, breaches_of, slots_over
from oncall_ui.domain.schedules.planning.judge import Judge
from oncall_ui.domain.schedules.planning.problem import Problem, Slot, Spread, Strength
from oncall_ui.domain.schedules.planning.result import Stage
from tests.solving.random_plans import small_plan


def drawn(problem: Problem, seed: int) -> dict[Slot, str]:
    """Any roster in which nobody has two roles at once."""
    draw, roster = random.Random(seed), dict[Slot, str]()
    for shift in problem.shifts:
        free = [person.id for person in problem.people]
        draw.shuffle(free)
        wanted = [slot for slot in Judge(problem).wanted if slot.start == shift.start]
        roster |= {slot: free.pop() for slot in wanted if free and draw.random() < 0.8}
    return roster


def _strength(breach: Breach) -> Strength:
    assert not isinstance(breach.limit, Spread)
    return breach.limit.strength


@pytest.mark.parametrize("first", range(0, 200, 50))
def test_they_sum_to_what_the_judge_counts(first: int) -> None:
    broken = 0
    for seed in range(first, first + 50):
        problem = read_problem(small_plan(seed))
        roster = drawn(problem, seed)
        found = breaches_of(problem, roster)
        avoided = sum(each.times for each in found if _strength(each) is Strength.AVOID)
        assert Fraction(avoided) == Judge(problem).count(roster)[Stage.LIMITS], seed
        broken += avoided
        over = slots_over(found, roster)
        assert over <= set(roster), seed
        assert bool(over) == any(any(slot.start in each.starts for slot in roster) for each in found), seed
    assert broken > 10, "or nothing was compared"
