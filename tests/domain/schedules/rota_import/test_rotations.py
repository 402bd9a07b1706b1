"""Rotations of Opsgenie as rules of ours, and what can't be said by them."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oncall_ui.domain.schedules.planning.problem import FillKind
from oncall_ui.domain.schedules.rota_import.rotations import (
    DAY,
    Rotation,
    Turn,
    rules_of_rotations,
    window_of_week,
    windows_of_day,
    with_roles,
)
from oncall_ui.domain.schedules.shifts.from_rules import Pattern, ShiftRefused, generate
from oncall_ui.domain.schedules.shifts.rules import DAY_NAMES

MONDAY_10 = datetime(2025, 1, 6, 9, tzinfo=UTC)
"""10:00 in Berlin."""


def said(*rotations: Rotation) -> list[str]:
    """`Mon 10:00`, with `off` where nobody is wanted."""
    rules = rules_of_rotations(rotations, "Europe/Berlin").rules
    return [
        f"{','.join(DAY_NAMES[day] for day in sorted(rule.days))} {rule.at:%H:%M}{' off' if rule.fills else ''}"
        for rule in sorted(rules, key=lambda rule: (rule.at, sorted(rule.days)))
    ]


def rotation(turn: Turn = Turn.WEEKLY, length: int = 1, windows: tuple[tuple[int, int], ...] = ()) -> Rotation:
    return Rotation("Rota", MONDAY_10, "Europe/Berlin", turn, length, windows)


EVERY_DAY = ",".join(DAY_NAMES)
OFFICE = tuple(window_of_week(day * DAY + 9 * 60, day * DAY + 17 * 60) for day in range(5))


@pytest.mark.parametrize(
    ("rotations", "rules"),
    [
        ([rotation()], ["Mon 10:00"]),
        ([rotation(Turn.DAILY)], [f"{EVERY_DAY} 10:00"]),
        ([rotation(Turn.DAILY, 7)], ["Mon 10:00"]),
        ([rotation(Turn.HOURLY, 12)], [f"{EVERY_DAY} 10:00", f"{EVERY_DAY} 22:00"]),
        ([rotation(Turn.DAILY, windows=windows_of_day(9 * 60, 17 * 60))],
         [f"{EVERY_DAY} 09:00", f"{EVERY_DAY} 10:00", f"{EVERY_DAY} 17:00 off"]),
        ([rotation(Turn.WEEKLY, windows=OFFICE)],
         ["Mon,Tue,Wed,Thu,Fri 09:00", "Mon 10:00", "Mon,Tue,Wed,Thu,Fri 17:00 off"]),
        ([rotation(Turn.WEEKLY, windows=(window_of_week(4 * DAY + 17 * 60, 9 * 60),))], ["Mon 09:00 off", "Fri 17:00"]),
        ([rotation(Turn.DAILY, windows=windows_of_day(22 * 60, 6 * 60))],
         [f"{EVERY_DAY} 06:00 off", f"{EVERY_DAY} 22:00"]),
        ([], []),
    ],
)  # fmt: skip
def test_days_and_hours_map(rotations: list[Rotation], rules: list[str]) -> None:
    assert said(*rotations) == rules


def test_day_and_night_rotations_leave_no_time_off() -> None:
    day = rotation(Turn.DAILY, windows=windows_of_day(10 * 60, 22 * 60))
    night = Rotation("Night", MONDAY_10, "Europe/Berlin", Turn.DAILY, 1, windows_of_day(22 * 60, 10 * 60))
    assert said(day, night) == [f"{EVERY_DAY} 10:00", f"{EVERY_DAY} 22:00"]


@pytest.mark.parametrize(
    ("one", "says"),
    [
        (rotation(Turn.WEEKLY, 2), "changes every 2 weeks"),
        (rotation(Turn.DAILY, 3), "changes every 3 days"),
        (rotation(Turn.HOURLY, 7), "changes every 7 hours"),
        (rotation(Turn.WEEKLY, windows=OFFICE), "keeps one person for all of its week"),
        (Rotation("R", MONDAY_10, "UTC", Turn.DAILY), "has times in UTC"),
    ],
)
def test_what_doesnt_map_is_said(one: Rotation, says: str) -> None:
    (note,) = rules_of_rotations([one], "Europe/Berlin").notes
    assert says in note


half_hours = st.integers(0, 7 * 48 - 1).map(lambda number: number * 30)
windows = st.lists(st.builds(window_of_week, half_hours, half_hours), max_size=4).map(tuple)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.builds(rotation, st.sampled_from(Turn), st.integers(1, 24), windows), min_size=1, max_size=3))
def test_shifts_are_where_a_rotation_covers(rotations: list[Rotation]) -> None:
    rules = with_roles(rules_of_rotations(rotations, "Europe/Berlin").rules, ("primary",))
    first = date(2026, 6, 1)
    pattern = Pattern(ZoneInfo("UTC"), ("primary",), rules, first)
    try:
        shifts = generate(pattern, first, first + timedelta(days=7)).shifts
    except ShiftRefused:
        return
    monday = datetime(2026, 6, 1, tzinfo=UTC)
    for half in range(7 * 48):
        minute = half * 30
        at = monday + timedelta(minutes=minute)
        covered = any(
            not each.windows or any(a <= minute < b or a <= minute + 7 * DAY < b for a, b in each.windows)
            for each in rotations
        )
        on = any(shift.start <= at < shift.end and shift.fills["primary"].kind is FillKind.BEST for shift in shifts)
        if minute >= min((int((shift.start - monday).total_seconds() // 60) for shift in shifts), default=0):
            assert on == covered
