"""Spans become agenda lines: sorted, overlapping ones of a day together, past ones left out."""

from datetime import UTC, date, datetime, timedelta

from oncall_ui.domain.availability.agenda import coming_up
from oncall_ui.domain.availability.day_grid import DayState
from tests.domain.availability.helpers import BERLIN, LOS_ANGELES, P, day, span


def test_lines_are_sorted_and_leave_out_what_is_over() -> None:
    now = datetime(2026, 11, 24, 13, tzinfo=UTC)
    later = span("2026-11-25T09:30", "2026-11-25T10:00")
    running = span("2026-11-02", "2026-12-01")
    just_over = span("2026-11-24T13:00", "2026-11-24T14:00")
    sooner = span("2026-11-25T09:00", "2026-11-25T09:30")
    found = coming_up([later, just_over, running, sooner], now, BERLIN)
    assert [line.spans for line in found] == [(running,), (sooner,), (later,)]


def test_overlapping_spans_of_one_action_and_day_are_one_line() -> None:
    hour = ("2026-11-25T09:00", "2026-11-25T10:00")
    work, climbing, preferred = span(*hour), span(*hour, calendar="Climbing"), span(*hour, P)
    longer = span("2026-11-25T09:30", "2026-11-25T11:00")
    inside = span("2026-11-25T09:45", "2026-11-25T10:15")
    after = span("2026-11-25T11:00", "2026-11-25T12:00")
    found = coming_up([longer, inside, after, work, preferred, climbing], datetime(2026, 11, 24, tzinfo=UTC), BERLIN)
    assert [line.spans for line in found] == [(preferred,), (work, climbing, longer, inside), (after,)]
    assert (found[1].start, found[1].end) == (work.start, longer.end)
    assert (found[0].start, found[0].end) == (preferred.start, preferred.end)


def test_a_span_that_started_on_another_day_has_its_own_line() -> None:
    away, evening = span("2026-11-23", "2026-12-01"), span("2026-11-25T19:00", "2026-11-25T22:00")
    night = span("2026-11-25T21:00", "2026-11-26T06:00")
    morning = span("2026-11-26T05:00", "2026-11-26T08:00")
    lines = coming_up([away, evening, night, morning], datetime(2026, 11, 24, tzinfo=UTC), BERLIN)
    assert [line.spans for line in lines] == [(away,), (evening, night), (morning,)]
    # The same moments, where the night and the morning after are one day.
    lines = coming_up([away, evening, night, morning], datetime(2026, 11, 24, tzinfo=UTC), LOS_ANGELES)
    assert [line.spans for line in lines] == [(away,), (evening, night, morning)]


def test_a_span_without_an_action_has_a_line_and_changes_no_day() -> None:
    holiday = span("2026-11-25", "2026-11-26", None)
    blocked = span("2026-11-25", "2026-11-26")
    assert day(date(2026, 11, 25), holiday).state is DayState.OPEN
    lines = coming_up([blocked, holiday], datetime(2026, 11, 24, tzinfo=UTC), BERLIN)
    assert [line.spans for line in lines] == [(holiday,), (blocked,)]


def test_a_span_is_over_at_the_instant_it_ends() -> None:
    until_ten = span("2026-11-25T09:00", "2026-11-25T10:00")
    assert [line.spans for line in coming_up([until_ten], until_ten.end - timedelta(seconds=1), BERLIN)] == [
        (until_ten,)
    ]
    assert coming_up([until_ten], until_ten.end, BERLIN) == []


def test_touching_spans_stay_separate_lines_and_an_empty_one_joins_none() -> None:
    first, second = span("2026-11-25T09:00", "2026-11-25T10:00"), span("2026-11-25T10:00", "2026-11-25T11:00")
    empty = span("2026-11-25T10:00", "2026-11-25T10:00", calendar="Empty")
    found = coming_up([second, first, empty], datetime(2026, 11, 24, tzinfo=UTC), BERLIN)
    assert [(line.spans, line.start, line.end) for line in found] == [
        ((first,), first.start, first.end),
        ((empty,), empty.start, empty.end),
        ((second,), second.start, second.end),
    ]


def test_a_line_lasts_as_long_as_its_longest_span() -> None:
    long, short = span("2026-11-25T09:00", "2026-11-25T18:00"), span("2026-11-25T09:30", "2026-11-25T10:00")
    late = span("2026-11-25T17:59", "2026-11-25T18:00")
    (line,) = coming_up([late, short, long], datetime(2026, 11, 24, tzinfo=UTC), BERLIN)
    assert (line.spans, line.end) == ((long, short, late), long.end)
