"""Shadow roles: they take nothing from anybody, and are filled as far and as evenly as a finished plan allows."""

import random
from collections import Counter
from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import product
from typing import Any

import pytest

from oncall_ui.domain.schedules.plan_format.reading import read_problem
from oncall_ui.domain.schedules.planning.alternatives import Outcome
from oncall_ui.domain.schedules.planning.breaches import breaches_of
from oncall_ui.domain.schedules.planning.hand_over import prices_of
from oncall_ui.domain.schedules.planning.hard_rules import HardRules
from oncall_ui.domain.schedules.planning.judge import Judge
from oncall_ui.domain.schedules.planning.problem import Slot
from oncall_ui.domain.schedules.planning.result import Result, Stage
from oncall_ui.solving import solve
from oncall_ui.solving.explaining.why import alternatives
from tests.solving.brute import at, best_of, covered
from tests.solving.random_plans import instant, small_plan
from tests.solving.test_cases import block, day, plan

ROLES = ["primary", "shadow"]
LEARNS = {"id": "S", "roles": ["shadow"]}


def learning(people: list[Any], shifts: int, **more: Any) -> dict[str, Any]:
    return plan(people, shifts, **{"roles": ROLES, "shadows": {"shadow": {"beside": "primary"}}, **more})


def by_role(result: Result, role: str = "shadow") -> list[str | None]:
    return [slot.person for slot in result.slots if slot.role == role]


def solved(given: Mapping[str, Any]) -> Result:
    """Checked by the judge, which shares nothing with the solver."""
    problem = read_problem(given)
    result = solve(problem)
    roster = {Slot(slot.start, slot.role): slot.person for slot in result.slots if slot.person is not None}
    judge = Judge(problem)
    assert HardRules(problem, judge).are_kept(roster)
    counted = judge.count(roster)
    assert {stage.name: stage.value for stage in result.stages} == {s.name: counted[s.name] for s in result.stages}
    assert sum(breach.times for breach in breaches_of(problem, roster)) >= counted[Stage.LIMITS]
    return result


def test_who_learns_is_beside_every_shift_and_has_no_account() -> None:
    result = solved(learning(["A", "B", LEARNS], 4))
    assert by_role(result) == ["S"] * 4
    assert sorted(by_role(result, "primary"), key=str) == ["A", "A", "B", "B"]
    assert not any(line.due or line.done for line in result.fairness if line.person == "S")
    assert not any("shadow" in line.bucket for line in result.fairness)
    assert {stage.name: stage.value for stage in result.stages}[Stage.GAPS] == 0


def test_an_empty_shadow_is_no_gap_and_needs_no_reason() -> None:
    result = solved(learning(["A", "B"], 2))
    assert by_role(result) == [None, None]
    assert result.conflicts == () and all(stage.value <= Fraction(1) for stage in result.stages)
    assert next(stage.value for stage in result.stages if stage.name is Stage.GAPS) == 0


def test_only_who_names_the_role_learns() -> None:
    people = ["A", {"id": "B", "roles": ["primary"]}, {"id": "C", "roles": ["primary", "shadow"]}]
    shadows = by_role(solved(learning(people, 3)))
    assert Counter(shadows) == {"C": 2, None: 1}, "C has one of the three shifts"


def test_nobody_learns_beside_a_gap_or_twice_at_once() -> None:
    people = [{"id": "A", "left": day(2)}, LEARNS]
    result = solved(learning(people, 3))
    assert by_role(result, "primary") == ["A", "A", None] and by_role(result) == ["S", "S", None]
    two = learning(["A", {"id": "S", "roles": ["shadow", "learner"]}], 2, roles=["primary", "learner", "shadow"])
    two["shadows"]["learner"] = {"beside": "primary"}
    found = solved(two)
    assert [sorted(map(str, pair)) for pair in zip(by_role(found), by_role(found, "learner"), strict=True)] == [
        ["None", "S"], ["None", "S"],
    ]  # fmt: skip


