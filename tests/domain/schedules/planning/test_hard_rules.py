"""What always holds is recounted without the model."""

from typing import Any

import pytest

from oncall_ui.domain.schedules.plan_format.reading import read_problem
from oncall_ui.domain.schedules.planning.hard_rules import HardRules
from oncall_ui.domain.schedules.planning.judge import Judge
from oncall_ui.domain.schedules.planning.problem import Slot
from oncall_ui.solving import solve
from tests.solving.brute import rosters, slots
from tests.solving.random_plans import small_plan
from tests.solving.test_cases import block, day, plan


def rules(given: dict[str, Any]) -> HardRules:
    problem = read_problem(given)
    return HardRules(problem, Judge(problem))


def kept(given: dict[str, Any], people: str) -> bool:
    """`people`: one character for each shift, `-` for nobody."""
    found = rules(given)
    starts = [shift.start for shift in found.problem.shifts]
    return found.are_kept({Slot(at, "primary"): who for at, who in zip(starts, people, strict=True) if who != "-"})


def never(kind: str, **more: Any) -> dict[str, Any]:
    return {"limits": [{"kind": kind, "strength": "never", **more}]}


@pytest.mark.parametrize(
    ("more", "good", "bad"),
    [
        (never("rest", hours=24), "ABA", "AAB"),
        (never("most", count=2, per="week"), "ABA", "AAA"),
        (never("row", count=1), "ABA", "ABB"),
        (never("group", people=["A"]), "AA-", "AAB"),
        ({"blocks": "never", "availability": [block("A", 0, 0.1)]}, "BAA", "ABB"),
        ({"excluded": [{"start": day(0), "role": "primary", "person": "A"}]}, "BAA", "ABB"),
        ({"fixed": [{"start": day(0), "role": "primary", "person": "B"}]}, "BAA", "AAA"),
        ({"people": [{"id": "A", "joined": day(1)}, {"id": "B"}]}, "BAA", "ABB"),
        ({"people": [{"id": "A", "paused": [[day(2), day(3)]]}, {"id": "B"}]}, "AAB", "BBA"),
        ({"people": [{"id": "A", "share": 0}, {"id": "B"}]}, "BBB", "BBA"),
        ({"held": [{"start": day(-1), "end": day(0.5), "type": "x", "role": "primary", "person": "A"}]}, "BAA", "ABB"),
    ],
)  # fmt: skip
def test_each_rule_tells_good_from_bad(more: dict[str, Any], good: str, bad: str) -> None:
    given = plan(["A", "B"], 3) | more
    assert kept(given, good)
    assert not kept(given, bad)


def test_nobody_is_in_two_places_at_once() -> None:
    given = plan(["A", "B"], 2)
    given["shifts"][0]["end"] = day(1.5)
    assert kept(given, "AB")
    assert not kept(given, "AA")


def test_fixed_slots_may_break_them_and_the_plan_says_so() -> None:
    given = plan(["A", {"id": "B", "share": 0}], 3, **never("rest", hours=24))
    given["fixed"] = [{"start": day(n), "role": "primary", "person": "A"} for n in (0, 1)]
    given["fixed"].append({"start": day(2), "role": "primary", "person": "B"})
    assert kept(given, "AAB")
    said = [str(problem) for problem in solve(read_problem(given)).problems]
    assert said == [
        "Wed 9 Dec 2026 00:00, primary, is fixed for B, who has no share of this schedule.",
        "Fixed slots break the limit of 24 h of rest.",
    ]


@pytest.mark.parametrize("seed", [2, 3, 5, 7])
def test_they_allow_what_trying_every_roster_allows(seed: int) -> None:
    given = small_plan(seed)
    found = rules(given)
    allowed = set(rosters(given))
    starts = [shift.start for shift in found.problem.shifts for _ in found.problem.roles]
    named = [Slot(at, role) for at, (_, role) in zip(starts, slots(given), strict=True)]
    people = [None, *(person["id"] for person in given["people"])]
    for roster in _every(people, len(named)):
        held = {slot: who for slot, who in zip(named, roster, strict=True) if who}
        assert found.are_kept(held) == (roster in allowed)


def _every(people: list[str | None], count: int) -> list[tuple[str | None, ...]]:
    found: list[tuple[str | None, ...]] = [()]
    for _ in range(count):
        found = [(*some, who) for some in found for who in people]
    return found
