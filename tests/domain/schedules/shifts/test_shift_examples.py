"""The worked examples: rules, a span, and the shifts that come of them."""

from datetime import date

import pytest

from oncall_ui.domain.schedules.shifts.from_rules import ShiftRefused, generate
from oncall_ui.domain.schedules.shifts.rules import OneOff
from tests.domain.schedules.patterns import lines, local, pattern, rule


def test_a_week_with_the_change_to_winter_time_has_169_hours() -> None:
    found = generate(pattern(rule("Mon", "10:00")), date(2026, 10, 19), date(2026, 11, 2))
    assert lines(found.shifts) == ["Mon 10:00 169h week", "Mon 10:00 168h week"]
    assert [shift.label for shift in found.shifts] == ["169 h: the clocks change", ""]


def test_the_day_of_the_change_to_summer_time_has_23_hours() -> None:
    found = generate(pattern(rule("Daily", "09:00")), date(2026, 3, 28), date(2026, 3, 30))
    assert lines(found.shifts) == ["Sat 09:00 23h weekend", "Sun 09:00 24h weekend"]
    assert found.shifts[0].label == "23 h: the clocks change"


def test_a_start_in_the_skipped_hour_comes_an_hour_later() -> None:
    found = generate(pattern(rule("Daily", "02:30")), date(2026, 3, 28), date(2026, 3, 31))
    assert lines(found.shifts) == ["Sat 02:30 24h weekend", "Sun 03:30 23h weekend", "Mon 02:30 24h weekday"]


def test_a_start_in_the_doubled_hour_is_the_first_of_the_two() -> None:
    found = generate(pattern(rule("Daily", "02:30")), date(2026, 10, 24), date(2026, 10, 26))
    assert lines(found.shifts) == ["Sat 02:30 24h weekend", "Sun 02:30 25h weekend"]
    assert found.shifts[1].start == local("2026-10-25 02:30")
    assert found.shifts[1].label == "25 h: the clocks change"


def test_two_starts_a_week() -> None:
    rules = pattern(rule("Mon", "10:00"), rule("Fri", "17:00"))
    found = generate(rules, date(2026, 6, 1), date(2026, 6, 15))
    assert lines(found.shifts) == ["Mon 10:00 103h weekday", "Fri 17:00 65h weekend"] * 2


def test_two_starts_a_day_by_the_half_hour() -> None:
    found = generate(pattern(rule("Daily", "09:30"), rule("Daily", "17:00")), date(2026, 6, 1), date(2026, 6, 2))
    assert lines(found.shifts) == ["Mon 09:30 7.5h weekday", "Mon 17:00 16.5h weekday"]


def test_after_hours_only() -> None:
    rules = pattern(rule("Weekdays", "17:00"), rule("Weekdays", "09:00", nobody=True))
    found = generate(rules, date(2026, 6, 4), date(2026, 6, 6))
    assert lines(found.shifts) == ["Thu 17:00 16h night", "Fri 17:00 64h weekend"]


def test_weekends_in_two_halves() -> None:
    rules = pattern(rule("Daily", "10:00"), rule("Weekends", "22:00"))
    found = generate(rules, date(2024, 4, 4), date(2024, 4, 8))
    starts = [line.rsplit(" ", 1)[0] for line in lines(found.shifts)]
    assert starts == [
        "Thu 10:00 24h", "Fri 10:00 24h", "Sat 10:00 12h", "Sat 22:00 12h", "Sun 10:00 12h", "Sun 22:00 12h",
    ]  # fmt: skip


def test_every_second_week_alone_is_refused() -> None:
    rules = pattern(rule("Mon", "10:00", every=2), cycle_from=date(2026, 6, 1))
    with pytest.raises(ShiftRefused, match=r"Mon 1 Jun 10:00 would last until Mon 15 Jun 10:00: more than 7 days"):
        generate(rules, date(2026, 6, 1), date(2026, 6, 15))


def test_a_one_off_cuts_the_shift_it_covers() -> None:
    one_off = OneOff(local("2026-06-02 12:00"), local("2026-06-02 18:00"))
    found = generate(pattern(rule("Daily", "09:00"), one_offs=(one_off,)), date(2026, 6, 2), date(2026, 6, 3))
    assert lines(found.shifts) == ["Tue 09:00 3h weekday", "Tue 12:00 6h weekday", "Tue 18:00 15h weekday"]
