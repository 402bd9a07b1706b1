"""Ready-made sets of rules."""

from datetime import date, time
from zoneinfo import ZoneInfo

import pytest

from oncall_ui.domain.schedules.shifts.from_rules import generate
from oncall_ui.domain.schedules.shifts.ready_made import READY_MADE, Drift, Office, follow_the_sun, next_drifts
from tests.domain.schedules.patterns import BERLIN, lines, pattern


def shifts_of(key: str, end: date) -> list[str]:
    """The shifts of a set from Monday 1 June 2026."""
    chosen = next(ready for ready in READY_MADE if ready.key == key)
    made = pattern(*chosen.rules(["primary"]), cycle_from=date(2026, 6, 1))
    return lines(generate(made, date(2026, 6, 1), end).shifts)


WORKDAYS, WEEKEND = ("Mon", "Tue", "Wed", "Thu", "Fri"), ("Sat", "Sun")


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("weekly", ["Mon 09:00 168h week"]),
        ("daily", [f"{d} 09:00 24h weekday" for d in WORKDAYS] + [f"{d} 09:00 24h weekend" for d in WEEKEND]),
        ("weekdays_and_weekend", [f"{d} 09:00 24h weekday" for d in WORKDAYS] + ["Sat 09:00 48h weekend"]),
        ("business_hours", [f"{d} 09:00 8h weekday" for d in WORKDAYS]),
        ("after_hours", [f"{d} 17:00 16h night" for d in WORKDAYS[:4]] + ["Fri 17:00 64h weekend"]),
    ],
)
def test_a_week_of_each_set(key: str, expected: list[str]) -> None:
    assert shifts_of(key, date(2026, 6, 8)) == expected


def test_days_of_several_shifts() -> None:
    assert shifts_of("day_and_night", date(2026, 6, 2)) == ["Mon 08:00 12h weekday", "Mon 20:00 12h night"]
    eight = ["Mon 00:00 8h night", "Mon 08:00 8h weekday", "Mon 16:00 8h weekday"]
    assert shifts_of("follow_the_sun", date(2026, 6, 2)) == eight


def test_two_days_each_go_on_over_the_weeks() -> None:
    found = shifts_of("two_days", date(2026, 6, 29))
    assert [line[:3] for line in found] == ["Mon", "Wed", "Fri", "Sun", "Tue", "Thu", "Sat"] * 2
    assert {line.split()[2] for line in found} == {"48h"}


def test_follow_the_sun_begins_with_each_office() -> None:
    offices = [Office(BERLIN, time(9)), Office(ZoneInfo("America/New_York"), time(9))]
    rules = follow_the_sun(BERLIN, offices, date(2026, 1, 15))
    assert [rule.at for rule in rules] == [time(9), time(15)]


def test_zones_that_change_their_clocks_on_other_days_drift() -> None:
    found = next_drifts(BERLIN, time(15), ZoneInfo("America/New_York"), date(2026, 1, 15))
    assert found == [
        Drift(date(2026, 3, 8), time(9), time(10)),
        Drift(date(2026, 3, 29), time(10), time(9)),
        Drift(date(2026, 10, 25), time(9), time(10)),
        Drift(date(2026, 11, 1), time(10), time(9)),
    ]
    assert next_drifts(BERLIN, time(15), ZoneInfo("Europe/Paris"), date(2026, 1, 15)) == []
