"""What a slot says about its holder and about everybody else."""

from typing import Any

from oncall_ui.domain.schedules.plan_format.reading import read_problem
from oncall_ui.solving import solve
from tests.solving.test_cases import REST, block, day, plan


def reasons(given: dict[str, Any], place: int = 0) -> list[str]:
    return [str(reason) for reason in solve(read_problem(given)).slots[place].reasons]


def test_facts_come_without_names_of_those_who_are_free() -> None:
    people = ["A", "B", {"id": "C", "joined": day(1)}, "D"]
    availability = [block("A", 0, 1, "prefer"), block("B", 0, 1 / 4)]
    assert reasons(plan(people, 1, availability=availability)) == [
        "A would like to",
        "B is blocked for 6 of 24 h on Mon 7 Dec",
        "C isn’t on the schedule then",
    ]


def test_a_limit_names_the_other_shift() -> None:
    given = plan(["A", "B"], 2, limits=[REST], fixed=[{"start": day(1), "role": "primary", "person": "B"}])
    assert reasons(given) == ["B rests 0 of 24 h before Tue 8 Dec"]
    assert reasons(given, 1) == ["This slot is fixed for B", "A rests 0 of 24 h after Mon 7 Dec"]


def test_nobody_has_two_roles_at_once() -> None:
    given = plan(["A", "B"], 1, roles=["primary", "secondary"], availability=[block("A", 0, 1, "unknown")])
    given["fixed"] = [{"start": day(0), "role": "primary", "person": "A"}]
    assert reasons(given) == [
        "This slot is fixed for A",
        "A: availability not known",
        "B has secondary then",
    ]


def test_an_empty_slot_says_why_for_everybody() -> None:
    given = plan(["A", {"id": "B", "share": 0}], 1, blocks="never", availability=[block("A", 0, 1)])
    assert reasons(given) == ["A is blocked for 24 of 24 h on Mon 7 Dec", "B has no share of this schedule"]
