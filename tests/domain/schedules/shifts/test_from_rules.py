"""Shifts from rules: types, labels, one-offs at the edges, and odd clocks."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from oncall_ui.domain.schedules.planning.problem import NOBODY
from oncall_ui.domain.schedules.shifts.from_rules import ShiftRefused, generate
from oncall_ui.domain.schedules.shifts.rules import OneOff, Rule
from oncall_ui.domain.schedules.shifts.types import clock_label, type_of
from tests.domain.schedules.patterns import BERLIN, lines, local, pattern, rule

LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
APIA = ZoneInfo("Pacific/Apia")


@pytest.mark.parametrize(
    ("start", "end", "kind"),
    [
        ("2026-06-01 09:00", "2026-06-02 09:00", "weekday"),
        ("2026-12-24 12:00", "2026-12-25 12:00", "holiday"),
        ("2026-12-24 11:59", "2026-12-25 11:58", "weekday"),
        ("2026-06-01 09:00", "2026-06-06 09:00", "weekday"),
        ("2026-06-01 09:00", "2026-06-06 09:01", "week"),
        ("2026-06-05 12:00", "2026-06-06 12:00", "weekend"),
        ("2026-06-01 17:00", "2026-06-02 09:00", "night"),
        ("2026-06-01 16:59", "2026-06-02 09:00", "weekday"),
        ("2026-06-01 00:00", "2026-06-01 14:00", "night"),
        ("2026-06-01 00:00", "2026-06-01 14:01", "weekday"),
    ],
)
def test_the_type_follows_from_the_minutes(start: str, end: str, kind: str) -> None:
    assert type_of(local(start), local(end), BERLIN, {date(2026, 12, 25)}) == kind


def test_half_an_hour_of_clock_change_is_labelled() -> None:
    found = generate(pattern(rule("Daily", "09:00"), zone=LORD_HOWE), date(2026, 4, 4), date(2026, 4, 6))
    assert [shift.label for shift in found.shifts] == ["24.5 h: the clocks change", ""]
    assert lines(found.shifts, LORD_HOWE)[0] == "Sat 09:00 24.5h weekend"


def test_a_skipped_day_has_no_start() -> None:
    found = generate(pattern(rule("Daily", "09:00"), zone=APIA), date(2011, 12, 29), date(2012, 1, 1))
    assert lines(found.shifts, APIA) == ["Thu 09:00 24h weekday", "Sat 09:00 24h weekend"]
    assert found.warnings == ()
    label = clock_label(local("2011-12-29 09:00", APIA), local("2011-12-31 09:00", APIA), APIA)
    assert label == "24 h: the clocks change"


def test_a_weekly_start_in_the_skipped_hour_is_no_longer_than_a_week() -> None:
    found = generate(pattern(rule("Sun", "02:30")), date(2026, 3, 22), date(2026, 4, 5))
    assert lines(found.shifts) == ["Sun 02:30 168h week", "Sun 03:30 167h week"]


def test_rules_that_meet_only_in_the_skipped_hour_are_a_warning_there() -> None:
    rules = pattern(rule("Daily", "03:30", kind="late"), rule("Daily", "02:30", kind="early"))
    found = generate(rules, date(2026, 3, 28), date(2026, 4, 1))
    assert [shift.type for shift in found.shifts] == ["early", "late", "early", "early", "late", "early", "late"]
    assert found.warnings == ("Rules 1 and 2 both start a shift on Sun 29 Mar 03:30. Rule 2 counts.",)
    assert generate(rules, date(2026, 3, 30), date(2026, 4, 1)).warnings == ()


def test_the_rest_of_a_shift_that_began_before_the_span_starts_in_it() -> None:
    one_off = OneOff(local("2026-06-02 12:00"), local("2026-06-03 18:00"))
    made = pattern(rule("Mon", "10:00"), one_offs=(one_off,))
    assert lines(generate(made, date(2026, 6, 3), date(2026, 6, 8)).shifts) == ["Wed 18:00 112h week"]


def test_a_later_one_off_cuts_an_earlier_one() -> None:
    one_offs = (
        OneOff(local("2026-06-02 12:00"), local("2026-06-02 18:00"), "fair"),
        OneOff(local("2026-06-02 14:00"), local("2026-06-02 15:00"), "talk"),
    )
    found = generate(pattern(rule("Daily", "09:00"), one_offs=one_offs), date(2026, 6, 2), date(2026, 6, 3))
    assert [line.split()[1:] for line in lines(found.shifts)] == [
        ["09:00", "3h", "weekday"], ["12:00", "2h", "fair"], ["14:00", "1h", "talk"], ["15:00", "3h", "fair"],
        ["18:00", "15h", "weekday"],
    ]  # fmt: skip


def test_time_off_may_be_longer_than_a_week_and_a_shift_may_not() -> None:
    span = (local("2026-06-01 09:00"), local("2026-06-08 09:01"))
    off, shift = OneOff(*span, fills={"primary": NOBODY}), OneOff(*span)
    daily = rule("Daily", "09:00")
    found = generate(pattern(daily, one_offs=(off,)), date(2026, 6, 1), date(2026, 6, 10))
    assert lines(found.shifts) == ["Mon 09:01 23.9833h weekday", "Tue 09:00 24h weekday"]
    with pytest.raises(ShiftRefused, match="Mon 1 Jun 09:00 would last until Mon 8 Jun 09:01"):
        generate(pattern(daily, one_offs=(shift,)), date(2026, 6, 1), date(2026, 6, 10))


def test_points_are_those_of_the_rule_else_of_the_type() -> None:
    plain = rule("Daily", "09:00")
    own = Rule(frozenset({1}), plain.at, points=7)
    found = generate(pattern(plain, own), date(2026, 6, 1), date(2026, 6, 3))
    assert [shift.points for shift in found.shifts] == [1, 7]


def test_a_cycle_counts_from_the_monday_of_its_first_day() -> None:
    rules = (rule("Wed", "09:00", every=2, week=1, kind="odd"), rule("Wed", "09:00", every=2, week=2, kind="even"))
    found = generate(pattern(*rules, cycle_from=date(2026, 6, 7)), date(2026, 6, 1), date(2026, 6, 1) + timedelta(21))
    assert [shift.type for shift in found.shifts] == ["odd", "even", "odd"]


def test_a_rule_without_days_or_out_of_its_cycle_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one day"):
        Rule(frozenset(), rule("Mon", "09:00").at)
    with pytest.raises(ValueError, match="week is 1 to every"):
        rule("Mon", "09:00", every=2, week=3)
