"""What a change of hands costs, in words: the verdict is never against what is said beside it."""

import itertools
from collections.abc import Mapping
from datetime import timedelta
from fractions import Fraction

import pytest

from oncall_ui.domain.schedules.planning.alternatives import Alternative, Outcome
from oncall_ui.domain.schedules.planning.hand_over import Hindrance, Price
from oncall_ui.domain.schedules.planning.price_words import again_words, differences, grade_words, price_words
from oncall_ui.domain.schedules.planning.problem import FirmLimit, Rest
from oncall_ui.domain.schedules.planning.result import Stage

F = Fraction
REST = Rest(timedelta(hours=24))


def price(
    changes: Mapping[Stage, float],
    apart: Mapping[str, float] | None = None,
    broken: Mapping[FirmLimit, int] | None = None,
) -> Price:
    return Price(
        "1",
        {stage: F(change) for stage, change in changes.items()},
        apart={bucket: F(points) for bucket, points in (apart or {}).items()},
        broken=dict(broken or {}),
    )


def test_the_points_that_are_said_go_the_way_the_verdict_goes() -> None:
    """Fairness counts every kind; the points of all shifts alone can go the other way."""
    found = price({Stage.FAIRNESS: -2}, {"all": 0.2, "type:weekend": -1.5, "role:primary": -0.5})
    assert (price_words(found), grade_words(found)) == ("weekend 1.5 points closer to even", "better")
    found = price({Stage.FAIRNESS: 2}, {"all": -0.2, "type:weekend": 1})
    assert (price_words(found), grade_words(found)) == ("weekend 1 point further from even", "a little worse")
    found = price({Stage.FAIRNESS: -0.25}, {"all": 0.2})
    assert (price_words(found), grade_words(found)) == ("a little more even", "better")
    found = price({}, {"all": 0.2})
    assert (price_words(found), grade_words(found)) == ("no difference", "as good")


@pytest.mark.parametrize(
    ("found", "words", "grade"),
    [
        (price({Stage.FAIRNESS: 1}, {"all": 3}), "3 points further from even", "a little worse"),
        (price({Stage.FAIRNESS: 1}, {"all": 4}), "4 points further from even", "worse"),
        (price({Stage.FAIRNESS: 1}, {"all": 11}), "11 points further from even", "much worse"),
        (price({Stage.LIMITS: 1}, broken={REST: 1}), "1 short rest", "breaks a limit"),
        (
            price({Stage.LIMITS: -1, Stage.FAIRNESS: 1}, {"all": 0.2}, {REST: -1}),
            "1 short rest fewer, 0.2 points further from even",
            "better and worse",
        ),
        (price({Stage.WISHES: -3}), "a preference met", "better"),
        (price({Stage.COMFORT: 1}), "more close shifts or unknown calendars", "a little worse"),
        (price({Stage.WISHES: -3, Stage.COMFORT: 1}), "a preference met", "better"),
        (price({}), "no difference", "as good"),
        (Price("1", {}, hindrances=(Hindrance.AT_ONCE,)), "can’t be in two places", "not possible"),
    ],
)
def test_words_and_verdict(found: Price, words: str, grade: str) -> None:
    assert (price_words(found), grade_words(found)) == (words, grade)


def test_better_is_said_only_where_nothing_gets_worse() -> None:
    ways = (-1, 0, 1)
    for blocks, fairness, wishes, limits, points in itertools.product(ways, ways, ways, ways, ways):
        changes = {Stage.BLOCKS: blocks, Stage.FAIRNESS: fairness, Stage.WISHES: wishes}
        broken: dict[FirmLimit, int] = {REST: limits} if limits else {}
        found = price({stage: change for stage, change in changes.items() if change}, {"all": points}, broken)
        worse = [each.is_worse for each in differences(found)]
        assert (grade_words(found) == "better") == (worse != [] and not any(worse))
        assert (grade_words(found) == "as good") == (not worse)
        assert ("worse" in grade_words(found)) <= any(worse)


def test_what_is_known_is_said_where_the_time_was_up() -> None:
    said = [again_words(Alternative("1", Outcome.OPEN, stage)) for stage in (None, Stage.FAIRNESS, Stage.WISHES)]
    assert said == ["not known, the time was up", "not known, the time was up", "as even, preferences not known"]
