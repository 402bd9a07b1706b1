"""The worked cases of the design: small teams whose best plan can be found on paper."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from oncall_ui.domain.schedules.plan_format.reading import read_problem
from oncall_ui.domain.schedules.planning.result import Result, Stage
from oncall_ui.solving import solve

FIRST = datetime(2026, 12, 7, tzinfo=UTC)
REST = {"kind": "rest", "hours": 24}


def day(number: float) -> str:
    return (FIRST + timedelta(days=number)).strftime("%Y-%m-%dT%H:%M:%SZ")


def plan(people: list[Any], shifts: int, **more: Any) -> dict[str, Any]:
    """A daily shift of one role and one point, from a Monday on."""
    return {
        "zone": "UTC",
        "start": "2026-12-07",
        "end": "2027-01-07",
        "roles": ["primary"],
        "people": [{"id": one} if isinstance(one, str) else one for one in people],
        "shifts": [{"start": day(n), "end": day(n + 1), "type": "weekday", "points": 1} for n in range(shifts)],
        **more,
    }


def block(person: str, start: float, end: float, action: str = "block") -> dict[str, str]:
    return {"person": person, "start": day(start), "end": day(end), "action": action}


def published(people: str, **more: dict[int, bool]) -> list[dict[str, Any]]:
    return [
        {"start": day(n), "role": "primary", "person": person} | {name: at[n] for name, at in more.items() if n in at}
        for n, person in enumerate(people)
    ]


def solved(given: dict[str, Any]) -> Result:
    result = solve(read_problem(given))
    assert all(stage.proved for stage in result.stages)
    return result


def roster(result: Result) -> list[str | None]:
    return [slot.person for slot in result.slots]


def held(result: Result) -> Counter[str | None]:
    return Counter(roster(result))


def value(result: Result, name: str) -> float:
    return next(float(stage.value) for stage in result.stages if stage.name is Stage(name))


@pytest.mark.parametrize(
    ("people", "shifts", "counts"),
    [
        (["A", "B"], 4, {"A": 2, "B": 2}),
        ([{"id": "A"}, {"id": "B", "share": 0.5}], 6, {"A": 4, "B": 2}),
        ([{"id": "A", "carried": {"all": 2}}, {"id": "B", "carried": {"all": -2}}], 4, {"B": 4}),
        ([{"id": "A", "carried": {"all": -1}}, {"id": "B", "carried": {"all": 1}}], 4, {"A": 3, "B": 1}),
    ],
    ids=["1", "3", "5", "22"],
)
def test_shares_and_what_is_carried_decide_how_many(people: list[Any], shifts: int, counts: dict[str, int]) -> None:
    result = solved(plan(people, shifts))
    assert held(result) == counts
    assert value(result, "fairness") == 0


def test_2_three_people_share_four_shifts() -> None:
    result = solved(plan(["A", "B", "C"], 4))
    assert sorted(held(result).values()) == [1, 1, 2]
    assert value(result, "fairness") == 0.75


def test_4_a_late_joiner_owes_from_then_on() -> None:
    result = solved(plan(["A", "B", {"id": "C", "joined": day(3)}], 9))
    assert sorted(held(result).values()) == [2, 3, 4]
    assert held(result)["C"] == 2
    assert "C" not in roster(result)[:3]


def test_5b_the_cap_limits_what_is_repaid_at_once() -> None:
    people = [{"id": "A", "carried": {"all": 2}}, {"id": "B", "carried": {"all": -2}}]
    assert held(solved(plan(people, 4, carry_cap=0.5))) == {"A": 1, "B": 3}


def test_6_a_block_comes_before_fairness() -> None:
    result = solved(plan(["A", "B"], 2, availability=[block("A", 0, 2)]))
    assert roster(result) == ["B", "B"]
    assert value(result, "fairness") == 2


def test_7_the_shorter_block_gives_way() -> None:
    result = solved(plan(["A", "B"], 1, availability=[block("A", 0, 1 / 48), block("B", 0, 1)]))
    assert roster(result) == ["A"]
    assert value(result, "blocks") == 119


def test_8_wishes_come_after_fairness() -> None:
    result = solved(plan(["A", "B"], 4, availability=[block("A", 0, 4, "prefer")]))
    assert held(result) == {"A": 2, "B": 2}
    assert value(result, "wishes") == -20


def test_9_a_days_rest_makes_two_alternate() -> None:
    result = solved(plan(["A", "B"], 4, limits=[REST]))
    assert roster(result) in (["A", "B", "A", "B"], ["B", "A", "B", "A"])
    assert value(result, "limits") == 0


def test_10_each_has_each_role_once() -> None:
    result = solved(plan(["A", "B"], 2, roles=["primary", "secondary"]))
    assert sorted((slot.role, slot.person) for slot in result.slots) == [
        ("primary", "A"),
        ("primary", "B"),
        ("secondary", "A"),
        ("secondary", "B"),
    ]
    assert value(result, "fairness") == 0


def test_11_never_leaves_the_slot_empty() -> None:
    result = solved(plan(["A", "B"], 1, blocks="never", availability=[block("A", 0, 1 / 24), block("B", 0, 1)]))
    assert roster(result) == [None]
    assert value(result, "gaps") == 1


def test_12_a_hard_rest_leaves_one_of_three_empty() -> None:
    result = solved(plan(["A", "B"], 3, limits=[{"kind": "rest", "hours": 48, "strength": "never"}]))
    assert len([person for person in roster(result) if person]) == 2


def test_13_types_are_shared_one_by_one() -> None:
    given = plan(["A", "B"], 4)
    for shift in given["shifts"][2:]:
        shift |= {"type": "weekend", "points": 3}
    result = solved(given)
    assert set(roster(result)[:2]) == set(roster(result)[2:]) == {"A", "B"}
    assert value(result, "fairness") == 0


def test_14_a_repair_moves_one_shift() -> None:
    given = plan(["A", "B", "C"], 4, published=published("ABAB"), limits=[REST], task="repair")
    assert roster(solved(given | {"availability": [block("B", 1, 2)]})) == ["A", "C", "A", "B"]


def test_15_a_repair_that_keeps_a_hard_rest_moves_two() -> None:
    limits = [REST | {"strength": "never"}]
    given = plan(["A", "B", "C"], 4, published=published("ABCA"), limits=limits, task="repair")
    result = solved(given | {"availability": [block("B", 1, 2)]})
    assert value(result, "changes") == 2
    assert all(one != two for one, two in zip(roster(result), roster(result)[1:], strict=False))


def test_16_an_accepted_block_stays() -> None:
    given = plan(["A", "B", "C"], 3, published=published("ACB", accepted={0: True}), task="repair")
    result = solved(given | {"availability": [block("A", 0, 1), block("B", 2, 3)]})
    assert [slot.changed for slot in result.slots] == [False, False, True]


def test_17_two_who_are_kept_apart() -> None:
    limits = [{"kind": "apart", "people": ["A", "B"]}]
    result = solved(plan(["A", "B", "C"], 3, roles=["primary", "secondary"], limits=limits))
    people = roster(result)
    assert all("C" in people[n : n + 2] for n in (0, 2, 4))
    assert value(result, "limits") == 0


def test_18_the_shift_before_the_plan_counts_for_rest() -> None:
    before = {"start": day(-1), "end": day(0), "type": "weekday", "role": "primary", "person": "A"}
    people = [{"id": "A", "carried": {"all": -5}}, {"id": "B", "carried": {"all": 5}}]
    assert roster(solved(plan(people, 1, held=[before], limits=[REST]))) == ["B"]


def test_19_nobody_owes_while_paused() -> None:
    result = solved(plan(["A", "B", {"id": "C", "paused": [[day(0), day(3)]]}], 6))
    assert held(result)["C"] == 1
    assert sorted(held(result).values()) == [1, 2, 3]


def test_20_a_wish_decides_between_equals() -> None:
    availability = [block("A", 0, 1, "prefer"), block("C", 0, 1)]
    assert roster(solved(plan(["A", "B", "C"], 2, limits=[REST], availability=availability)))[0] == "A"


def test_21_most_in_a_week_breaks_once_before_a_gap() -> None:
    result = solved(plan(["A", "B", "C"], 7, limits=[{"kind": "most", "count": 2, "per": "week"}]))
    assert value(result, "limits") == 1
    assert value(result, "gaps") == 0
