"""Where the handles of the slider for a part of a shift may be, and what is named below it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from pages.schedules.swaps.part_slider import named, nearest, stops

BERLIN, KATHMANDU = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Kathmandu")
START = datetime(2026, 12, 4, 9, tzinfo=UTC)


def test_handles_stop_at_half_hours_of_the_clock_and_at_both_ends() -> None:
    begun = START + timedelta(minutes=4)
    found = stops(begun, START + timedelta(minutes=75), BERLIN)
    assert [each.minute for each in found] == [4, 30, 0, 15]
    assert stops(START, START + timedelta(hours=2), BERLIN) == [START + timedelta(minutes=30) * n for n in range(5)]
    assert {
        each.astimezone(KATHMANDU).minute for each in stops(START, START + timedelta(hours=9), KATHMANDU)[1:-1]
    } == {
        0,
        30,
    }


def test_a_time_between_two_stops_is_at_the_nearer_one() -> None:
    found = stops(START, START + timedelta(hours=2), BERLIN)
    assert [nearest(found, START + timedelta(minutes=each)) for each in (-9, 0, 10, 20, 30, 119, 200)] == [
        0,
        0,
        0,
        1,
        1,
        4,
        4,
    ]


def test_a_weekend_names_its_days_and_a_day_its_hours() -> None:
    assert list(named(START, START + timedelta(hours=72), BERLIN)) == [
        (0, "Fri 10:00"),
        (0.1944, "Sat"),
        (0.5278, "Sun"),
        (1, "Mon 10:00"),
    ]
    hours = [word for _, word in named(START, START + timedelta(hours=24), BERLIN)]
    assert hours == ["Fri 10:00", "18:00", "Sat", "Sat 10:00"]
