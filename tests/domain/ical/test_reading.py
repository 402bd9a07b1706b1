"""What every reading promises, whatever the calendar."""

import gc
import pickle
from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from bench.differential import Seeded
from bench.fuzz import mutated, outcome, seeds
from bench.odd import calendar as odd
from bench.odd import window
from oncall_ui.domain.availability.window import Window
from oncall_ui.domain.ical import Limits, read
from oncall_ui.domain.ical.expansion import Expansion
from oncall_ui.domain.ical.parsing.scan import scan
from oncall_ui.domain.ical.parsing.source import Source
from oncall_ui.domain.imports.events import Reading
from oncall_ui.domain.imports.failures import Unreadable
from tests.domain.ical.sources import WEEK, calendar, event, messages, spans

UTC_ZONE = ZoneInfo("UTC")


@pytest.mark.slow
def test_leaving_out_what_the_window_cannot_touch_changes_nothing() -> None:
    left_out = 0
    for seed in range(1_500):
        choose = Seeded(seed)
        data, within = odd(choose), window(choose)
        everything = scan(Source(data), lambda _: False, Limits(), lambda _: None)
        expansion = Expansion(everything, within, None, UTC_ZONE, Limits())
        some = read(data, within)
        assert some.occurrences == expansion.reading(expansion.groups).occurrences, seed
        left_out += not some.occurrences
    assert left_out > 100


@pytest.mark.slow
def test_a_straightened_calendar_reads_the_same() -> None:
    for seed in range(500):
        choose = Seeded(seed)
        data, within = odd(choose), window(choose)
        crooked = data.replace(b"BEGIN:VEVENT", b"begin:vevent").replace(b"\r\nDTSTART", b"\r\n\r\nDtStart")
        assert read(crooked, within).occurrences == read(data, within).occurrences, seed


@pytest.mark.slow
def test_occurrences_are_sorted_and_touch_the_window() -> None:
    for seed in range(500):
        choose = Seeded(seed)
        data, within = odd(choose), window(choose)
        found = read(data, within).occurrences
        assert found == sorted(found, key=lambda at: (at.start, at.end, at.event.uid))
        for at in found:
            assert at.starts_at < within.end
            assert at.ends_at > within.start or at.starts_at >= within.start


def test_sorting_holds_for_long_events_and_far_windows() -> None:
    long = event("DURATION:P3650D", uid="long", start="DTSTART:20201202T090000Z")
    found = read(calendar(event(uid="b"), long, event(uid="a")), WEEK).occurrences
    assert [at.event.uid for at in found] == ["long", "a", "b"]
    far = Window(datetime(2300, 1, 1, tzinfo=UTC), datetime(2300, 1, 3, tzinfo=UTC))
    daily = [event("RRULE:FREQ=DAILY", uid=uid) for uid in ("b", "a")]
    assert [at.event.uid for at in read(calendar(*daily), far).occurrences] == ["a", "b", "a", "b"]


def test_the_window_is_half_open() -> None:
    hour = timedelta(hours=1)
    start = datetime(2026, 12, 2, 9, tzinfo=UTC)
    source = calendar(event())
    assert not read(source, Window(start - hour, start)).occurrences
    assert read(source, Window(start - hour, start + timedelta(seconds=1))).occurrences
    assert read(source, Window(start + hour - timedelta(seconds=1), start + 2 * hour)).occurrences
    assert not read(source, Window(start + hour, start + 2 * hour)).occurrences


def test_an_event_without_length_is_listed_where_it_starts() -> None:
    source = calendar(event("DURATION:PT0S"))
    start = datetime(2026, 12, 2, 9, tzinfo=UTC)
    assert spans(read(source, Window(start, start + timedelta(hours=1)))) == ["02 09:00 02 09:00"]
    assert not read(source, Window(start - timedelta(hours=1), start)).occurrences


def test_a_reading_can_cross_to_another_process() -> None:
    reading = read(calendar(event("ATTENDEE:mailto:a@example.org", "RRULE:FREQ=DAILY"), event(uid="b")), WEEK)
    assert pickle.loads(pickle.dumps(reading)) == reading


def test_a_group_is_read_as_one_wherever_its_events_stand() -> None:
    series = event("RRULE:FREQ=DAILY;COUNT=3")
    moved = event("RECURRENCE-ID:20261203T090000Z", start="DTSTART:20270303T090000Z")
    others = [event(uid=f"other-{number}") for number in range(3)]
    for order in ([series, *others, moved], [moved, *others, series]):
        own = [at for at in read(calendar(*order), WEEK).occurrences if at.event.uid == "a"]
        assert [at.starts_at.day for at in own] == [2, 4]


