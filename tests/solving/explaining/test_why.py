"""Alternatives: with somebody else on one slot, and all the rest planned again."""

from dataclasses import replace
from fractions import Fraction

import pytest

from oncall_ui.domain.schedules.plan_format.reading import read_problem
from oncall_ui.domain.schedules.planning.alternatives import Alternative, Outcome
from oncall_ui.domain.schedules.planning.hand_over import Hindrance
from oncall_ui.domain.schedules.planning.problem import Slot
from oncall_ui.domain.schedules.planning.result import Stage
from oncall_ui.solving import solve
from oncall_ui.solving.explaining import near, shared, why
from oncall_ui.solving.explaining.why import alternatives
from oncall_ui.solving.highs import Outcome as Solution
from oncall_ui.solving.highs import Relaxed
from tests.solving.brute import rosters, slots, values_of
from tests.solving.random_plans import small_plan
from tests.solving.test_cases import FIRST, REST, block, day, plan

Answer = tuple[Outcome, Stage | None, Fraction | None]
ORDER = ("gaps", "blocks", "limits", "changes", "fairness", "wishes")


def asked(given: dict[str, object], seconds: float = 30.0) -> dict[str, Alternative]:
    """About the first slot."""
    problem = replace(read_problem(given), seconds=seconds)
    result = solve(problem)
    roster = {Slot(slot.start, slot.role): slot.person for slot in result.slots if slot.person}
    first = Slot(FIRST, problem.roles[0])
    return {one.person: one for one in alternatives(problem, roster, result.stages, first, seconds=seconds)}


def test_20_what_the_others_would_cost() -> None:
    availability = [block("A", 0, 1, "prefer"), block("C", 0, 1)]
    found = asked(plan(["A", "B", "C"], 2, limits=[REST], availability=availability))
    assert found == {
        "B": Alternative("B", Outcome.WORSE, Stage.WISHES, Fraction(10)),
        "C": Alternative("C", Outcome.WORSE, Stage.BLOCKS, Fraction(1000)),
    }


def test_a_trade_that_costs_nothing_is_equal() -> None:
    (found,) = asked(plan(["A", "B"], 4)).values()
    assert found.outcome is Outcome.EQUAL


def test_who_may_not_hold_the_slot_is_impossible_with_the_reason() -> None:
    people = ["A", {"id": "B", "joined": day(1)}, {"id": "C", "share": 0}]
    found = asked(plan(people, 2))
    assert {person: (one.outcome, one.hindrances) for person, one in found.items()} == {
        "B": (Outcome.IMPOSSIBLE, (Hindrance.NOT_THERE,)),
        "C": (Outcome.IMPOSSIBLE, (Hindrance.NO_SHARE,)),
    }


def test_what_is_stopped_or_late_stays_open() -> None:
    problem = read_problem(plan(["A", "B", "C"], 3))
    result = solve(problem)
    roster = {Slot(slot.start, slot.role): slot.person for slot in result.slots if slot.person}
    slot = Slot(FIRST, "primary")
    heard: list[Alternative] = []

    def hear(one: Alternative) -> bool:
        heard.append(one)
        return True

    found = alternatives(problem, roster, result.stages, slot, told=hear)
    assert [one.outcome for one in found] == [Outcome.EQUAL, Outcome.OPEN]
    assert heard == [found[0]]
    late = alternatives(problem, roster, result.stages, slot, seconds=0)
    assert {one.outcome for one in late} == {Outcome.OPEN}


def test_without_an_answer_in_time_nothing_is_said_to_be_proved(monkeypatch: pytest.MonkeyPatch) -> None:
    def late(*_: object, **__: object) -> Solution:
        return Solution(None, float("inf"), 0.0)

    monkeypatch.setattr(near, "solve_mip", late)
    monkeypatch.setattr(Relaxed, "solve_with", late)
    monkeypatch.setattr(why, "solve_mip", late)
    monkeypatch.setattr(shared, "solve_mip", late)
    availability = [block("A", 0, 1, "prefer"), block("C", 0, 1)]
    found = asked(plan(["A", "B", "C"], 2, limits=[REST], availability=availability))
    assert {(one.outcome, one.is_proved) for one in found.values()} == {(Outcome.OPEN, False)}


@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5, 6, 7, 9])
def test_costs_equal_every_roster_tried(seed: int) -> None:
    found, best = answers_and_best(seed)
    assert found == best


def answers_and_best(seed: int, seconds: float = 30.0) -> tuple[dict[str, Answer], dict[str, Answer]]:
    """What is said of everybody on the first slot of a random plan, and what the best roster with them comes to."""
    given = {**small_plan(seed), "order": ["changes", "fairness", "wishes"]}
    every = [(roster, values_of(given, roster, ORDER)) for roster in rosters(given)]
    best = min(values for _, values in every)
    start, role = slots(given)[0][0]["start"], slots(given)[0][1]
    assert (start, role) == (day(0), given["roles"][0])
    answers = asked(given, seconds)
    forced = {person: [values for roster, values in every if roster[0] == person] for person in answers}
    said = {person: (one.outcome, one.stage, one.cost if one.is_proved else None) for person, one in answers.items()}
    return said, {person: _answer(values, best) for person, values in forced.items()}


def _answer(forced: list[tuple[Fraction, ...]], best: tuple[Fraction, ...]) -> Answer:
    if not forced:
        return Outcome.IMPOSSIBLE, None, Fraction(0)
    for name, mine, least in zip(ORDER, min(forced), best, strict=True):
        if mine != least:
            return Outcome.WORSE, Stage(name), mine - least
    return Outcome.EQUAL, None, Fraction(0)
