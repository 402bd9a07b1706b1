"""Why something could not be kept: the fewest facts, and fixes that work."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from oncall_ui.domain.schedules.plan_format.reading import read_problem
from oncall_ui.domain.schedules.plan_format.writing import as_json
from oncall_ui.domain.schedules.planning.problem import Slot
from oncall_ui.domain.schedules.planning.result import Conflict, Fix, FixKind, Result, Stage
from oncall_ui.solving import solve
from oncall_ui.solving.explaining.conflicts import Question, clashes_of
from oncall_ui.solving.explaining.obstacles import Obstacles
from oncall_ui.solving.facts import facts_of
from tests.solving.random_plans import small_plan
from tests.solving.test_cases import block, day, plan, value

REST = {"kind": "rest", "hours": 48, "strength": "never"}
TIGHT = (6, 11, 13, 16, 32)
"""Seeds of small plans that can't keep everything."""
FOREVER = float("inf")


def days(conflict: Conflict) -> list[str]:
    return [f"{slot.start:%d}" for slot in conflict.slots]


def words(conflict: Conflict) -> list[str]:
    return [str(fact) for fact in conflict.facts]


def test_11_both_blocks_stand_in_the_way_and_the_shorter_one_is_cheaper() -> None:
    given = plan(["A", "B"], 1, blocks="never", availability=[block("A", 0, 1 / 24), block("B", 0, 1)])
    problem = read_problem(given)
    result = solve(problem)
    (conflict,) = result.conflicts
    assert words(conflict) == ["A is blocked for 1 of 24 h on Mon 7 Dec", "B is blocked for 24 of 24 h on Mon 7 Dec"]
    assert [(fix.kind, fix.person) for fix in conflict.fixes] == [
        (FixKind.ASK, "A"),
        (FixKind.ASK, "B"),
        (FixKind.EMPTY, None),
    ]
    assert as_json(problem, result)["conflicts"] == [
        {
            "slots": [{"start": "2026-12-07T00:00:00Z", "role": "primary"}],
            "facts": words(conflict),
            "fixes": ["Ask A to lift 1 h on Mon 7 Dec", "Ask B to lift 24 h on Mon 7 Dec", "Leave Mon 7 Dec empty"],
        }
    ]


def test_12_three_days_and_two_rests() -> None:
    (conflict,) = solve(read_problem(plan(["A", "B"], 3, limits=[REST]))).conflicts
    assert days(conflict) == ["07", "08", "09"]
    assert words(conflict) == ["A rests 48 h between shifts", "B rests 48 h between shifts"]
    assert sorted(fix.person or "" for fix in conflict.fixes) == ["", "A", "B"]


def test_nothing_stands_in_the_way_of_a_plan_that_keeps_everything() -> None:
    assert solve(read_problem(plan(["A", "B"], 4, limits=[{"kind": "rest", "hours": 24}]))).conflicts == ()


def test_every_kind_of_fact_is_named() -> None:
    people = [
        {"id": "A", "joined": day(1)},
        {"id": "B", "share": 0},
        {"id": "C", "paused": [[day(0), day(1)]]},
        {"id": "D", "roles": ["secondary"]},
        "E",
    ]
    given = plan(people, 1, roles=["primary", "secondary"])
    given["excluded"] = [{"start": day(0), "role": "primary", "person": "E"}]
    conflicts = solve(read_problem(given)).conflicts
    assert [words(conflict) for conflict in conflicts] == [
        [
            "A isn’t on the schedule then",
            "B has no share of this schedule",
            "C is paused then",
            "D doesn’t take primary",
            "E is excluded from Mon 7 Dec, primary",
        ]
    ]


@pytest.mark.parametrize("seed", TIGHT)
def test_without_any_one_of_the_facts_the_slots_can_be_filled(seed: int) -> None:
    problem = read_problem(small_plan(seed))
    facts = facts_of(problem)
    held = {(slot.start, slot.role): slot.person for slot in solve(problem).slots}
    roster = tuple(held[place.slot.start, place.role] for place in facts.places)
    obstacles = Obstacles(facts)
    clashes = list(clashes_of(obstacles, roster, FOREVER))
    assert clashes
    for clash in clashes:
        kept = set() if clash.stage is not Stage.LIMITS else set(enumerate(person or "" for person in roster))
        question = Question(obstacles, clash.stage, clash.places, kept)
        assert not question.can(clash.places, clash.obstacles)
        for one in clash.obstacles:
            assert question.can(clash.places, [other for other in clash.obstacles if other != one])


@pytest.mark.parametrize("seed", TIGHT)
def test_each_fix_works_once_it_is_applied(seed: int) -> None:
    given = small_plan(seed)
    before = solve(read_problem(given))
    fixes = [fix for conflict in before.conflicts for fix in conflict.fixes]
    assert fixes
    for fix in fixes:
        assert is_better(before, solve(read_problem(applied(given, fix))), fix)


def written(slot: Slot, person: str) -> dict[str, str]:
    return {"start": f"{slot.start:%Y-%m-%dT%H:%M:%SZ}", "role": slot.role, "person": person}


def applied(given: dict[str, Any], fix: Fix) -> dict[str, Any]:
    """Asked and answered with yes, pinned, or nobody wanted any more."""
    if fix.kind is FixKind.EMPTY:
        nobody = [written(slot, person["id"]) for slot in fix.slots for person in given["people"]]
        return {**given, "excluded": [*given.get("excluded", ()), *nobody]}
    pins = [
        {"start": f"{pin.slot.start:%Y-%m-%dT%H:%M:%SZ}", "role": pin.slot.role, "person": pin.person}
        for pin in fix.pins
    ]
    lifted = {(pin.person, pin.slot.start.date()) for pin in fix.pins} if fix.kind is FixKind.ASK else set()
    asked = [
        one
        for one in given["availability"]
        if one["action"] != "block" or (one["person"], datetime.fromisoformat(one["start"]).date()) not in lifted
    ]
    return {**given, "availability": asked, "fixed": pins}


def is_better(before: Result, after: Result, fix: Fix) -> bool:
    """A limit that is accepted still counts; a slot that is left empty is a gap."""
    stages = ("gaps", "blocks", "limits")
    was, now = ([value(result, stage) for stage in stages] for result in (before, after))
    if fix.kind is FixKind.EMPTY:
        return now == was or now[1:] < was[1:]
    return now <= was if fix.kind is FixKind.ACCEPT else now < was


def test_a_fact_says_which_part_of_the_shift() -> None:
    given = plan(["A"], 1, availability=[block("A", 0, 0.5)], blocks="never")
    given["shifts"].append({"start": day(0.5), "end": day(1), "type": "weekday", "points": 1})
    given["shifts"][0]["end"] = day(0.5)
    (conflict,) = solve(read_problem(given)).conflicts
    assert words(conflict) == ["A is blocked for 12 of 12 h on Mon 7 Dec 00:00"]
    assert conflict.slots[0].start + timedelta(hours=12) == read_problem(given).shifts[1].start
