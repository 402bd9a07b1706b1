"""Days on which the clocks change: 23 hours, 25 hours, half an hour, no midnight."""

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oncall_ui.domain.availability.day_grid import DayState
from oncall_ui.domain.availability.rules import Action
from tests.domain.availability.helpers import (
    AUCKLAND,
    BERLIN,
    CAIRO,
    FULL,
    LORD_HOWE,
    LOS_ANGELES,
    B,
    NamedSpan,
    P,
    day,
    days,
    segments,
    span,
)


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
def test_a_day_on_which_the_clocks_change_is_drawn_by_its_clock(zone: ZoneInfo, on: date) -> None:
    tomorrow = on + timedelta(days=1)
    whole = day(on, span(f"{on}", f"{tomorrow}", zone=zone), zone=zone)
    assert (whole.state, segments(whole)) == (DayState.BLOCKED, [FULL])
    morning = span(f"{on}T08:00", f"{on}T10:30", zone=zone)
    evening = span(f"{on}T20:00", f"{tomorrow}", P, zone)
    assert segments(day(on, morning, evening, zone=zone)) == [(B, 8, 10.5), (P, 20, 24)]


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2026-10-25T01:30+02:00", "2026-10-25T02:15+01:00", (B, 1.5, 3)),  # over the change
        ("2026-10-25T01:30+02:00", "2026-10-25T03:00+02:00", (B, 1.5, 3)),  # up to the change
        ("2026-10-25T02:00+01:00", "2026-10-25T05:00+01:00", (B, 2, 5)),  # from the change on
        (
            "2026-10-25T02:15+02:00",
            "2026-10-25T02:15+01:00",
            (B, 2, 3),
        ),  # an hour that starts and ends at the same clock time
    ],
)
def test_a_repeated_hour_is_one_place_on_the_clock(start: str, end: str, expected: tuple[Action, float, float]) -> None:
    assert segments(day(date(2026, 10, 25), span(start, end))) == [expected]


def test_two_spans_in_a_repeated_hour_are_drawn_over_each_other() -> None:
    first = span("2026-10-25T02:00+02:00", "2026-10-25T02:30+02:00")
    second = span("2026-10-25T02:15+01:00", "2026-10-25T02:45+01:00", P)
    assert segments(day(date(2026, 10, 25), first, second)) == [(B, 2, 2.5), (P, 2.5, 2.75)]


def test_a_span_over_a_skipped_hour_has_no_hole() -> None:
    over = span("2026-03-29T01:00", "2026-03-29T04:00")
    assert segments(day(date(2026, 3, 29), over)) == [(B, 1, 4)]


def test_half_an_hour_is_skipped_on_lord_howe() -> None:
    over = span("2026-10-04T01:00", "2026-10-04T05:00", zone=LORD_HOWE)
    assert segments(day(date(2026, 10, 4), over, zone=LORD_HOWE)) == [(B, 1, 5)]


def test_where_midnight_is_skipped_the_day_still_starts_at_0() -> None:
    on = date(2026, 4, 24)
    until_noon = span("2026-04-23T20:00", "2026-04-24T12:00", zone=CAIRO)
    assert segments(day(on, until_noon, zone=CAIRO, today=on)) == [(B, 0, 12)]


QUARTER = timedelta(minutes=15)
ANY_SPANS = st.lists(
    st.tuples(st.integers(-200, 9_000), st.integers(1, 300), st.sampled_from(Action)).map(
        lambda drawn: NamedSpan(
            datetime(2026, 9, 20, tzinfo=UTC) + drawn[0] * QUARTER,
            datetime(2026, 9, 20, tzinfo=UTC) + (drawn[0] + drawn[1]) * QUARTER,
            drawn[2],
        )
    ),
    max_size=12,
)


@pytest.mark.slow
@given(ANY_SPANS, st.sampled_from([BERLIN, LOS_ANGELES, AUCKLAND, LORD_HOWE]))
@settings(max_examples=15, deadline=None)
def test_every_quarter_of_an_hour_is_drawn_as_the_spans_say(spans: list[NamedSpan], zone: ZoneInfo) -> None:
    said: dict[tuple[date, float], set[Action]] = defaultdict(set)
    for each in spans:
        moment = each.start
        assert each.action is not None
        while moment < each.end:
            there = moment.astimezone(zone)
            said[there.date(), there.hour + there.minute / 60].add(each.action)
            moment += QUARTER
    for found in days(*spans, today=date(2026, 9, 21), zone=zone):
        for clock in (quarter / 4 for quarter in range(96)):
            drawn = [action for action, start, end in found.segments if start <= clock < end]
            expected = said[found.date, clock]
            if expected or not _is_skipped(found.date, clock, zone):
                assert drawn == ([B] if B in expected else [P] if P in expected else []), (found, clock)


def _is_skipped(on: date, clock: float, zone: ZoneInfo) -> bool:
    there = datetime(on.year, on.month, on.day, int(clock), round(clock % 1 * 60), tzinfo=zone)
    return there.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != there.replace(tzinfo=None)
