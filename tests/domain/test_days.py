"""Entries become days and lines: overlaps, other zones, several days, the edges of the window."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from oncall_ui.domain.days import Standing, is_all_day, last_day, read_until
from oncall_ui.domain.lines import coming_up
from oncall_ui.domain.rules import Action
from tests.domain.pieces import BERLIN, CAIRO, FULL, LOS_ANGELES, B, P, Piece, day, days, piece, segments
from tests.growth import is_linear


def test_the_strip_runs_from_monday_to_the_ninetieth_day() -> None:
    found = days()
    assert (found[0].date, found[-1].date, len(found)) == (date(2026, 11, 23), date(2027, 2, 21), 91)
    assert [each.date for each in found if each.is_past] == [date(2026, 11, 23)]


@pytest.mark.parametrize(("today", "past"), [(date(2026, 11, 23), 0), (date(2026, 11, 29), 6)])
def test_only_the_days_before_today_are_past(today: date, past: int) -> None:
    found = days(today=today)
    assert [each.is_past for each in found] == [True] * past + [False] * 90
    assert found[past].date == today


def test_without_entries_days_that_were_read_are_open_and_others_unknown() -> None:
    found = days(known_until=date(2026, 11, 26))
    assert [each.standing for each in found[:5]] == [Standing.OPEN] * 3 + [Standing.UNKNOWN] * 2
    assert all(each.segments == () for each in found)
    assert {each.standing for each in days(known_until=date.min)} == {Standing.UNKNOWN}


def test_what_an_entry_says_of_a_day_nobody_read_still_counts() -> None:
    away = piece("2027-02-20T12:00", "2027-03-05")
    assert [(each.standing, segments(each)) for each in days(away, known_until=date(2027, 2, 20))[-2:]] == [
        (Standing.BLOCKED_IN_PART, [(B, 12, 24)]),
        (Standing.BLOCKED, [FULL]),
    ]


@pytest.mark.parametrize(
    ("pieces", "expected", "standing"),
    [
        ([("14:00", "18:00", B)], [(B, 14, 18)], Standing.BLOCKED_IN_PART),
        ([("14:00", "18:00", P)], [(P, 14, 18)], Standing.PREFERRED_IN_PART),
        ([("00:00", "24:00", P)], [(P, 0, 24)], Standing.PREFERRED),
        ([("09:00", "12:00", B), ("11:00", "13:30", B)], [(B, 9, 13.5)], Standing.BLOCKED_IN_PART),
        ([("09:00", "17:00", B), ("10:00", "11:00", B)], [(B, 9, 17)], Standing.BLOCKED_IN_PART),
        ([("09:00", "12:00", B), ("12:00", "13:00", B)], [(B, 9, 13)], Standing.BLOCKED_IN_PART),
        ([("12:00", "24:00", B), ("00:00", "12:00", B)], [FULL], Standing.BLOCKED),
        ([("08:00", "20:00", P), ("12:00", "16:00", B)], [(P, 8, 12), (B, 12, 16), (P, 16, 20)], None),
        (
            [("08:00", "10:00", P), ("12:00", "14:00", P), ("09:00", "13:00", B)],
            [(P, 8, 9), (B, 9, 13), (P, 13, 14)],
            None,
        ),
        ([("08:00", "20:00", P), ("07:00", "09:00", B)], [(B, 7, 9), (P, 9, 20)], None),
        ([("08:00", "20:00", P), ("08:00", "20:00", B)], [(B, 8, 20)], None),
        ([("00:00", "24:00", P), ("00:00", "24:00", B)], [FULL], Standing.BLOCKED),
        ([("08:00", "10:00", P), ("12:00", "13:00", B)], [(P, 8, 10), (B, 12, 13)], None),
        ([("12:00", "12:00", B)], [], Standing.OPEN),
    ],
)
def test_overlaps_are_one_segment_and_a_block_hides_a_preference(
    pieces: list[tuple[str, str, Action]], expected: list[tuple[Action, float, float]], standing: Standing | None
) -> None:
    def at(clock: str) -> str:
        return "2026-11-26T00:00" if clock == "24:00" else f"2026-11-25T{clock}"

    found = day(date(2026, 11, 25), *(piece(at(start), at(end), action) for start, end, action in pieces))
    assert segments(found) == expected
    assert found.standing == (standing or Standing.BLOCKED_IN_PART)


def test_an_entry_over_several_days_fills_those_between() -> None:
    found = days(piece("2026-11-25T22:00", "2026-11-28T06:00"))
    assert [(each.date.day, segments(each)) for each in found if each.segments] == [
        (25, [(B, 22, 24)]),
        (26, [FULL]),
        (27, [FULL]),
        (28, [(B, 0, 6)]),
    ]


def test_entries_are_cut_at_both_edges_of_the_strip() -> None:
    found = days(piece("2020-01-01", "2026-11-24"), piece("2027-02-21T12:00", "2030-01-01"))
    assert [(each.date, segments(each)) for each in found if each.segments] == [
        (date(2026, 11, 23), [FULL]),
        (date(2027, 2, 21), [(B, 12, 24)]),
    ]
    outside = days(piece("2020-01-01", "2026-11-23"), piece("2027-02-22", "2030-01-01"))
    assert not [each for each in outside if each.segments]


def test_an_all_day_entry_of_another_zone_covers_parts_of_two_days_here() -> None:
    found = days(piece("2026-11-25", "2026-11-26", zone=LOS_ANGELES))
    assert [(each.date.day, each.standing, segments(each)) for each in found if each.segments] == [
        (25, Standing.BLOCKED_IN_PART, [(B, 9, 24)]),
        (26, Standing.BLOCKED_IN_PART, [(B, 0, 9)]),
    ]


@pytest.mark.parametrize(
    ("start", "end", "zone", "whole_days", "last"),
    [
        ("2026-11-25", "2026-11-26", BERLIN, True, date(2026, 11, 25)),
        ("2026-11-25", "2026-11-29", BERLIN, True, date(2026, 11, 28)),
        ("2026-10-25", "2026-10-26", BERLIN, True, date(2026, 10, 25)),
        ("2026-04-24", "2026-04-25", CAIRO, True, date(2026, 4, 24)),
        ("2026-11-25", "2026-11-25T23:59", BERLIN, False, date(2026, 11, 25)),
        ("2026-11-25T00:30", "2026-11-26", BERLIN, False, date(2026, 11, 25)),
        ("2026-11-25T22:00", "2026-11-26T06:00", BERLIN, False, date(2026, 11, 26)),
    ],
)
def test_whole_days_are_told_from_hours(start: str, end: str, zone: ZoneInfo, whole_days: bool, last: date) -> None:
    found = piece(start, end, zone=zone)
    assert is_all_day(found.start, found.end, zone) is whole_days
    assert last_day(found.end, zone) == last


def test_an_all_day_entry_of_another_zone_is_not_all_day_here() -> None:
    found = piece("2026-11-25", "2026-11-26", zone=LOS_ANGELES)
    assert not is_all_day(found.start, found.end, BERLIN)


def test_what_is_known_reaches_ninety_days_from_the_last_reading() -> None:
    late = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)  # already the 24th in Berlin
    assert read_until([None, late, late - timedelta(days=3)], BERLIN) == date(2027, 2, 22)
    assert read_until([late], LOS_ANGELES) == date(2027, 2, 21)
    assert read_until([None], BERLIN) == read_until([], BERLIN) == date.min


def test_a_crowded_day_costs_no_more_than_its_entries_are_many() -> None:
    midnight = datetime(2026, 11, 24, tzinfo=BERLIN)
    many = [
        Piece(midnight + timedelta(seconds=4 * n), midnight + timedelta(seconds=4 * n + 2), (B, P)[n % 2])
        for n in range(20_000)
    ]

    def draw(size: int) -> None:
        found, lines = days(*many[:size]), coming_up(many[:size], midnight, BERLIN)
        assert (len(found[1].segments), len(lines)) == (size, size)

    assert is_linear(draw, len(many))
