"""The price of a limit: every point of the curve is the fairest plan that breaks so many, and `bend` plans it."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pytest

from oncall_ui.domain.schedules.plan_format.reading import read_problem
from oncall_ui.domain.schedules.planning.problem import Slot
from oncall_ui.domain.schedules.planning.result import Stage
from oncall_ui.solving import solve
from oncall_ui.solving.repair.bending import curve_of
from tests.solving.brute import rosters, values_of
from tests.solving.random_plans import small_plan
from tests.solving.test_cases import block, plan

REST = {"kind": "rest", "hours": 24}


def curve(given: Mapping[str, Any], bend: bool = True) -> list[tuple[int, int, Fraction]]:
    """Around the plan that `bend` gives."""
    problem = read_problem({**given, "bend": bend})
    plan = solve(problem)
    roster = {Slot(slot.start, slot.role): slot.person for slot in plan.slots if slot.person is not None}
    found = curve_of(problem, roster, plan.stages, seconds=60)
    assert all(offer.is_proved for offer in found.offers) and (found.is_whole or not found.offers)
    return [(offer.more, int(offer.limits), offer.fairness) for offer in found.offers]


def uneven() -> dict[str, Any]:
    """B is away from the third day on, so A has the other four in a row: three short rests there."""
    return plan(["A", "B"], 6, availability=[block("B", 2, 6)], limits=[REST])


def test_each_short_rest_more_buys_some_fairness() -> None:
    """A and B take turns on the first two days: A has five. With B on both, A has four, for one more short rest."""
    assert curve(uneven()) == curve(uneven(), bend=False) == [(0, 3, Fraction(8)), (1, 4, Fraction(2))]


@pytest.mark.parametrize(("bend", "limits"), [(False, 3), (0, 3), (True, 4), (1, 4), (5, 4)])
def test_a_number_of_limits_may_bend(bend: bool | int, limits: int) -> None:
    stages = {stage.name: stage for stage in solve(read_problem(uneven() | {"bend": bend})).stages}
    assert (int(stages[Stage.LIMITS].value), int(stages[Stage.LIMITS].bent or 0)) == (limits, limits - 3)
    assert stages[Stage.FAIRNESS].value == (8 if limits == 3 else 2)
    assert all(stage.proved for stage in stages.values())


def test_there_is_nothing_to_choose_where_limits_are_kept_or_fairness_is_off() -> None:
    assert curve(plan(["A", "B"], 4, limits=[REST])) == []
    assert curve(uneven() | {"order": ["wishes"]}) == []
    assert curve(plan(["A"], 3, limits=[REST])) == [(0, 2, Fraction(0))]


def by_brute_force(given: Mapping[str, Any]) -> list[tuple[int, int, Fraction]]:
    """Every number of broken limits with which a plan gets fairer than with fewer."""
    order = given["order"]
    later = order[: order.index("fairness")]
    first = {roster: values_of(given, roster, ["gaps", "blocks"]) for roster in rosters(given)}
    best = min(first.values())
    left = [
        (values_of(given, one, ["limits", *later]), values_of(given, one, ["fairness"])[0])
        for one, values in first.items()
        if values == best
    ]
    least, *kept = min(values for values, _ in left)
    found: list[tuple[int, int, Fraction]] = []
    for limits in sorted({values[0] for values, _ in left}):
        fair = [
            value
            for values, value in left
            if values[0] == limits and all(one <= most for one, most in zip(values[1:], kept, strict=True))
        ]
        if fair and (not found or min(fair) < found[-1][2]):
            found.append((int(limits - least), int(limits), min(fair)))
    return found if least else []


SEEDS = range(60)


@pytest.mark.parametrize("seed", [seed for seed in SEEDS if seed % 3 == 0])
def test_small_curves_equal_every_roster_tried(seed: int) -> None:
    given = small_plan(seed) | {"limits": [REST, {"kind": "row", "count": 1}]}
    every, found = by_brute_force(given), curve(given, bend=seed % 2 == 0)
    assert set(found) <= set(every) and found[:1] == every[:1] and found[-1:] == every[-1:]
    if every and every[-1][0] <= 4:
        assert found == every
