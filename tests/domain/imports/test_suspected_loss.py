"""What is suspicious, and when two readings hold the same."""

from datetime import UTC, datetime, timedelta

import pytest

from oncall_ui.domain.availability.evaluate import AvailabilitySpan
from oncall_ui.domain.availability.rules import Action
from oncall_ui.domain.imports.freshness import alerts_due, is_stale
from oncall_ui.domain.imports.suspected_loss import content_of, count_ahead, is_suspicious, same_content

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def piece(days: float, name: str = "a", action: Action = Action.BLOCK) -> AvailabilitySpan:
    start = int((NOW + timedelta(days=days)).timestamp())
    return AvailabilitySpan(start, start + 3600, action, name.encode())


@pytest.mark.parametrize(
    ("had", "has", "events_read", "expected"),
    [
        (140, 3, 3, True),
        (140, 27, 27, True),
        (140, 28, 28, False),
        (5, 1, 1, False),
        (6, 1, 1, True),
        (3, 0, 9, True),
        (2, 0, 9, False),
        (2, 0, 0, True),
        (0, 0, 0, False),
        (0, 3, 3, False),
        (10, 12, 12, False),
    ],
)
def test_more_than_four_fifths_or_everything_is_suspicious(
    had: int, has: int, events_read: int, expected: bool
) -> None:
    assert is_suspicious(had, has, events_read=events_read) is expected


def test_what_is_over_is_not_ahead() -> None:
    assert count_ahead([piece(-2), piece(-0.02), piece(0), piece(3)], NOW) == 3


@pytest.mark.parametrize(
    ("later", "expected"),
    [
        ([piece(10), piece(40)], True),
        ([piece(2), piece(10), piece(40)], True),
        ([piece(10)], False),
        ([piece(10), piece(40), piece(60)], False),
        ([piece(10), piece(40, "b")], False),
        ([piece(10), piece(40, action=Action.PREFER)], False),
        ([], False),
    ],
    ids=["the same", "one this week", "one less", "one more", "another event", "another action", "nothing"],
)
def test_contents_are_the_same_when_no_week_ahead_differs(later: list[AvailabilitySpan], expected: bool) -> None:
    before = content_of([piece(10), piece(40)], NOW)
    assert same_content(before, content_of(later, NOW)) is expected


def test_time_that_passes_makes_no_other_content() -> None:
    before = content_of([piece(3), piece(10), piece(40)], NOW)
    later = NOW + timedelta(days=20)
    assert same_content(before, content_of([piece(40), piece(105)], later)), "10 has passed, 105 was beyond the window"
    assert not same_content(before, content_of([piece(41)], later))


def test_contents_without_a_common_week_are_not_the_same() -> None:
    assert not same_content(content_of([], NOW), content_of([], NOW + timedelta(days=100)))
    assert not same_content("", content_of([], NOW))


def test_nothing_is_content_too() -> None:
    assert same_content(content_of([], NOW), content_of([], NOW + timedelta(days=6)))


@pytest.mark.parametrize(("hours", "expected"), [(0, False), (24, False), (24.01, True), (-1, False)])
def test_a_reading_is_stale_after_a_day(hours: float, expected: bool) -> None:
    assert is_stale(NOW - timedelta(hours=hours), NOW) is expected


@pytest.mark.parametrize(
    ("days", "due"), [(0, 0), (0.99, 0), (1, 1), (2.9, 1), (3, 2), (7, 3), (13.9, 3), (14, 4), (99, 4)]
)
def test_letters_are_due_on_day_1_3_7_and_14(days: float, due: int) -> None:
    assert alerts_due(NOW - timedelta(days=days), NOW) == due
