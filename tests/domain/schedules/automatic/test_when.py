"""The next weeks are planned on a weekday morning, early enough for the notice."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from oncall_ui.domain.schedules.automatic.when import Ahead, Span, is_due, span_of

BERLIN = ZoneInfo("Europe/Berlin")
AHEAD = Ahead(BERLIN, notice_days=14, horizon_days=28)
UNTIL = datetime(2027, 3, 15, 10, tzinfo=BERLIN)  # a Monday; its notice begins on Monday 1 March, 10:00


@pytest.mark.parametrize(
    ("at", "is_on"),
    [
        ((2027, 2, 26, 9), False),  # Friday: Monday, 08:00 is still early enough
        ((2027, 2, 28, 9), False),  # Sunday
        ((2027, 3, 1, 7), False),  # before the morning
        ((2027, 3, 1, 8), True),
        ((2027, 3, 1, 12), False),  # nobody begins in the afternoon
        ((2027, 3, 2, 9), True),  # late, but not forgotten
        ((2027, 4, 1, 9), True),  # everything published is over
    ],
)
def test_it_is_due_on_the_last_weekday_morning_before_the_notice(at: tuple[int, int, int, int], is_on: bool) -> None:
    assert is_due(AHEAD, UNTIL, datetime(*at, tzinfo=BERLIN)) is is_on


def test_what_falls_on_a_weekend_is_due_on_friday() -> None:
    until = UNTIL - timedelta(hours=3)  # Monday, 07:00: Monday morning would be too late
    assert is_due(AHEAD, until, datetime(2027, 2, 26, 9, tzinfo=BERLIN))
    assert not is_due(AHEAD, until, datetime(2027, 2, 25, 9, tzinfo=BERLIN))


def test_the_clock_is_the_schedules() -> None:
    assert not is_due(AHEAD, UNTIL, datetime(2027, 3, 1, 6, 30, tzinfo=ZoneInfo("UTC")))  # 07:30 there
    assert is_due(AHEAD, UNTIL, datetime(2027, 3, 1, 7, 30, tzinfo=ZoneInfo("UTC")))


def test_eight_weeks_are_planned_and_the_horizon_is_published() -> None:
    at = datetime(2027, 3, 1, 9, tzinfo=BERLIN)
    assert span_of(AHEAD, UNTIL, at) == Span(date(2027, 3, 15), date(2027, 5, 10), date(2027, 4, 12))
    long = Ahead(BERLIN, 14, 90)
    assert span_of(long, UNTIL, at).end == span_of(long, UNTIL, at).until == date(2027, 6, 13)
    late = span_of(AHEAD, UNTIL, datetime(2027, 4, 1, 9, tzinfo=BERLIN))
    assert late == Span(date(2027, 3, 15), date(2027, 5, 27), date(2027, 4, 29))
