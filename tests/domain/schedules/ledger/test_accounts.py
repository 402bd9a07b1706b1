"""The ledger summed up for people: by bucket, in three measures, month by month."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from oncall_ui.domain.schedules.ledger.accounts import ALL, Measure, Posting, Sum, capped, course, sums

BERLIN = ZoneInfo("Europe/Berlin")
A, B = 1, 2


def posting(who: int, month: int, due: int, done: int, *, shift: int | None = 1, hours: float = 48) -> Posting:
    at = datetime(2026, month, 10, tzinfo=UTC)
    return Posting(who, shift, "primary" if shift else "", "weekend" if shift else "", at, hours, due, done)


WEEKEND = [posting(A, 1, 2000, 4000), posting(B, 1, 2000, 0)]
"""A slot of 4 points that A had and both owed."""
ADJUSTED = [posting(A, 4, 0, -500, shift=None, hours=0), posting(B, 4, 0, 500, shift=None, hours=0)]


def test_each_bucket_has_what_was_due_and_done_in_points_shifts_and_hours() -> None:
    lines = [*WEEKEND, *ADJUSTED]
    points = sums(lines, Measure.POINTS)
    assert points[A, ALL] == Sum(2, 3.5)
    assert points[A, "type:weekend"] == points[A, "role:primary"] == Sum(2, 4)
    assert sums(lines, Measure.SHIFTS)[A, ALL] == Sum(0.5, 1)
    assert sums(lines, Measure.HOURS)[B, ALL] == Sum(24, 0)
    for measure in Measure:
        assert sum(each.balance for (_, bucket), each in sums(lines, measure).items() if bucket == ALL) == 0


def test_a_slot_without_points_counts_neither_shifts_nor_hours() -> None:
    assert sums([posting(A, 1, 0, 0)], Measure.HOURS)[A, ALL] == Sum(0, 0)


def test_the_course_goes_on_through_months_without_a_line() -> None:
    lines = [*WEEKEND, *ADJUSTED, posting(3, 4, 1000, 1000, shift=2)]
    found = course(lines, ALL, BERLIN, 12)
    assert found.months == tuple(date(2026, month, 1) for month in (1, 2, 3, 4))
    assert found.balances == {A: (2, 2, 2, 1.5), B: (-2, -2, -2, -1.5), 3: (None, None, None, 0)}
    assert course(lines, "type:weekend", BERLIN, 2).balances == {A: (2, 2), B: (-2, -2), 3: (None, 0)}
    assert course([], ALL, BERLIN, 12).months == ()


def test_a_month_begins_at_midnight_of_the_schedule() -> None:
    late = Posting(A, 1, "", "", datetime(2026, 12, 31, 23, 30, tzinfo=UTC), 1, 0, 1000)
    assert course([late], ALL, BERLIN, 12).months == (date(2027, 1, 1),)


@pytest.mark.parametrize(("balance", "carried"), [(5, 2), (-5, -2), (1, 1), (0, 0)])
def test_what_is_carried_over_is_capped_on_both_sides(balance: float, carried: float) -> None:
    assert capped(balance, 2) == carried
