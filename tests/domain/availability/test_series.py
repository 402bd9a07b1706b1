"""Lines that repeat become series: every Tuesday, every second week, days in a row."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from oncall_ui.domain.availability.agenda import coming_up
from oncall_ui.domain.availability.rules import Action
from oncall_ui.domain.availability.series import series_of
from tests.domain.availability.helpers import AUCKLAND, BERLIN, LOS_ANGELES, NamedSpan, P, span

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
FIRST = date(2026, 12, 1)
Spans = list[NamedSpan]


def every(days: int, times: int, *, first: date = FIRST, at: str = "19:00", to: str = "22:00", **more: Any) -> Spans:
    dates = [first + timedelta(days=days * number) for number in range(times)]
    return [span(f"{day}T{at}", f"{day}T{to}", **more) for day in dates]


def found(spans: Spans, zone: ZoneInfo = BERLIN) -> list[tuple[int, int]]:
    """Number of lines, and the distance in days."""
    lines = coming_up(spans, LONG_AGO, zone)
    return [(len(each.lines), each.days) for each in series_of(lines, zone, lambda each: each.calendar)]


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([], []),
        (every(7, 13), [(13, 7)]),
        (every(14, 7), [(7, 14)]),
        (every(1, 2), [(2, 1)]),
        (every(7, 2), [(1, 0), (1, 0)]),
        (every(3, 4), [(1, 0)] * 4),
        (every(7, 3) + every(7, 3, first=date(2026, 12, 3)), [(3, 7), (3, 7)]),
        (every(7, 3) + every(7, 3, at="20:00"), [(3, 7)]),  # they overlap: one line a day
        (every(7, 3) + every(7, 3, at="08:00", to="09:00"), [(3, 7), (3, 7)]),
        (every(7, 3) + every(7, 3, at="08:00", to="09:00", calendar="Climbing"), [(3, 7), (3, 7)]),
        (every(7, 3) + every(14, 3, first=date(2026, 12, 22)), [(4, 7), (1, 0), (1, 0)]),
    ],
)
def test_what_repeats_is_one_series(spans: Spans, expected: list[tuple[int, int]]) -> None:
    assert sorted(found(spans), reverse=True) == sorted(expected, reverse=True)


@pytest.mark.parametrize("zone", [BERLIN, LOS_ANGELES, AUCKLAND])
def test_a_series_goes_on_when_the_clocks_change(zone: ZoneInfo) -> None:
    spans = every(7, 13, first=date(2027, 2, 9), zone=zone)
    assert found(spans, zone) == [(13, 7)]


def test_a_day_of_twenty_five_hours_is_a_whole_day_like_the_others() -> None:
    days = [span(f"2026-10-{day}", f"2026-10-{day + 1}") for day in (24, 25, 26)]
    assert found(days) == [(3, 1)]


def test_other_actions_sources_and_holidays_stay_apart() -> None:
    wish, other = date(2026, 12, 2), date(2026, 12, 3)
    mixed = [*every(1, 1), *every(1, 1, first=wish, action=P), *every(1, 1, first=other, calendar="Climbing")]
    holidays = every(1, 2, action=None)
    assert found(mixed) == [(1, 0)] * 3
    assert found(holidays) == [(1, 0)] * 2


def test_series_are_sorted_by_their_first_line() -> None:
    lines = coming_up([*every(7, 3), span("2026-12-02T10:00", "2026-12-02T11:00")], LONG_AGO, BERLIN)
    series = series_of(reversed(lines), BERLIN, lambda each: each.calendar)
    assert [each.first.start for each in series] == sorted(each.first.start for each in series)
    assert {each.first.action for each in series} == {Action.BLOCK}
