"""Repairs that change little: what leads to them, and how far apart preferences can be among them."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pytest

from oncall_ui.domain.schedules.plan_format.reading import read_problem
from oncall_ui.domain.schedules.planning.mip import Mip
from oncall_ui.solving import fairness, search
from oncall_ui.solving.facts import facts_of
from oncall_ui.solving.greedy import first_roster
from oncall_ui.solving.highs import Outcome, solve_mip
from oncall_ui.solving.model import Model, Purpose
from oncall_ui.solving.moves import FINEST, moving_little, narrow, with_wishes
from tests.solving.test_cases import REST, block, day, plan, published
from tests.solving.test_repairs import repaired

NEVER = REST | {"strength": "never"}


def published_model(was: str, **more: Any) -> Model:
    given = plan(sorted(set(was)), len(was), published=published(was), **more)
    return Model(facts_of(read_problem({**given, "task": "repair"})))


def likes(**days: int) -> list[dict[str, Any]]:
    """Person and day, and how much they would like it."""
    return [
        {"start": day(int(each[1:])), "role": "primary", "person": each[0], "value": value}
        for each, value in days.items()
    ]


def test_a_repair_starts_from_what_can_stay() -> None:
    """B can't have the second day: A has a day beside it, so it is C's. Nothing else moves, though B has few now."""
    model = published_model("ABADACA", blocks="never", limits=[NEVER], availability=[block("B", 1, 2)])
    assert "".join(person or "-" for person in first_roster(model))[2:] == "ADACA"
    assert first_roster(model)[1] in {"C", "D"}


def test_a_blocked_day_that_nobody_agreed_to_is_not_kept() -> None:
    model = published_model("ABAB", availability=[block("B", 1, 2)])
    assert first_roster(model) == ("A", "A", "A", "B")


def test_what_changes_least_of_equal_rosters_counts_less_than_a_step() -> None:
    model = published_model("ABCA", limits=[NEVER], blocks="never", availability=[block("B", 1, 2)])
    gaps = model.gaps()
    little = moving_little(gaps, model)
    found = solve_mip(model.mip, little.terms, seconds=30)
    assert gaps.constant - gaps.step < found.value + little.constant + gaps.constant <= gaps.constant
    assert sum(one != was for one, was in zip(model.roster_of(found.values or []), "ABCA", strict=True)) == 2


def test_preferences_beside_fairness_never_add_up_to_a_step() -> None:
    """Two of three days can move, so that preferences come to 2 now, and to -5 and 6 at most."""
    model = published_model("ABA", wishes=likes(A0=2, B0=-4, B2=3, A1=1))
    stage, mip = Purpose({}, step=1.0), model.mip
    joint = with_wishes(stage, mip, model, Fraction(2))
    assert joint is not None
    # The best is 2 + 1 + 3, the worst -4 alone; none of them is better than nobody on a day.
    assert joint.part == 1 / (2 * (6 - -4 + 1)) and joint.most == 4
    assert -0.5 < joint.purpose.constant - 6 * joint.part < joint.purpose.constant + 4 * joint.part <= 0


def test_preferences_that_are_far_apart_are_left_to_themselves() -> None:
    model = published_model("AB", wishes=likes(A0=round(1 / FINEST)))
    assert with_wishes(Purpose({}, step=1.0), model.mip, model, Fraction(2)) is None


def test_what_can_not_move_is_not_counted_in() -> None:
    model = published_model("AB", wishes=likes(A0=9, B1=3, A1=5))
    mip = model.mip.copy()
    narrow(mip, model, Fraction(0))
    joint = with_wishes(Purpose({}, step=1.0), mip, model, Fraction(0))
    assert joint is not None and joint.part == 0.5 and joint.most == -12
    assert joint.least_wishes(Fraction(7), 7 - joint.purpose.constant) == -12


def test_preferences_are_proved_with_fairness(monkeypatch: pytest.MonkeyPatch) -> None:
    """One program for both, in each of the repairs. A owes so much that no repair is even."""
    owing = {"id": "A", "carried": {"all": -9}}
    given = plan([owing, "B", "C"], 7, published=published("ABCABCA"), availability=[block("B", 1, 2)])
    given["wishes"] = likes(C1=2, A1=3, C4=1, A5=4)
    aims: list[set[int]] = []

    def counted(mip: Mip, objective: Mapping[int, float], **options: Any) -> Outcome:
        aims.append(set(objective))
        return solve_mip(mip, objective, **options)

    for module in (search, fairness):
        monkeypatch.setattr(module, "solve_mip", counted)
    found = repaired(given)
    assert all(stage.proved for stage in found.stages)
    wishes = set(Model(facts_of(read_problem({**given, "task": "repair"}))).wishes().terms)
    assert wishes not in aims and any(wishes < aim for aim in aims)
