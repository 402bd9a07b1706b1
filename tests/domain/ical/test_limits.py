"""No calendar, however hostile, takes more than its share."""

import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from oncall_ui.domain.availability.window import Window
from oncall_ui.domain.ical import Limits, read
from oncall_ui.domain.imports.failures import Unreadable
from tests.domain.ical.sources import WEEK, calendar, event, messages
from tests.growth import is_linear

pytestmark = pytest.mark.slow  # hostile calendars

QUARTER = Window(datetime(2026, 12, 1, tzinfo=UTC), datetime(2027, 3, 1, tzinfo=UTC))
ALL_DAY_LONG = "BYHOUR=" + ",".join(map(str, range(24))) + ";BYMINUTE=" + ",".join(map(str, range(60)))
ENDLESS = 60
"""Seconds of computing: a small part of what following such a rule to its end would take, on any machine."""


def test_a_series_gives_so_many_instances_and_says_so() -> None:
    reading = read(calendar(event("RRULE:FREQ=HOURLY;BYMINUTE=0,30")), QUARTER)
    assert len(reading.occurrences) == 2_208
    assert reading.occurrences[0].starts_at == datetime(2026, 12, 2, 9, tzinfo=UTC)
    assert messages(reading) == ["It repeats more than 2,208 times here; only the first ones are read."]
    week = read(calendar(event("RRULE:FREQ=MINUTELY;COUNT=99999")), WEEK)
    assert messages(week) == ["It repeats more than 2,000 times here; only the first ones are read."]


def test_a_series_that_is_no_more_than_hourly_is_never_cut() -> None:
    reading = read(calendar(event("RRULE:FREQ=HOURLY", start="DTSTART:20000101T000000Z")), QUARTER)
    assert (len(reading.occurrences), messages(reading)) == (24 * 90, [])


def test_a_calendar_gives_at_most_its_limit_of_occurrences() -> None:
    many = calendar(*(event("RRULE:FREQ=DAILY", uid=str(number)) for number in range(20)))
    with pytest.raises(Unreadable, match="repeat more than 1,000 times"):
        read(many, QUARTER, limits=Limits(occurrences=1_000))


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MINUTELY;INTERVAL=7",
        "FREQ=MINUTELY;COUNT=999999999",
        "FREQ=SECONDLY;UNTIL=99991231T235959Z",
        "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=29;BYHOUR=3;BYMINUTE=4;BYSECOND=5;COUNT=999999",
        "FREQ=SECONDLY;BYSECOND=59;BYYEARDAY=-366;COUNT=5",
        "FREQ=MINUTELY;BYWEEKNO=53,-53;BYDAY=MO;COUNT=9;BYSETPOS=-1",
        "FREQ=WEEKLY;BYYEARDAY=366;COUNT=99999",
        "FREQ=MONTHLY;BYWEEKNO=53;COUNT=99999",
        "FREQ=DAILY;COUNT=999999999999",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=5",
        "FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30;COUNT=5",
        "FREQ=YEARLY;BYWEEKNO=53;BYDAY=MO;BYMONTH=6",
        "FREQ=YEARLY;BYWEEKNO=53;BYDAY=MO;BYMONTH=6;COUNT=99",
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;COUNT=99999999",
        f"FREQ=DAILY;{ALL_DAY_LONG};BYSECOND=" + ",".join(map(str, range(60))),
        f"FREQ=DAILY;{ALL_DAY_LONG};COUNT=100000000",
        f"FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;{ALL_DAY_LONG};BYSETPOS=-1",
        f"FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;{ALL_DAY_LONG};COUNT=99999999",
    ],
)
@pytest.mark.parametrize("length", ["DURATION:PT1M", "DURATION:P99999W"])
def test_a_hostile_series_is_over_at_once(rule: str, length: str) -> None:
    assert_over_at_once(rule, length, Limits(series_steps=20_000))


@pytest.mark.slow
def test_a_hostile_series_is_over_at_once_under_the_limits_of_an_import() -> None:
    assert_over_at_once("FREQ=MONTHLY;BYWEEKNO=53;COUNT=99999", "DURATION:PT1M", Limits())


