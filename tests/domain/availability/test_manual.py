"""Manual days become spans: as long as the days are in the zone, as often as they repeat, inside the window."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from oncall_ui.domain.availability.manual import ManualDays, occurrences
from oncall_ui.domain.availability.window import Window, days_from
from tests.domain.availability.helpers import AUCKLAND, BERLIN, LOS_ANGELES, B

APIA = ZoneInfo("Pacific/Apia")
TUESDAY = date(2026, 11, 24)


def found(
    first: date,
    last: date | None = None,
    *,
    zone: ZoneInfo = BERLIN,
    weekly: bool = False,
    until: date | None = None,
    window: Window | None = None,
) -> list[tuple[datetime, datetime]]:
    days = ManualDays(first, last or first, B, weekly, until)
    return list(occurrences(days, window or days_from(first, zone), zone))


def starts(found: list[tuple[datetime, datetime]], zone: ZoneInfo = BERLIN) -> list[date]:
    return [start.astimezone(zone).date() for start, _ in found]


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        (AUCKLAND, date(2026, 9, 27), 23),
        (AUCKLAND, date(2027, 4, 4), 25),
        (LOS_ANGELES, date(2027, 3, 14), 23),
        (LOS_ANGELES, date(2026, 11, 1), 25),
        (LOS_ANGELES, date(2026, 11, 2), 24),
        (ZoneInfo("Africa/Cairo"), date(2026, 4, 24), 23),  # the clocks skip midnight
    ],
)
def test_a_day_is_as_long_as_its_zone_makes_it(zone: ZoneInfo, day: date, hours: int) -> None:
    ((start, end),) = found(day, zone=zone)
    assert end - start == timedelta(hours=hours)
    assert (start.tzinfo, end.tzinfo) == (UTC, UTC)
    assert starts([(start, end)], zone) == [day]


def test_days_in_a_row_are_one_span_with_both_ends_included() -> None:
    ((start, end),) = found(TUESDAY, date(2026, 11, 27))
    assert (start, end) == (datetime(2026, 11, 23, 23, tzinfo=UTC), datetime(2026, 11, 27, 23, tzinfo=UTC))


def test_a_day_the_zone_skipped_has_no_span() -> None:
    skipped = date(2011, 12, 30)
    assert found(skipped, zone=APIA, window=days_from(date(2011, 12, 28), APIA, 5)) == []


def test_weekly_days_keep_their_weekday_when_the_clocks_change() -> None:
    window = days_from(date(2026, 10, 20), LOS_ANGELES, 21)
    every = found(date(2026, 10, 25), zone=LOS_ANGELES, weekly=True, window=window)
    assert starts(every, LOS_ANGELES) == [date(2026, 10, 25), date(2026, 11, 1), date(2026, 11, 8)]
    assert [(end - start) / timedelta(hours=1) for start, end in every] == [24, 25, 24]


def test_weekly_days_end_with_until_even_in_the_middle_of_a_repetition() -> None:
    every = found(date(2026, 11, 27), date(2026, 11, 29), weekly=True, until=date(2026, 12, 12))
    assert starts(every) == [date(2026, 11, 27), date(2026, 12, 4), date(2026, 12, 11)]
    assert [(end - start).days for start, end in every] == [3, 3, 2]


def test_weekly_days_without_an_end_fill_the_window_and_no_more() -> None:
    every = found(TUESDAY, weekly=True)
    assert len(every) == 13
    assert starts(every)[-1] == date(2027, 2, 16)


def test_a_repetition_that_started_before_the_window_is_not_clipped() -> None:
    window = days_from(TUESDAY, BERLIN, 1)
    every = found(date(2020, 1, 6), date(2020, 1, 8), weekly=True, window=window)
    ((start, end),) = every
    assert starts(every) == [date(2026, 11, 23)] and end - start == timedelta(days=3)


@pytest.mark.parametrize("offset", range(-8, 9))
def test_only_days_that_overlap_the_window_are_found(offset: int) -> None:
    first = TUESDAY + timedelta(days=offset)
    window = days_from(TUESDAY, BERLIN, 2)
    assert bool(found(first, first + timedelta(days=1), window=window)) is (-1 <= offset <= 1)
    weekly = found(first, first + timedelta(days=1), weekly=True, window=window)
    assert bool(weekly) is (offset <= 1 and offset % 7 in {6, 0, 1})


def test_the_window_may_be_of_another_zone() -> None:
    window = days_from(TUESDAY, AUCKLAND, 1)  # 23 Nov 11:00 to 24 Nov 11:00 UTC
    assert starts(found(TUESDAY, zone=LOS_ANGELES, window=window), LOS_ANGELES) == [TUESDAY]
    assert found(date(2026, 11, 25), zone=LOS_ANGELES, window=window) == []


def test_a_leap_day_is_a_day() -> None:
    window = days_from(date(2028, 2, 20), BERLIN, 20)
    ((start, end),) = found(date(2028, 2, 28), date(2028, 3, 1), window=window)
    assert (end - start).days == 3
    every = found(date(2028, 2, 22), weekly=True, window=window)
    assert starts(every) == [date(2028, 2, 22), date(2028, 2, 29), date(2028, 3, 7)]


def test_days_that_only_touch_the_window_are_left_out() -> None:
    window = Window(datetime(2026, 11, 24, 8, tzinfo=UTC), datetime(2026, 11, 24, 23, tzinfo=UTC))  # ends at midnight
    assert starts(found(TUESDAY, window=window)) == [TUESDAY]
    assert found(TUESDAY + timedelta(days=1), window=window) == []
    from_midnight = Window(datetime(2026, 11, 24, 23, tzinfo=UTC), datetime(2026, 11, 25, 1, tzinfo=UTC))
    assert found(TUESDAY, window=from_midnight) == []


def test_the_last_day_that_counts_is_until_for_weekly_days() -> None:
    assert ManualDays(TUESDAY, TUESDAY, B).end == TUESDAY
    assert ManualDays(TUESDAY, TUESDAY, B, weekly=True).end is None
    assert ManualDays(TUESDAY, TUESDAY, B, weekly=True, until=date(2026, 12, 8)).end == date(2026, 12, 8)
