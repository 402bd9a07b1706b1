"""Whose turn it is, and when it is looked at again."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oncall_ui.domain.schedules.cover.rounds import TURN, Turn, next_round, pace_of
from oncall_ui.domain.schedules.cover.states import Answer, Pace

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FRESH = [Turn()] * 5


def asked(hours: float = 1, answer: Answer | None = None) -> Turn:
    at = NOW - hours * HOUR
    return Turn(at, at + TURN, answer, NOW - hours * HOUR / 2 if answer else None)


@pytest.mark.parametrize(
    ("ahead", "pace", "places"),
    [
        (8 * DAY, Pace.ONE, (0,)),
        (7 * DAY + HOUR, Pace.ONE, (0,)),
        (7 * DAY, Pace.THREE, (0, 1, 2)),
        (2 * DAY, Pace.THREE, (0, 1, 2)),
        (2 * DAY - HOUR, Pace.ALL, (0, 1, 2, 3, 4)),
        (HOUR, Pace.ALL, (0, 1, 2, 3, 4)),
    ],
)
def test_the_nearer_the_shift_the_more_are_asked(ahead: timedelta, pace: Pace, places: tuple[int, ...]) -> None:
    assert pace_of(NOW + ahead, NOW) is pace
    assert next_round(FRESH, NOW + ahead, NOW).ask == places


def test_each_has_a_day_and_then_the_next_is_asked() -> None:
    start = NOW + 20 * DAY
    first = next_round([asked(1), Turn(), Turn()], start, NOW)
    assert (first.ask, first.look_at) == ((), NOW + 23 * HOUR)
    assert next_round([asked(24), Turn(), Turn()], start, NOW).ask == (1,)
    assert next_round([asked(1, Answer.NO), Turn(), Turn()], start, NOW).ask == (1,)


def test_of_three_whoever_declines_is_replaced() -> None:
    turns = [asked(1), asked(1, Answer.NO), asked(1), Turn(), Turn()]
    assert next_round(turns, NOW + 5 * DAY, NOW).ask == (3,)


def test_a_chosen_pace_stays() -> None:
    assert next_round(FRESH, NOW + 30 * DAY, NOW, Pace.ALL).ask == (0, 1, 2, 3, 4)
    assert next_round(FRESH, NOW + HOUR, NOW, Pace.ONE).ask == (0,)


def test_later_comes_after_everybody_else_and_not_at_once() -> None:
    start = NOW + 20 * DAY
    assert next_round([asked(2, Answer.LATER), Turn()], start, NOW).ask == (1,)
    rested = next_round([asked(2, Answer.LATER), asked(1, Answer.NO)], start, NOW)
    assert (rested.ask, rested.look_at) == ((), NOW + 5 * HOUR)
    assert next_round([asked(14, Answer.LATER), asked(1, Answer.NO)], start, NOW).ask == (0,)


def test_who_cant_has_no_turn() -> None:
    assert next_round([Turn(answer=Answer.CANT), Turn()], NOW + 20 * DAY, NOW).ask == (1,)


def test_the_pace_changes_as_the_shift_comes_near() -> None:
    found = next_round([asked(23.5), Turn()], NOW + 7 * DAY + HOUR / 4, NOW)
    assert (found.ask, found.look_at) == ((), NOW + HOUR / 4)


turns = st.builds(asked, st.floats(0.1, 60), st.sampled_from([None, Answer.NO, Answer.LATER, Answer.SWAP])) | st.just(
    Turn()
)


@given(st.lists(turns, max_size=8), st.integers(-2, 400), st.sampled_from([None, *Pace]))
def test_it_always_goes_on_and_never_past_the_start(found: list[Turn], hours: int, pace: Pace | None) -> None:
    start = NOW + hours * HOUR
    step = next_round(found, start, NOW, pace)
    assert step.look_at <= start
    assert step.look_at > NOW or hours <= 0
    assert not step.ask or hours > 0
    assert len(set(step.ask)) == len(step.ask)
    assert all(found[place].answer in {None, Answer.LATER} and not found[place].is_running(NOW) for place in step.ask)
