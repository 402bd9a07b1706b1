"""Tight days: from how many available members on a day is no longer tight, and which days form a span."""

from collections.abc import Iterable
from datetime import date, timedelta

import pytest

from oncall_ui.domain.availability.tight_days import Available, TightSpan, tight_below, tight_spans

FIRST = date(2026, 12, 21)
ALICE, BOB, CHIDI = 1, 2, 3


def days(*members: Iterable[int], prefer: dict[int, set[int]] | None = None) -> list[Available]:
    """One day per group of members from FIRST on; `prefer` says who prefers the day of this number."""
    return [
        Available(FIRST + timedelta(days=number), tuple(ids), frozenset((prefer or {}).get(number, ())))
        for number, ids in enumerate(members)
    ]


def shown(span: TightSpan) -> tuple[int, int, tuple[int, ...]]:
    return (span.first - FIRST).days, (span.last - FIRST).days, span.members


@pytest.mark.parametrize(
    ("team", "below"),
    [(0, 0), (1, 0), (2, 1), (3, 1), (4, 2), (5, 2), (6, 3), (8, 4), (19, 4), (20, 5), (50, 12), (200, 50)],
)
def test_a_day_is_tight_below_a_number_that_fits_the_team(team: int, below: int) -> None:
    assert tight_below(team) == below


def test_days_without_anyone_come_first_and_then_by_date() -> None:
    found = tight_spans(days((ALICE,), (ALICE, BOB, CHIDI), (), (BOB,), (ALICE, BOB)), below=3)
    assert [shown(span) for span in found] == [
        (2, 2, ()),
        (0, 0, (ALICE,)),
        (3, 3, (BOB,)),
        (4, 4, (ALICE, BOB)),
    ]


def test_consecutive_days_with_the_same_members_are_one_span() -> None:
    found = tight_spans(days((ALICE,), (ALICE,), (BOB,), (ALICE,)), below=2)
    assert [shown(span) for span in found] == [(0, 1, (ALICE,)), (2, 2, (BOB,)), (3, 3, (ALICE,))]


def test_days_that_are_not_consecutive_are_two_spans() -> None:
    first, _, third = days((ALICE,), (ALICE,), (ALICE,))
    assert [shown(span) for span in tight_spans([first, third], below=2)] == [(0, 0, (ALICE,)), (2, 2, (ALICE,))]


def test_a_span_says_on_which_of_its_days_a_member_prefers_to_be_on_call() -> None:
    (span,) = tight_spans(days((ALICE, BOB), (ALICE, BOB), prefer={0: {BOB}, 1: {ALICE, BOB}}), below=3)
    assert span.prefers(ALICE) == (FIRST + timedelta(days=1),)
    assert span.prefers(BOB) == (FIRST, FIRST + timedelta(days=1))
    assert span.prefers(CHIDI) == ()
