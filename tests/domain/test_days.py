"""Entries become days and lines: overlaps, other zones, days of 23 and 25 hours, the edges of the window."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from time import perf_counter
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oncall_ui.domain.days import Day, Standing, coming_up, is_all_day, last_day, read_until, strip
from oncall_ui.domain.rules import Action

BERLIN = ZoneInfo("Europe/Berlin")
LOS_ANGELES = ZoneInfo("America/Los_Angeles")
AUCKLAND = ZoneInfo("Pacific/Auckland")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
CAIRO = ZoneInfo("Africa/Cairo")
TODAY = date(2026, 11, 24)
"""A Tuesday."""
B, P = Action.BLOCK, Action.PREFER
FULL = (B, 0, 24)


@dataclass(frozen=True)
class Piece:
    start: datetime
    end: datetime
    action: Action
    calendar: str = "Work"


def piece(start: str, end: str, action: Action = B, zone: ZoneInfo = BERLIN, calendar: str = "Work") -> Piece:
    """`start` and `end` as a clock in `zone` shows them; with an offset they are moments."""
    moments = (datetime.fromisoformat(text) for text in (start, end))
    at = [(moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC) for moment in moments]
    return Piece(at[0], at[1], action, calendar)


def days(*pieces: Piece, today: date = TODAY, zone: ZoneInfo = BERLIN, known_until: date = date.max) -> list[Day]:
    return strip(pieces, today=today, zone=zone, known_until=known_until)


def day(on: date, *pieces: Piece, zone: ZoneInfo = BERLIN, today: date | None = None) -> Day:
    return next(found for found in days(*pieces, today=today or on, zone=zone) if found.date == on)


def segments(found: Day) -> list[tuple[Action, float, float]]:
    return [(each.action, each.start, each.end) for each in found.segments]


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
    ("zone", "on"),
    [
        (BERLIN, date(2026, 3, 29)),
        (BERLIN, date(2026, 10, 25)),
        (LOS_ANGELES, date(2026, 3, 8)),
        (LOS_ANGELES, date(2026, 11, 1)),
        (AUCKLAND, date(2026, 9, 27)),
        (AUCKLAND, date(2026, 4, 5)),
        (LORD_HOWE, date(2026, 10, 4)),
        (LORD_HOWE, date(2026, 4, 5)),
        (CAIRO, date(2026, 4, 24)),
    ],
)
def test_a_day_on_which_the_clock_turns_is_drawn_by_its_clock(zone: ZoneInfo, on: date) -> None:
    tomorrow = on + timedelta(days=1)
    whole = day(on, piece(f"{on}", f"{tomorrow}", zone=zone), zone=zone)
    assert (whole.standing, segments(whole)) == (Standing.BLOCKED, [FULL])
    morning = piece(f"{on}T08:00", f"{on}T10:30", zone=zone)
    evening = piece(f"{on}T20:00", f"{tomorrow}", P, zone)
    assert segments(day(on, morning, evening, zone=zone)) == [(B, 8, 10.5), (P, 20, 24)]


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2026-10-25T01:30+02:00", "2026-10-25T02:15+01:00", (B, 1.5, 3)),  # over the turn
        ("2026-10-25T01:30+02:00", "2026-10-25T03:00+02:00", (B, 1.5, 3)),  # up to the turn
        ("2026-10-25T02:00+01:00", "2026-10-25T05:00+01:00", (B, 2, 5)),  # from the turn on
        ("2026-10-25T02:15+02:00", "2026-10-25T02:15+01:00", (B, 2, 3)),  # an hour that begins and ends alike
    ],
)
def test_the_hour_that_comes_twice_is_one_place_on_the_clock(
    start: str, end: str, expected: tuple[Action, float, float]
) -> None:
    assert segments(day(date(2026, 10, 25), piece(start, end))) == [expected]


def test_two_entries_of_the_hour_that_comes_twice_are_drawn_as_one() -> None:
    first = piece("2026-10-25T02:00+02:00", "2026-10-25T02:30+02:00")
    second = piece("2026-10-25T02:15+01:00", "2026-10-25T02:45+01:00", P)
    assert segments(day(date(2026, 10, 25), first, second)) == [(B, 2, 2.5), (P, 2.5, 2.75)]


def test_an_entry_over_the_hour_that_is_skipped_has_no_hole() -> None:
    over = piece("2026-03-29T01:00", "2026-03-29T04:00")
    assert segments(day(date(2026, 3, 29), over)) == [(B, 1, 4)]


def test_half_an_hour_is_skipped_on_lord_howe() -> None:
    over = piece("2026-10-04T01:00", "2026-10-04T05:00", zone=LORD_HOWE)
    assert segments(day(date(2026, 10, 4), over, zone=LORD_HOWE)) == [(B, 1, 5)]


def test_where_midnight_is_skipped_the_day_still_begins_at_the_top() -> None:
    on = date(2026, 4, 24)
    until_noon = piece("2026-04-23T20:00", "2026-04-24T12:00", zone=CAIRO)
    assert segments(day(on, until_noon, zone=CAIRO, today=on)) == [(B, 0, 12)]


QUARTER = timedelta(minutes=15)
ANY_PIECES = st.lists(
    st.tuples(st.integers(-200, 9_000), st.integers(1, 300), st.sampled_from(Action)).map(
        lambda drawn: Piece(
            datetime(2026, 9, 20, tzinfo=UTC) + drawn[0] * QUARTER,
            datetime(2026, 9, 20, tzinfo=UTC) + (drawn[0] + drawn[1]) * QUARTER,
            drawn[2],
        )
    ),
    max_size=12,
)


@given(ANY_PIECES, st.sampled_from([BERLIN, LOS_ANGELES, AUCKLAND, LORD_HOWE]))
@settings(max_examples=15, deadline=None)
def test_every_quarter_of_an_hour_is_drawn_as_the_entries_say(pieces: list[Piece], zone: ZoneInfo) -> None:
    said: dict[tuple[date, float], set[Action]] = defaultdict(set)
    for each in pieces:
        moment = each.start
        while moment < each.end:
            there = moment.astimezone(zone)
            said[there.date(), there.hour + there.minute / 60].add(each.action)
            moment += QUARTER
    for found in days(*pieces, today=date(2026, 9, 21), zone=zone):
        for clock in (quarter / 4 for quarter in range(96)):
            drawn = [action for action, start, end in found.segments if start <= clock < end]
            expected = said[found.date, clock]
            if expected or not _is_skipped(found.date, clock, zone):
                assert drawn == ([B] if B in expected else [P] if P in expected else []), (found, clock)


def _is_skipped(on: date, clock: float, zone: ZoneInfo) -> bool:
    there = datetime(on.year, on.month, on.day, int(clock), round(clock % 1 * 60), tzinfo=zone)
    return there.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != there.replace(tzinfo=None)


def test_what_comes_up_is_sorted_and_leaves_out_what_is_over() -> None:
    now = datetime(2026, 11, 24, 13, tzinfo=UTC)
    later = piece("2026-11-25T09:00", "2026-11-25T10:00")
    running = piece("2026-11-02", "2026-12-01")
    just_over = piece("2026-11-24T13:00", "2026-11-24T14:00")
    shorter = piece("2026-11-25T09:00", "2026-11-25T09:30")
    found = coming_up([later, just_over, running, shorter], now)
    assert [line.entries for line in found] == [(running,), (shorter,), (later,)]


def test_the_same_span_in_several_calendars_is_one_line() -> None:
    span = ("2026-11-25T09:00", "2026-11-25T10:00")
    work, climbing, preferred = piece(*span), piece(*span, calendar="Climbing"), piece(*span, P)
    longer = piece("2026-11-25T09:00", "2026-11-25T11:00")
    found = coming_up([work, preferred, climbing, longer], datetime(2026, 11, 24, tzinfo=UTC))
    assert [line.entries for line in found] == [(work, climbing), (preferred,), (longer,)]


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


def test_twenty_thousand_entries_cost_less_than_a_second() -> None:
    midnight = datetime(2026, 11, 24, tzinfo=UTC)
    many = [
        Piece(midnight + timedelta(minutes=6 * n), midnight + timedelta(minutes=6 * n + 4), (B, P)[n % 2])
        for n in range(20_000)
    ]
    began = perf_counter()
    found, lines = days(*many), coming_up(many, midnight)
    assert perf_counter() - began < 1
    assert (len(lines), len(found[1].segments), found[1].segments[0].start) == (20_000, 230, 1)
