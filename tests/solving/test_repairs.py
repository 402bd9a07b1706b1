"""Repairs: what they offer on paper, and against every roster of small problems."""

from fractions import Fraction
from typing import Any

import pytest

from oncall_ui.domain.schedules.plan_format.reading import read_problem
from oncall_ui.domain.schedules.planning.result import Proposal, Result, Stage
from oncall_ui.solving import solve
from tests.solving.brute import rosters, values_of
from tests.solving.random_plans import small_plan
from tests.solving.test_cases import REST, block, plan, published

ORDER = ("gaps", "blocks", "changes", "limits", "fairness", "wishes")
CHANGES, LIMITS = ORDER.index("changes"), ORDER.index("limits")
Vector = tuple[Fraction, ...]


def repaired(given: dict[str, Any]) -> Result:
    return solve(read_problem({**given, "task": "repair"}))


def people(proposal: Proposal) -> str:
    return "".join(slot.person or "-" for slot in proposal.slots)


def vector(proposal: Proposal) -> Vector:
    assert [stage.name for stage in proposal.stages] == [Stage(name) for name in ORDER]
    assert all(stage.bound <= stage.value for stage in proposal.stages)
    return tuple(Fraction(stage.value) for stage in proposal.stages)


@pytest.mark.parametrize(
    ("was", "given", "offered"),
    [
        ("ABAB", {"limits": [REST], "availability": [block("B", 1, 2)]}, ["ACAB"]),
        ("ABCA", {"limits": [REST], "availability": [block("B", 1, 2)]}, ["ACCA", "ACBA"]),
    ],
    ids=["14", "15, rest where it can be"],
)
def test_the_fewest_changes_come_first(was: str, given: dict[str, Any], offered: list[str]) -> None:
    found = repaired(plan(["A", "B", "C"], 4, published=published(was), **given))
    assert [people(proposal) for proposal in found.proposals] == offered
    assert found.proposals[0].slots == found.slots
    assert found.proposals[0].stages == found.stages


def test_15_two_change_where_rest_always_holds() -> None:
    """B gives the second day to C or to A, and takes one of theirs: both are as good."""
    never = REST | {"strength": "never"}
    given = plan(["A", "B", "C"], 4, published=published("ABCA"), limits=[never], availability=[block("B", 1, 2)])
    (only,) = repaired(given).proposals
    assert people(only) in {"ACBA", "BACA"}
    assert vector(only)[CHANGES] == 2


def test_16_one_more_change_is_fairer() -> None:
    blocks = [block("A", 0, 1), block("B", 2, 3)]
    found = repaired(plan(["A", "B", "C"], 3, published=published("ACB", accepted={0: True}), availability=blocks))
    assert people(found.proposals[0])[:2] == "AC"
    values = [[int(value) for value in vector(proposal)[CHANGES:]] for proposal in found.proposals]
    assert values == [[1, 0, 2, 0], [2, 0, 0, 0]]
    assert [slot.changed for slot in found.slots] == [False, False, True]


def test_only_a_repair_has_proposals() -> None:
    assert solve(read_problem(plan(["A", "B"], 2, published=published("AB")))).proposals == ()


@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5, 6, 7, 9])
def test_proposals_equal_every_roster_tried(seed: int) -> None:
    found, best = repairs_and_best(seed)
    assert found == best


def repairs_and_best(seed: int) -> tuple[list[Vector], list[Vector]]:
    """What is offered for a random plan in which everything needs a change that can, and what would be."""
    given = small_plan(seed)
    given["published"] = published("".join("p" for _ in given["shifts"]))
    for place, one in enumerate(given["published"]):
        one["person"] = given["people"][(place + seed) % len(given["people"])]["id"]
        one["weight"] = (1, 1, 3)[(place * seed) % 3]
    every = [values_of(given, roster, ORDER) for roster in rosters(given)]
    return [vector(proposal) for proposal in repaired(given).proposals], worth(wanted(every))


def wanted(every: list[Vector]) -> list[Vector]:
    """The fewest changes, one and two more, and the first without a broken limit, each the best of its kind."""
    best = min(every)
    kept = [values for values in every if values[:CHANGES] == best[:CHANGES]]

    def without_changes(values: Vector) -> Vector:
        return values[:CHANGES] + values[CHANGES + 1 :]

    more = [
        min((one for one in kept if one[CHANGES] <= best[CHANGES] + extra), key=without_changes) for extra in (1, 2)
    ]
    least_limits = min(kept, key=lambda values: (values[LIMITS], values[CHANGES], values[LIMITS:]))
    return [best, *more, *([least_limits] if best[LIMITS] and not least_limits[LIMITS] else [])]


def worth(found: list[Vector]) -> list[Vector]:
    kept = list(dict.fromkeys(found))
    return [one for one in kept if not any(other != one and beats(other, one) for other in kept)]


def beats(one: Vector, other: Vector) -> bool:
    return all(mine <= theirs for mine, theirs in zip(one, other, strict=True))
