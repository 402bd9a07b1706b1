"""Spans become days: overlaps, other time zones, several days, the edges of days and of the window."""

import sys
from collections.abc import Callable
from datetime import date, datetime, timedelta
from types import FrameType
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from oncall_ui.domain.availability.agenda import coming_up
from oncall_ui.domain.availability.day_grid import DayState, is_all_day, last_day
from oncall_ui.domain.availability.rules import Action
from tests.domain.availability.helpers import (
    BERLIN,
    CAIRO,
    FULL,
    LOS_ANGELES,
    B,
    NamedSpan,
    P,
    day,
    days,
    segments,
    span,
)


def test_the_strip_runs_from_monday_to_the_ninetieth_day() -> None:
    found = days()
    assert (found[0].date, found[-1].date, len(found)) == (date(2026, 11, 23), date(2027, 2, 21), 91)
    assert [each.date for each in found if each.is_past] == [date(2026, 11, 23)]


@pytest.mark.parametrize(("today", "past"), [(date(2026, 11, 23), 0), (date(2026, 11, 29), 6)])
def test_only_the_days_before_today_are_past(today: date, past: int) -> None:
    found = days(today=today)
    assert [each.is_past for each in found] == [True] * past + [False] * 90
    assert found[past].date == today


def test_days_without_spans_are_open_if_a_calendar_covers_them_and_else_unknown() -> None:
    found = days(known_until=date(2026, 11, 26))
    assert [each.state for each in found[:5]] == [DayState.OPEN] * 3 + [DayState.UNKNOWN] * 2
    assert all(each.segments == () for each in found)
    assert {each.state for each in days(known_until=date.min)} == {DayState.UNKNOWN}


def test_a_span_counts_even_on_days_no_calendar_covers() -> None:
    away = span("2027-02-20T12:00", "2027-03-05")
    found = days(away, known_until=date(2027, 2, 20))[-2:]
    assert [(each.state, segments(each)) for each in found] == [
        (DayState.BLOCKED_IN_PART, [(B, 12, 24)]),
        (DayState.BLOCKED, [FULL]),
    ]
    assert [each.is_unknown for each in found] == [True, False], "the block stays, the rest of its day is unknown"


def test_a_preference_does_not_make_a_day_known() -> None:
    wish = span("2026-11-26", "2026-11-27", P)
    found = next(each for each in days(wish, known_until=date.min) if each.date == date(2026, 11, 26))
    assert (found.state, found.is_unknown) == (DayState.PREFERRED, True)


@pytest.mark.parametrize(
    ("spans", "expected", "state"),
    [
        ([("14:00", "18:00", B)], [(B, 14, 18)], DayState.BLOCKED_IN_PART),
        ([("14:00", "18:00", P)], [(P, 14, 18)], DayState.PREFERRED_IN_PART),
        ([("00:00", "24:00", P)], [(P, 0, 24)], DayState.PREFERRED),
        ([("09:00", "12:00", B), ("11:00", "13:30", B)], [(B, 9, 13.5)], DayState.BLOCKED_IN_PART),
        ([("09:00", "17:00", B), ("10:00", "11:00", B)], [(B, 9, 17)], DayState.BLOCKED_IN_PART),
        ([("09:00", "12:00", B), ("12:00", "13:00", B)], [(B, 9, 13)], DayState.BLOCKED_IN_PART),
        ([("12:00", "24:00", B), ("00:00", "12:00", B)], [FULL], DayState.BLOCKED),
        ([("08:00", "20:00", P), ("12:00", "16:00", B)], [(P, 8, 12), (B, 12, 16), (P, 16, 20)], None),
        (
            [("08:00", "10:00", P), ("12:00", "14:00", P), ("09:00", "13:00", B)],
            [(P, 8, 9), (B, 9, 13), (P, 13, 14)],
            None,
        ),
        ([("08:00", "20:00", P), ("07:00", "09:00", B)], [(B, 7, 9), (P, 9, 20)], None),
        ([("08:00", "20:00", P), ("08:00", "20:00", B)], [(B, 8, 20)], None),
        ([("00:00", "24:00", P), ("00:00", "24:00", B)], [FULL], DayState.BLOCKED),
        ([("08:00", "10:00", P), ("12:00", "13:00", B)], [(P, 8, 10), (B, 12, 13)], None),
        ([("12:00", "12:00", B)], [], DayState.OPEN),
    ],
)
def test_overlaps_are_one_segment_and_a_block_hides_a_preference(
    spans: list[tuple[str, str, Action]], expected: list[tuple[Action, float, float]], state: DayState | None
) -> None:
    def at(clock: str) -> str:
        return "2026-11-26T00:00" if clock == "24:00" else f"2026-11-25T{clock}"

    found = day(date(2026, 11, 25), *(span(at(start), at(end), action) for start, end, action in spans))
    assert segments(found) == expected
    assert found.state == (state or DayState.BLOCKED_IN_PART)


def test_a_span_over_several_days_fills_those_between() -> None:
    found = days(span("2026-11-25T22:00", "2026-11-28T06:00"))
    assert [(each.date.day, segments(each)) for each in found if each.segments] == [
        (25, [(B, 22, 24)]),
        (26, [FULL]),
        (27, [FULL]),
        (28, [(B, 0, 6)]),
    ]


