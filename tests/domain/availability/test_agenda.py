"""Entries become lines: sorted, what overlaps on a day together, what is over left out."""

from datetime import UTC, date, datetime

from oncall_ui.domain.availability.agenda import coming_up
from oncall_ui.domain.availability.day_grid import Standing
from tests.domain.availability.helpers import BERLIN, LOS_ANGELES, P, day, piece


def test_what_comes_up_is_sorted_and_leaves_out_what_is_over() -> None:
    now = datetime(2026, 11, 24, 13, tzinfo=UTC)
    later = piece("2026-11-25T09:30", "2026-11-25T10:00")
    running = piece("2026-11-02", "2026-12-01")
    just_over = piece("2026-11-24T13:00", "2026-11-24T14:00")
    sooner = piece("2026-11-25T09:00", "2026-11-25T09:30")
    found = coming_up([later, just_over, running, sooner], now, BERLIN)
    assert [line.entries for line in found] == [(running,), (sooner,), (later,)]


def test_what_overlaps_on_a_day_and_counts_as_the_same_is_one_line() -> None:
    span = ("2026-11-25T09:00", "2026-11-25T10:00")
    work, climbing, preferred = piece(*span), piece(*span, calendar="Climbing"), piece(*span, P)
    longer = piece("2026-11-25T09:30", "2026-11-25T11:00")
    inside = piece("2026-11-25T09:45", "2026-11-25T10:15")
    after = piece("2026-11-25T11:00", "2026-11-25T12:00")
    found = coming_up([longer, inside, after, work, preferred, climbing], datetime(2026, 11, 24, tzinfo=UTC), BERLIN)
    assert [line.entries for line in found] == [(preferred,), (work, climbing, longer, inside), (after,)]
    assert (found[1].start, found[1].end) == (work.start, longer.end)
    assert (found[0].start, found[0].end) == (preferred.start, preferred.end)


def test_what_began_on_another_day_has_a_line_of_its_own() -> None:
    away, evening = piece("2026-11-23", "2026-12-01"), piece("2026-11-25T19:00", "2026-11-25T22:00")
    night = piece("2026-11-25T21:00", "2026-11-26T06:00")
    morning = piece("2026-11-26T05:00", "2026-11-26T08:00")
    lines = coming_up([away, evening, night, morning], datetime(2026, 11, 24, tzinfo=UTC), BERLIN)
    assert [line.entries for line in lines] == [(away,), (evening, night), (morning,)]
    # The same moments, where the night and the morning after are one day.
    lines = coming_up([away, evening, night, morning], datetime(2026, 11, 24, tzinfo=UTC), LOS_ANGELES)
    assert [line.entries for line in lines] == [(away,), (evening, night, morning)]


def test_what_only_informs_has_a_line_and_changes_no_day() -> None:
    holiday = piece("2026-11-25", "2026-11-26", None)
    blocked = piece("2026-11-25", "2026-11-26")
    assert day(date(2026, 11, 25), holiday).standing is Standing.OPEN
    lines = coming_up([blocked, holiday], datetime(2026, 11, 24, tzinfo=UTC), BERLIN)
    assert [line.entries for line in lines] == [(holiday,), (blocked,)]
