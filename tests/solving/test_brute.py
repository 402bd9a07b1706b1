"""Random small problems: the solver finds what trying every roster finds. More of them: `many.py`."""

from fractions import Fraction

import pytest

from oncall_ui.domain.schedules.plan_format.reading import read_problem
from oncall_ui.solving import solve
from tests.solving.brute import best_of
from tests.solving.random_plans import small_plan

pytestmark = pytest.mark.slow  # every roster


def difference(seed: int) -> tuple[object, object]:
    """The values the solver finds, and those of the best roster."""
    plan = small_plan(seed)
    stages = solve(read_problem(plan)).stages
    assert all(stage.proved and stage.bound == stage.value for stage in stages)
    names = [stage.name.value for stage in stages]
    assert names == ["gaps", "blocks", "limits", *plan["order"]]
    return tuple(Fraction(stage.value) for stage in stages), best_of(plan, names)


STALE_START = (83, 93, 295, 298)
"""Problems for which HiGHS 1.16 returns the start it was given beside the value of a better solution."""


@pytest.mark.parametrize("seed", [*range(60), *STALE_START])
def test_small_problems_equal_every_roster_tried(seed: int) -> None:
    found, best = difference(seed)
    assert found == best
