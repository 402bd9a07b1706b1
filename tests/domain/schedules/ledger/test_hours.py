"""Hours on call by month: real ones, in months of the schedule's zone."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from oncall_ui.domain.schedules.ledger.hours import HOUR, Stretch, hours_by_month

LATER = datetime(2030, 1, 1, tzinfo=UTC)


def found(zone: str, *spans: tuple[str, str], moment: datetime = LATER) -> list[tuple[str, float, float]]:
    place = ZoneInfo(zone)
    stretches = [
        Stretch(1, "primary", "weekday", datetime.fromisoformat(start), datetime.fromisoformat(end))
        for start, end in spans
    ]
    rows = hours_by_month(stretches, place, moment)
    return [(f"{row.month:%Y-%m}", float(row.hours), float(row.passed)) for row in rows]


@pytest.mark.parametrize(
    ("zone", "start", "end", "hours"),
    [
        ("Europe/Berlin", "2026-11-30T09:00+01:00", "2026-12-01T09:00+01:00", [("2026-11", 15), ("2026-12", 9)]),
        # The day the clocks go back has 25 hours, the one they go forward 23.
        ("Europe/Berlin", "2026-10-25T00:00+02:00", "2026-10-26T00:00+01:00", [("2026-10", 25)]),
        ("Europe/Berlin", "2027-03-28T00:00+01:00", "2027-03-29T00:00+02:00", [("2027-03", 23)]),
        ("Europe/Berlin", "2026-10-19T10:00+02:00", "2026-10-26T10:00+01:00", [("2026-10", 169)]),
        ("Australia/Lord_Howe", "2026-10-04T00:00+10:30", "2026-10-05T00:00+11:00", [("2026-10", 23.5)]),
        ("Australia/Lord_Howe", "2027-04-04T00:00+11:00", "2027-04-05T00:00+10:30", [("2027-04", 24.5)]),
        # In Havana midnight comes twice that night: the month begins with the first.
        ("America/Havana", "2026-10-31T12:00-04:00", "2026-11-01T12:00-05:00", [("2026-10", 12), ("2026-11", 13)]),
        ("America/New_York", "2026-10-31T12:00-04:00", "2026-11-01T12:00-05:00", [("2026-10", 12), ("2026-11", 13)]),
        # The same instants are other months elsewhere.
        ("Pacific/Kiritimati", "2026-11-30T09:00+00:00", "2026-11-30T12:00+00:00", [("2026-11", 1), ("2026-12", 2)]),
        ("Pacific/Pago_Pago", "2026-12-01T09:00+00:00", "2026-12-01T12:00+00:00", [("2026-11", 2), ("2026-12", 1)]),
        ("Asia/Kolkata", "2026-11-30T18:00+00:00", "2026-11-30T19:00+00:00", [("2026-11", 0.5), ("2026-12", 0.5)]),
        ("UTC", "2026-11-15T00:00Z", "2027-01-02T00:00Z", [("2026-11", 384), ("2026-12", 744), ("2027-01", 24)]),
        ("UTC", "2026-11-30T00:00+00:00", "2026-12-01T00:00+00:00", [("2026-11", 24)]),
        ("UTC", "2026-12-01T09:00+00:00", "2026-12-01T09:20+00:00", [("2026-12", 1 / 3)]),
    ],
)  # fmt: skip
def test_hours_are_those_that_pass(zone: str, start: str, end: str, hours: list[tuple[str, float]]) -> None:
    months, passing, passed = zip(*found(zone, (start, end)), strict=True)
    assert list(months) == [month for month, _ in hours]
    assert passing == passed == pytest.approx([each for _, each in hours])


def test_parts_add_up_and_those_that_are_over_are_known() -> None:
    spans = ("2026-12-01T09:00+00:00", "2026-12-01T14:00+00:00"), ("2026-12-02T09:00+00:00", "2026-12-02T12:00+00:00")
    for moment, passed in (
        ("2026-12-01T09:00", 0),
        ("2026-12-01T10:30", 1.5),
        ("2026-12-02T10:00", 6),
        ("2027-01-01T00:00", 8),
    ):
        at = datetime.fromisoformat(f"{moment}+00:00")
        assert found("UTC", *spans, moment=at) == [("2026-12", 8, passed)]


def test_people_roles_and_types_are_counted_apart() -> None:
    start = datetime(2026, 12, 1, 9, tzinfo=UTC)
    ways = [(1, "primary", "weekday"), (1, "primary", "night"), (1, "secondary", "weekday"), (2, "primary", "weekday")]
    rows = hours_by_month([Stretch(*each, start, start + HOUR) for each in ways], ZoneInfo("UTC"), LATER)
    assert sorted((row.participant, row.role, row.type) for row in rows) == sorted(ways)
    assert {(row.month, row.hours) for row in rows} == {(date(2026, 12, 1), Fraction(1))}


@given(
    some.sampled_from(["Europe/Berlin", "Australia/Lord_Howe", "America/Santiago", "Africa/Cairo", "Pacific/Apia"]),
    some.integers(0, 2 * 365 * 24 * 60),
    some.integers(1, 90 * 24 * 60),
)
def test_no_minute_is_lost_or_counted_twice(zone: str, start: int, minutes: int) -> None:
    begin = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=start)
    end = begin + timedelta(minutes=minutes)
    rows = hours_by_month([Stretch(1, "primary", "weekday", begin, end)], ZoneInfo(zone), begin + (end - begin) / 2)
    assert sum(row.hours for row in rows) == Fraction(minutes, 60)
    assert sum(row.passed for row in rows) == Fraction(minutes, 120)
    assert len({row.month for row in rows}) == len(rows)
