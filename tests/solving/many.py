"""`python -m tests.solving.many PART FIRST LAST`: random small problems beside every roster tried, by seed.

Parts: `plans`, `repairs` with every proposal, `others` with what it costs to give each slot to somebody else. It says
after each hundred how many were equal, and in the end which weren't; exit status 1 if there are any.
"""

import sys
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

from oncall_ui.domain.schedules.plan_format.reading import read_problem
from oncall_ui.solving import solve
from tests.solving.brute import best_of
from tests.solving.explaining.test_why import answers_and_best
from tests.solving.random_plans import small_plan
from tests.solving.test_repairs import repairs_and_best

SECONDS = 3600.0
"""By the clock, so that other work on the machine decides nothing."""


def plans(seed: int) -> bool:
    """Every stage is proved, and worth what the best roster is."""
    plan = small_plan(seed)
    stages = solve(replace(read_problem(plan), seconds=SECONDS)).stages
    proved = all(stage.proved and stage.bound == stage.value for stage in stages)
    return proved and tuple(Fraction(stage.value) for stage in stages) == best_of(plan, [s.name for s in stages])


def repairs(seed: int) -> bool:
    """Each proposal is the best of its kind, and none is missing."""
    found, best = repairs_and_best(seed)
    return found == best


def others(seed: int) -> bool:
    """Everybody's answer about the first slot is that of the best roster with them on it."""
    found, best = answers_and_best(seed, seconds=SECONDS)
    return found == best


PARTS: dict[str, Callable[[int], bool]] = {"plans": plans, "repairs": repairs, "others": others}


def main(part: str, first: int, last: int) -> int:
    wrong: list[int] = []
    for seed in range(first, last):
        if not PARTS[part](seed):
            wrong.append(seed)
        if (seed + 1 - first) % 100 == 0 or seed + 1 == last:
            done = seed + 1 - first
            sys.stdout.write(f"{part}: {done - len(wrong)} of {done} equal; not: {wrong}\n")
            sys.stdout.flush()
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
