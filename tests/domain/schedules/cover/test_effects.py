"""What a change of hands breaks, for each who gets something."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from oncall_ui.domain.schedules.cover.effects import effects_of
from oncall_ui.domain.schedules.plan_format.reading import read_problem
from oncall_ui.domain.schedules.planning.hand_over import Hindrance
from oncall_ui.domain.schedules.planning.problem import Problem, Slot

FIRST = datetime(2026, 12, 7, tzinfo=UTC)


def at(number: float) -> str:
    return (FIRST + timedelta(days=number)).strftime("%Y-%m-%dT%H:%M:%SZ")


def slot(number: int) -> Slot:
    return Slot(FIRST + timedelta(days=number), "primary")


def problem(**more: Any) -> Problem:
    return read_problem(
        {
            "zone": "UTC",
            "start": "2026-12-07",
            "end": "2026-12-21",
            "roles": ["primary"],
            "people": [{"id": each} for each in "ABC"],
            "shifts": [{"start": at(n), "end": at(n + 1), "type": "weekday", "points": 1} for n in range(6)],
            **more,
        }
    )


ROSTER = {slot(number): person for number, person in enumerate("AABCBA")}
REST = {"kind": "rest", "hours": 24}


def test_nothing_speaks_against_a_free_day() -> None:
    (found,) = effects_of(problem(), ROSTER, {slot(0): "C"})
    assert found.is_free and not found.is_refused


def test_what_the_holder_breaks_now_doesnt_hide_what_the_next_breaks() -> None:
    """A has days 0 and 1, which breaks rest once; with day 1 B would break it once, too."""
    (found,) = effects_of(problem(limits=[REST]), ROSTER, {slot(1): "B"})
    assert found.words() == ("1 short rest",)
    assert (found.is_free, found.is_refused) == (False, False)


def test_never_refuses() -> None:
    (found,) = effects_of(problem(limits=[{**REST, "strength": "never"}]), ROSTER, {slot(1): "B"})
    assert found.is_refused and found.never == ("1 short rest",)


def test_of_a_swap_each_side_is_counted_with_the_other_done() -> None:
    one, two = effects_of(problem(limits=[REST]), ROSTER, {slot(1): "C", slot(3): "A"})
    assert (one.words(), two.words()) == ((), ())
    one, two = effects_of(problem(limits=[REST]), ROSTER, {slot(1): "B", slot(2): "A"})
    assert (one.words(), two.words()) == ((), ())


@pytest.mark.parametrize(("strength", "is_refused"), [("avoid", False), ("never", True)])
def test_a_block_is_said_or_refuses(strength: str, is_refused: bool) -> None:
    blocked = [{"person": "C", "start": at(0), "end": at(0.25), "action": "block"}]
    (found,) = effects_of(problem(availability=blocked, blocks=strength), ROSTER, {slot(0): "C"})
    assert (found.blocked, found.is_refused, found.is_free) == (250, is_refused, False)


def test_nobody_is_in_two_places() -> None:
    two = [{"start": at(n), "end": at(n + 1.5), "type": "weekday", "points": 1} for n in range(3)]
    (found,) = effects_of(problem(shifts=two), {slot(0): "A", slot(1): "B", slot(2): "A"}, {slot(1): "A"})
    assert Hindrance.AT_ONCE in found.hindrances


def test_the_group_is_compared_with_who_has_it_now() -> None:
    group = {"kind": "group", "people": ["A"]}
    (found,) = effects_of(problem(limits=[group]), ROSTER, {slot(0): "C"})
    assert found.words() == ("1 shift without the group",)
    (found,) = effects_of(problem(limits=[group]), ROSTER, {slot(2): "C"})
    assert found.is_free
