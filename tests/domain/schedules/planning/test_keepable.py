"""Limits that can't be kept with so few people are found by counting."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from oncall_ui.domain.schedules.planning.keepable import Unkeepable, unkeepable
from oncall_ui.domain.schedules.planning.problem import BEST, Filler, FillKind, Limit, Most, Per, Row, Shift

LAST = Filler(FillKind.LAST, "primary")
MONDAY = datetime(2026, 12, 7, 9, tzinfo=UTC)


def weekly(*fillers: Filler) -> list[Shift]:
    fills = dict(zip(("primary", "secondary"), fillers, strict=False))
    week = timedelta(weeks=1)
    return [Shift(MONDAY + n * week, MONDAY + (n + 1) * week, "week", 1, "", fills) for n in range(4)]


@pytest.mark.parametrize(
    ("people", "fillers", "limit", "least"),
    [
        (3, (BEST, BEST), Row(1), 2),
        (4, (BEST, BEST), Row(1), 0),
        (2, (BEST,), Row(1), 0),
        (1, (BEST,), Row(1), None),
        (6, (BEST, LAST), Row(1), 2),
        (3, (BEST, LAST), Row(2), 0),
        (3, (BEST, BEST), Most(1, Per.MONTH), 3),
        (3, (BEST, BEST), Most(1, Per.WEEK), 0),
        (3, (BEST, BEST), Row(1, people=frozenset("a")), 0),
    ],
)
def test_the_least_that_can_be_kept(people: int, fillers: tuple[Filler, ...], limit: Limit, least: int | None) -> None:
    """0: it can be kept as it is."""
    found = unkeepable([limit], weekly(*fillers), "abcdef"[:people], ZoneInfo("UTC"))
    assert [each.least for each in found] == ([] if least == 0 else [least])
    assert all(isinstance(each, Unkeepable) and each.limit == limit for each in found)