def test_blocks_are_always_kept_and_preferences_cost_nobody() -> None:
    blocked = [block("S", 1, 1.1), block("S", 3, 4, "prefer"), block("S", 2, 3, "unknown")]
    result = solved(learning(["A", "B", LEARNS], 4, availability=blocked))
    assert by_role(result) == ["S", None, "S", "S"]
    assert [slot.unknown for slot in result.slots if slot.role == "shadow"] == [0, 0, 1000, 0]
    assert {stage.name: stage.value for stage in result.stages}[Stage.WISHES] == 0


def test_after_its_last_day_it_is_not_wanted() -> None:
    shadows = {"shadow": {"beside": "primary", "until": "2026-12-09"}}
    result = solved(learning(["A", LEARNS], 4, shadows=shadows))
    assert len(result.slots) == 6 and by_role(result) == ["S", "S"]


@pytest.mark.parametrize("limit", [
    {"kind": "rest", "hours": 24}, {"kind": "row", "count": 1}, {"kind": "most", "count": 1, "per": "week"},
    {"kind": "apart", "people": ["A", "S"]},
])  # fmt: skip
@pytest.mark.parametrize("strength", ["avoid", "never"])
def test_limits_do_not_count_who_learns(limit: dict[str, Any], strength: str) -> None:
    people = [{"id": "A", "roles": ["primary"]}, {"id": "B", "roles": ["primary"]}, LEARNS]
    result = solved(learning(people, 2, limits=[limit | {"strength": strength}]))
    assert by_role(result) == ["S", "S"]
    assert {stage.name: stage.value for stage in result.stages}[Stage.LIMITS] == 0


def test_a_group_needs_somebody_who_does_not_only_learn() -> None:
    result = solved(learning(["A", LEARNS], 1, limits=[{"kind": "group", "people": ["S"]}]))
    assert by_role(result) == ["S"]
    assert {stage.name: stage.value for stage in result.stages}[Stage.LIMITS] == 1


def test_those_who_learn_share_evenly_and_published_ones_stay() -> None:
    people = ["A", "B", LEARNS, {"id": "T", "roles": ["shadow"]}]
    assert Counter(by_role(solved(learning(people, 6)))) == {"S": 3, "T": 3}
    was = [{"start": day(n), "role": "shadow", "person": "T"} for n in range(4)]
    result = solved(learning(people, 6, published=was))
    assert by_role(result) == ["T"] * 4 + ["S", "S"]
    assert {stage.name: stage.value for stage in result.stages}[Stage.CHANGES] == 0


def test_a_repair_keeps_shadows_that_can_stay_and_adds_none() -> None:
    was = [{"start": day(n), "role": role, "person": who} for n, who in enumerate("AB") for role in ["primary"]]
    was += [{"start": day(n), "role": "shadow", "person": "S"} for n in range(2)]
    away = [block("S", 1, 2), block("A", 0, 1)]
    result = solved(learning(["A", "B", LEARNS], 3, task="repair", published=was, availability=away))
    assert by_role(result) == ["S", None, None]
    assert [slot.changed for slot in result.slots if slot.role == "shadow"] == [False, True, False]


def test_a_given_shadow_keeps_its_holder_from_other_shifts() -> None:
    fixed = [{"start": day(0), "role": "shadow", "person": "A"}]
    result = solved(learning(["A", "B"], 2, fixed=fixed))
    assert by_role(result, "primary")[0] == "B" and by_role(result) == ["A", None]
    held = [{"start": day(-1), "end": day(1), "role": "shadow", "person": "A"}]
    assert by_role(solved(learning(["A", "B"], 1, held=held)), "primary") == ["B"]


def test_why_not_somebody_else_is_answered_for_shadows_too() -> None:
    given = learning(["A", "B", LEARNS, {"id": "T", "roles": ["shadow"]}], 1)
    problem = read_problem(given)
    result = solve(problem)
    roster = {Slot(slot.start, slot.role): slot.person for slot in result.slots if slot.person}
    shadow = next(slot for slot in roster if slot.role == "shadow")
    found = {each.person: each.outcome for each in alternatives(problem, roster, result.stages, shadow)}
    learner = ({"S", "T"} - {roster[shadow]}).pop()
    assert found[learner] is Outcome.EQUAL and found["A"] is found["B"] is Outcome.IMPOSSIBLE
    assert prices_of(problem, roster, shadow)[0].changes == {}
    primary = Slot(shadow.start, "primary")
    found = {each.person: each.outcome for each in alternatives(problem, roster, result.stages, primary)}
    assert set(found.values()) == {Outcome.EQUAL, Outcome.IMPOSSIBLE}


