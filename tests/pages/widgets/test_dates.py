"""Days, times and durations in words."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from pages.widgets.dates import (
    ago,
    count,
    day_words,
    duration,
    moment_words,
    month_words,
    relative_day,
    repeats,
    times,
    zone_words,
)

BERLIN = ZoneInfo("Europe/Berlin")
TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def at(clock: str, zone: ZoneInfo = BERLIN) -> datetime:
    return datetime.fromisoformat(clock).replace(tzinfo=zone).astimezone(UTC)


def plain(words: str) -> str:
    return words.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("start", "end", "words", "long"),
    [
        ("2026-11-25T14:00", "2026-11-25T18:00", "14:00 – 18:00", "4 h"),
        ("2026-11-25T14:00", "2026-11-25T15:30", "14:00 – 15:30", "1 h 30 min"),
        ("2026-11-25T14:00", "2026-11-25T14:45", "14:00 – 14:45", "45 min"),
        ("2026-11-25T22:00", "2026-11-26T00:00", "22:00 – 24:00", "2 h"),
        ("2026-12-02T22:00", "2026-12-03T06:00", "22:00 – Thu 3 Dec 06:00", "8 h"),
        ("2026-12-01T22:00", "2026-12-04T00:00", "22:00 – Thu 3 Dec 24:00", "2 days 2 h"),
        ("2026-11-25", "2026-11-26", "All day", "1 day"),
        ("2026-11-30", "2026-12-04", "All day, until Thu 3 Dec", "4 days"),
        ("2026-11-24", "2026-11-25", "All day", "1 day"),
        ("2026-11-02", "2026-11-25", "Since Mon 2 Nov, until today", "23 days"),
        ("2026-11-02", "2026-12-04", "Since Mon 2 Nov, until Thu 3 Dec", "32 days"),
        ("2026-11-23T22:00", "2026-11-24T06:00", "Since Mon 23 Nov 22:00, until 06:00", "8 h"),
        ("2026-11-02T22:00", "2026-12-03T06:00", "Since Mon 2 Nov 22:00, until Thu 3 Dec 06:00", "30 days 8 h"),
        ("2025-11-03", "2026-12-04", "Since Mon 3 Nov 2025, until Thu 3 Dec", "396 days"),
    ],
)
def test_an_entry_says_when_and_how_long(start: str, end: str, words: str, long: str) -> None:
    assert plain(times(at(start), at(end), BERLIN, TODAY)) == words
    assert plain(duration(at(start), at(end), BERLIN)) == long


def test_an_all_day_entry_of_another_zone_is_told_in_hours() -> None:
    there = ZoneInfo("America/Los_Angeles")
    start, end = at("2026-11-25", there), at("2026-11-26", there)
    assert times(start, end, BERLIN, TODAY) == "09:00 – Thu 26 Nov 09:00"
    assert plain(duration(start, end, BERLIN)) == "24 h"


@pytest.mark.parametrize(
    ("zone", "day"), [("Europe/Berlin", "2026-10-25"), ("Europe/Berlin", "2026-03-29"), ("Africa/Cairo", "2026-04-24")]
)
def test_a_day_of_23_or_25_hours_is_one_day(zone: str, day: str) -> None:
    there, tomorrow = ZoneInfo(zone), date.fromisoformat(day) + timedelta(days=1)
    start, end = at(day, there), at(f"{tomorrow}", there)
    assert times(start, end, there, date.fromisoformat(day)) == "All day"
    assert plain(duration(start, end, there)) == "1 day"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "just now"),
        (0, "just now"),
        (59, "just now"),
        (60, "1 min ago"),
        (3599, "59 min ago"),
        (3600, "at 09:00"),
        (10 * 3600, "at 00:00"),
        (10 * 3600 + 60, "on Mon 23 Nov, 23:59"),
    ],
)
def test_a_moment_past_is_minutes_then_a_clock_then_a_day(seconds: int, words: str) -> None:
    assert plain(ago(NOW - timedelta(seconds=seconds), BERLIN, NOW)) == words


@pytest.mark.parametrize(("days", "words"), [(0, "today"), (1, "tomorrow"), (2, "in 2 days"), (89, "in 89 days")])
def test_a_day_to_come_is_counted_from_today(days: int, words: str) -> None:
    assert plain(relative_day(TODAY + timedelta(days=days), TODAY)) == words


def test_a_year_is_named_only_where_it_could_be_mistaken() -> None:
    assert day_words(date(2027, 2, 21), TODAY) == "Sun 21 Feb"
    assert day_words(date(2025, 11, 24), TODAY) == "Mon 24 Nov 2025"
    assert [month_words(date(2026, 12, 1), TODAY), month_words(date(2027, 1, 1), TODAY)] == ["Dec", "Jan 2027"]
    assert [month_words(date(2027, 2, 1), TODAY), month_words(date(2027, 1, 1), date(2027, 1, 1))] == ["Feb", "Jan"]


def test_a_moment_of_today_is_its_clock_alone() -> None:
    assert moment_words(at("2026-11-24T08:12"), BERLIN, TODAY) == "08:12"
    assert moment_words(at("2026-11-22T18:30"), BERLIN, TODAY) == "Sun 22 Nov, 18:30"


@pytest.mark.parametrize(
    ("number", "days", "words"),
    [
        (1, 0, ""),
        (2, 1, "2\u00a0days in a row"),
        (13, 7, "every Tuesday, 13\u00a0times"),
        (7, 14, "every 2nd Tuesday, 7\u00a0times"),
        (4, 21, "every 3rd Tuesday, 4\u00a0times"),
    ],
)
def test_what_repeats_is_told_with_how_often(number: int, days: int, words: str) -> None:
    assert repeats(number, days, TODAY) == words


def test_a_zone_is_called_by_its_city() -> None:
    names = ("Europe/Berlin", "America/Argentina/Buenos_Aires", "UTC")
    assert [zone_words(ZoneInfo(name)) for name in names] == ["Berlin", "Buenos Aires", "UTC"]


def test_a_number_and_its_word_stay_together() -> None:
    assert [count(1, "day"), count(0, "day"), count(1200, "entry", "entries")] == [
        "1\u00a0day",
        "0\u00a0days",
        "1,200\u00a0entries",
    ]