def test_spans_are_clipped_to_the_strip() -> None:
    found = days(span("2020-01-01", "2026-11-24"), span("2027-02-21T12:00", "2030-01-01"))
    assert [(each.date, segments(each)) for each in found if each.segments] == [
        (date(2026, 11, 23), [FULL]),
        (date(2027, 2, 21), [(B, 12, 24)]),
    ]
    outside = days(span("2020-01-01", "2026-11-23"), span("2027-02-22", "2030-01-01"))
    assert not [each for each in outside if each.segments]


def test_an_all_day_span_of_another_zone_covers_parts_of_two_days_here() -> None:
    found = days(span("2026-11-25", "2026-11-26", zone=LOS_ANGELES))
    assert [(each.date.day, each.state, segments(each)) for each in found if each.segments] == [
        (25, DayState.BLOCKED_IN_PART, [(B, 9, 24)]),
        (26, DayState.BLOCKED_IN_PART, [(B, 0, 9)]),
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
def test_all_day_spans_start_and_end_at_midnight(
    start: str, end: str, zone: ZoneInfo, whole_days: bool, last: date
) -> None:
    found = span(start, end, zone=zone)
    assert is_all_day(found.start, found.end, zone) is whole_days
    assert last_day(found.end, zone) == last


def test_an_all_day_span_of_another_zone_is_not_all_day_here() -> None:
    found = span("2026-11-25", "2026-11-26", zone=LOS_ANGELES)
    assert not is_all_day(found.start, found.end, BERLIN)


MIDNIGHT = datetime(2026, 11, 24, tzinfo=BERLIN)


def crowd(number: int) -> list[NamedSpan]:
    """So many spans of two seconds on one day, blocks and preferences in turn, with gaps between them."""
    starts = (MIDNIGHT + timedelta(seconds=4 * n) for n in range(number))
    return [NamedSpan(start, start + timedelta(seconds=2), (B, P)[n % 2]) for n, start in enumerate(starts)]


def lines_run(spans: list[NamedSpan]) -> int:
    """How many lines of Python it takes to make days and agenda lines of `spans`; the same on any machine."""
    count = 0

    def trace(_frame: FrameType, event: str, _arg: object) -> Callable[..., Any]:
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        days(*spans)
        coming_up(spans, MIDNIGHT, BERLIN)
    finally:
        sys.settrace(before)
    return count


def test_a_crowded_day_keeps_every_span_and_its_cost_grows_with_their_number() -> None:
    assert len(days(*crowd(800))[1].segments) == len(coming_up(crowd(800), MIDNIGHT, BERLIN)) == 800
    none, some, more = lines_run([]), lines_run(crowd(200)), lines_run(crowd(800))
    assert (more - none) < 5 * (some - none), "linear is 4 times, quadratic 16"


NOON, NIGHT = "2026-11-25T12:00", "2026-11-26T00:00"


def test_a_span_that_ends_at_midnight_leaves_the_next_day_open_and_one_that_starts_there_the_day_before() -> None:
    ends, starts = span(NOON, NIGHT), span(NIGHT, "2026-11-26T12:00")
    assert [(each.date.day, segments(each)) for each in days(ends) if each.segments] == [(25, [(B, 12, 24)])]
    assert [(each.date.day, segments(each)) for each in days(starts) if each.segments] == [(26, [(B, 0, 12)])]
    assert day(date(2026, 11, 26), ends).state is day(date(2026, 11, 25), starts).state is DayState.OPEN


def test_a_second_across_midnight_is_part_of_both_days() -> None:
    found = days(span("2026-11-25T23:59:59", "2026-11-26T00:00:01"))
    assert [each.date.day for each in found if each.state is DayState.BLOCKED_IN_PART] == [25, 26]


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        # A preference that touches a block keeps its whole length, on either side of it.
        ([("09:00", "12:00", P), ("12:00", "13:00", B)], [(P, 9, 12), (B, 12, 13)]),
        ([("12:00", "13:00", B), ("13:00", "15:00", P)], [(B, 12, 13), (P, 13, 15)]),
        # Between two that touch nothing is left open, nor doubled.
        ([("09:00", "10:00", P), ("10:00", "11:00", P)], [(P, 9, 11)]),
        ([("09:00", "10:00", B), ("10:00", "11:00", B), ("08:00", "12:00", P)], [(P, 8, 9), (B, 9, 11), (P, 11, 12)]),
        # Without a length a block hides nothing, and joins nothing.
        ([("09:00", "12:00", P), ("10:00", "10:00", B)], [(P, 9, 12)]),
        ([("09:00", "10:00", B), ("10:00", "10:00", B), ("10:30", "11:00", B)], [(B, 9, 10), (B, 10.5, 11)]),
        ([("00:00", "00:00", P)], []),
    ],
)
def test_touching_spans_neither_overlap_nor_leave_a_gap(
    spans: list[tuple[str, str, Action]], expected: list[tuple[Action, float, float]]
) -> None:
    found = day(date(2026, 11, 25), *(span(f"2026-11-25T{a}", f"2026-11-25T{b}", action) for a, b, action in spans))
    assert segments(found) == expected


def test_an_empty_span_on_an_edge_belongs_to_no_day() -> None:
    assert not [each for each in days(span(NIGHT, NIGHT), span(NOON, NOON, P)) if each.segments]


def test_the_day_known_until_is_the_first_unknown_one() -> None:
    edge = date(2026, 11, 26)
    found = {each.date: each.state for each in days(known_until=edge)}
    assert (found[edge - timedelta(days=1)], found[edge]) == (DayState.OPEN, DayState.UNKNOWN)