def small_learning(seed: int) -> dict[str, Any]:
    """A small plan whose people may learn, too; some shadows are published, excluded or end."""
    draw = random.Random(seed)
    given = small_plan(seed)
    real = given["roles"]
    given["roles"] = [*real, "shadow"] if seed % 2 else ["shadow", *real]
    given["shadows"] = {"shadow": {"beside": draw.choice(real)}}
    if draw.random() < 0.3:
        given["shadows"]["shadow"]["until"] = instant(draw.randint(0, 3))[:10]
    for person in given["people"]:
        if draw.random() < 0.6:
            person["roles"] = [*person.get("roles", draw.choice([real, []])), "shadow"]
    slots = [(shift["start"], draw.choice(given["people"])["id"]) for shift in given["shifts"]]
    published = [{"start": start, "role": "shadow", "person": who} for start, who in slots if draw.random() < 0.4]
    given["published"] = [*given.get("published", ()), *published]
    excluded = [{"start": start, "role": "shadow", "person": who} for start, who in slots if draw.random() < 0.15]
    given["excluded"] = [*given.get("excluded", ()), *excluded]
    return given


def without(given: dict[str, Any]) -> dict[str, Any]:
    """The plan as if there were no shadow role."""
    real = {name: value for name, value in given.items() if name != "shadows"}
    real["roles"] = [role for role in given["roles"] if role != "shadow"]
    for name in ("published", "excluded"):
        real[name] = [one for one in given[name] if one["role"] != "shadow"]
    return real


def able(given: dict[str, Any], roster: Mapping[tuple[str, str], str]) -> Iterator[list[str | None]]:
    """Who may learn in each shift, or nobody, from the words of docs/plan.md."""
    shadow = given["shadows"]["shadow"]
    for shift in given["shifts"]:
        start = shift["start"]
        found: list[str | None] = [None]
        here = {who for (when, _), who in roster.items() if when == start}
        is_wanted = "until" not in shadow or start[:10] < shadow["until"]
        if is_wanted and (start, shadow["beside"]) in roster:
            for person in given["people"]:
                name = person["id"]
                ruled_out = any(
                    (e["start"], e["role"], e["person"]) == (start, "shadow", name) for e in given["excluded"]
                )
                joined = at(person.get("joined", start)) <= at(start)
                blocked = covered(given, name, shift, "block")
                if "shadow" in person.get("roles", ()) and joined and not (ruled_out or blocked or name in here):
                    found.append(name)
        yield found


def worth(given: dict[str, Any], shadows: tuple[str | None, ...]) -> tuple[int, int, int]:
    """Less is better: empty slots, published ones that move, and how uneven it is."""
    was = {(one["start"], one["person"]) for one in given["published"] if one["role"] == "shadow"}
    kept = sum((shift["start"], who) in was for shift, who in zip(given["shifts"], shadows, strict=True))
    counts = Counter(who for who in shadows if who)
    return shadows.count(None), -kept, sum(count * count for count in counts.values())


def check(seed: int) -> tuple[object, object]:
    given = small_learning(seed)
    result = solved(given)
    names = [stage.name.value for stage in result.stages]
    assert all(stage.proved for stage in result.stages)
    real = {
        (f"{s.start:%Y-%m-%dT%H:%M:%SZ}", s.role): s.person for s in result.slots if s.role != "shadow" and s.person
    }
    found = {f"{s.start:%Y-%m-%dT%H:%M:%SZ}": s.person for s in result.slots if s.role == "shadow"}
    mine = worth(given, tuple(found.get(shift["start"]) for shift in given["shifts"]))
    best = min(worth(given, shadows) for shadows in product(*able(given, real)))
    values = tuple(Fraction(stage.value) for stage in result.stages)
    return (values, mine), (best_of(without(given), names), best)


@pytest.mark.parametrize("seed", range(30))
def test_small_problems_with_a_shadow_equal_every_roster_tried(seed: int) -> None:
    found, best = check(seed)
    assert found == best