def test_a_newer_version_outside_the_window_takes_the_old_one_away() -> None:
    newer = event("SEQUENCE:1", start="DTSTART:20280101T090000Z")
    assert not read(calendar(event(), newer), WEEK).occurrences


@pytest.mark.slow
def test_nothing_but_a_refusal_comes_out_of_mutated_calendars() -> None:
    found = seeds([])
    for number in range(4_000):
        random = Random(number)
        data = mutated(random, found)
        assert isinstance(outcome(random, data), Reading | Unreadable)


def test_a_change_without_a_start_stands_where_it_was() -> None:
    series = event("RRULE:FREQ=DAILY;COUNT=3")
    change = "BEGIN:VEVENT\r\nUID:a\r\nRECURRENCE-ID:20261203T090000Z\r\nSTATUS:CANCELLED\r\nEND:VEVENT"
    reading = read(calendar(series, change), WEEK)
    assert spans(reading) == ["02 09:00 02 10:00", "03 09:00 03 10:00", "04 09:00 04 10:00"]
    assert [at.event.cancelled for at in reading.occurrences] == [False, True, False]
    assert reading.problems == []


def test_an_exception_nobody_can_read_is_told_and_costs_nothing_else() -> None:
    reading = read(calendar(event("RRULE:FREQ=DAILY;COUNT=3", "EXDATE:20261203T090000Z,20269999")), WEEK)
    assert spans(reading) == ["02 09:00 02 10:00", "04 09:00 04 10:00"]
    assert messages(reading) == ["“20269999” is no date. So one of its exceptions is left aside."]


def test_one_uid_for_everything_is_told_once() -> None:
    reading = read(calendar(*(event(start=f"DTSTART:2026120{day}T090000Z") for day in (2, 3, 4))), WEEK)
    assert len(reading.occurrences) == 3
    assert messages(reading) == ["2 other events have the same UID; all are read."]


def test_an_empty_rule_is_none() -> None:
    reading = read(calendar(event("RRULE:")), WEEK)
    assert (spans(reading), reading.problems) == (["02 09:00 02 10:00"], [])


def test_a_further_date_nobody_can_read_is_told_and_costs_nothing_else() -> None:
    reading = read(calendar(event("RDATE:20261204T090000Z,199709T180000Z")), WEEK)
    assert spans(reading) == ["02 09:00 02 10:00", "04 09:00 04 10:00"]
    assert messages(reading) == ["“199709T180000Z” is no date. So one of its further dates is left aside."]


def test_a_change_left_over_from_an_older_longer_series_is_gone() -> None:
    series = event("RRULE:FREQ=DAILY;UNTIL=20261203T090000Z", "SEQUENCE:2")
    left_over = event(
        "RECURRENCE-ID:20261205T090000Z", "RRULE:FREQ=DAILY", "SEQUENCE:1", start="DTSTART:20261205T120000Z"
    )
    assert spans(read(calendar(series, left_over), WEEK)) == ["02 09:00 02 10:00", "03 09:00 03 10:00"]


@pytest.mark.slow
def test_nothing_of_a_reading_stays_in_memory() -> None:
    gc.collect()
    gc.disable()
    try:
        for number in range(300):
            random = Random(number)
            outcome(random, mutated(random, seeds([])))
        assert gc.collect() == 0
    finally:
        gc.enable()


def test_a_long_duration_reaches_into_the_window_and_a_short_one_does_not() -> None:
    for length, count in (("PT1H", 0), ("PT9S", 0), ("P1D", 0), ("P700D", 1), ("PT99999H", 1), ("P99W", 1)):
        source = calendar(event(f"DURATION:{length}", start="DTSTART:20260102T090000Z"))
        assert len(read(source, WEEK).occurrences) == count, length


def test_a_timed_start_with_its_own_day_as_the_end_lasts_to_the_end_of_that_day() -> None:
    reading = read(calendar(event("DTEND;VALUE=DATE:20261202")), WEEK)
    assert spans(reading) == ["02 09:00 03 00:00"]
    later = read(calendar(event("DTEND;VALUE=DATE:20261204")), WEEK)
    assert spans(later) == ["02 09:00 04 00:00"]