def assert_over_at_once(rule: str, length: str, limits: Limits) -> None:
    source = calendar(
        event(f"RRULE:{rule}", length, start="DTSTART;TZID=Europe/Berlin:00040101T000000"), event(uid="b")
    )
    before = time.process_time()
    reading = read(source, QUARTER, limits=limits)
    assert time.process_time() - before < ENDLESS
    assert reading.occurrences[-1].event.uid in ("a", "b")
    assert any(at.event.uid == "b" for at in reading.occurrences)


def test_many_hostile_series_share_one_budget() -> None:
    rule = "RRULE:FREQ=DAILY;BYMONTH=2;BYDAY=MO;BYMONTHDAY=29;COUNT=99"
    source = calendar(*(event(rule, uid=str(number), start="DTSTART:00040101T000000Z") for number in range(300)))
    before = time.process_time()
    reading = read(source, WEEK, limits=Limits(steps=300_000))
    assert time.process_time() - before < ENDLESS
    assert sum(problem.skipped for problem in reading.problems) == 300
    assert "takes too long" in reading.problems[0].message


def test_a_zone_that_changes_every_second_is_left_aside() -> None:
    zone = (
        "BEGIN:VTIMEZONE\r\nTZID:Ours\r\nBEGIN:STANDARD\r\nDTSTART:16010101T000000\r\nTZOFFSETFROM:+0100\r\n"
        "TZOFFSETTO:+0200\r\nRRULE:FREQ=SECONDLY\r\nEND:STANDARD\r\nEND:VTIMEZONE"
    )
    reading = read(calendar(zone, event(start="DTSTART;TZID=Ours:20261202T090000")), WEEK)
    assert [at.starts_at.hour for at in reading.occurrences] == [9]
    assert len(reading.problems) == 1


@pytest.mark.slow
def test_the_time_grows_with_the_size_and_not_faster() -> None:
    for hostile in (
        b"BEGIN:VEVENT\r\n",
        b"BEGIN:VALARM\r\n",
        b"\r\n ",
        b"a\r\n",
        b"\r",
        b"END:VEVENT\r\n",
        b"BEGIN:X\r\nEND:X\r\n",
    ):
        assert is_linear(partial(_read_hostile, hostile), 200_000 // len(hostile)), hostile


def _read_hostile(hostile: bytes, count: int) -> None:
    body = b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:a" + hostile * count
    outside = b"BEGIN:VCALENDAR\r\nX-WR-CALNAME:a" + hostile * count
    with suppress(Unreadable):
        read(body + b"\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n", WEEK)
    with suppress(Unreadable):
        read(outside + b"\r\nEND:VCALENDAR\r\n", WEEK)


def _calendars(size: int) -> bytes:
    return calendar(event(), head="X-WR-TIMEZONE:Europe/Berlin") * size


def _zones(size: int) -> bytes:
    zones = [f"BEGIN:VTIMEZONE\r\nTZID:z{at}\r\nEND:VTIMEZONE" for at in range(size)]
    return calendar(*zones, *(event(uid=str(at), start=f"DTSTART;TZID=z{at}:20261202T090000") for at in range(size)))


def _versions(size: int) -> bytes:
    clock = [f"20261202T{at // 3600:02}{at // 60 % 60:02}{at % 60:02}Z" for at in range(size)]
    masters = [event("RRULE:FREQ=DAILY", start=f"DTSTART:{at}") for at in clock]
    return calendar(*masters, *(event(f"RECURRENCE-ID:{at}") for at in clock))


@pytest.mark.parametrize("many", [_calendars, _zones, _versions])
def test_many_calendars_zones_and_versions_in_one_file_are_read_in_good_time(many: Callable[[int], bytes]) -> None:
    assert is_linear(lambda size: read(many(size), WEEK), 2_000)


def test_the_window_may_lie_at_the_edges_of_the_calendar() -> None:
    source = calendar(
        event("RRULE:FREQ=YEARLY", start="DTSTART;VALUE=DATE:00010101"), event("RRULE:FREQ=DAILY", uid="b")
    )
    first, last = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)
    assert len(read(source, Window(first, first + timedelta(days=2))).occurrences) == 1
    assert read(source, Window(last - timedelta(days=2), last)).occurrences
