"""A time is in the zone its calendar means, whatever it calls it."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from oncall_ui.domain.availability.window import Window
from oncall_ui.domain.ical import read
from oncall_ui.domain.ical.zones.zone_aliases import iana_zone
from tests.domain.ical.sources import WEEK, calendar, event, messages, spans

BERLIN, TOKYO = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Tokyo")
FLOATING = "DTSTART:20261202T090000"
DAY = "DTSTART;VALUE=DATE:20261202"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        ("europe/berlin", "Europe/Berlin"),
        ('"Europe/Berlin"', "Europe/Berlin"),
        ("US/Eastern", "US/Eastern"),
        ("/mozilla.org/20050126_1/Europe/Berlin", "Europe/Berlin"),
        ("/freeassociation.sourceforge.net/America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires"),
        ("/Europe/Stockholm", "Europe/Stockholm"),
        ("Western/Central Europe", "Europe/Berlin"),
        ("W. Europe Standard Time", "Europe/Berlin"),
        ("romance standard time", "Europe/Paris"),
        ("Central Asia Standard Time", "Asia/Bishkek"),
        ("Alberta Standard Time", "America/Edmonton"),
        ("British Columbia Standard Time", "America/Vancouver"),
        ("Manitoba Standard Time", "America/Winnipeg"),
        ("Kamchatka Standard Time", "Asia/Kamchatka"),
        ("(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna", "Europe/Amsterdam"),
        ("(UTC+01:00) Brussels, Copenhagen, Madrid, Paris", "Europe/Brussels"),
        ("(GMT-05.00) Eastern Time (US & Canada)", "America/New_York"),
        ("(UTC+07:00) Bangkok\\, Hanoi\\, Jakarta", "Asia/Bangkok"),
        ("(UTC-07:00) Chihuahua, La Paz, Mazatlan", "America/Mazatlan"),
        ("(UTC) Coordinated Universal Time", "Etc/UTC"),
        ("UTC+05:30", "Asia/Kolkata"),
        ("GMT-5", "Etc/GMT+5"),
        ("Etc/GMT-1", "Etc/GMT-1"),
        ("Pacific Time (US & Canada)", "America/Los_Angeles"),
        ("(UTC-08:00) Pacific Time (US & Canada)", "America/Los_Angeles"),
        ("(UTC+01:00) W. Europe Standard Time", "Europe/Berlin"),
        ("Eastern Standard Time 1", "America/New_York"),
        ("Russia Time Zone 3", "Europe/Samara"),
        ("Mountain Time (US & Canada) 2", "America/Denver"),
        ("W. Europe Daylight Time", "Europe/Berlin"),
        ("GMT Summer Time", "Europe/London"),
        ("Central European Summer Time", "Europe/Warsaw"),
        ("Eastern European Summer Time", "Europe/Helsinki"),
        ("US-Eastern", "US/Eastern"),
        ("America-Argentina-Buenos_Aires", "America/Argentina/Buenos_Aires"),
        ("Europe Berlin", "Europe/Berlin"),
        ("Edinburgh", "Europe/London"),
    ],
)
def test_a_name_is_understood(written: str, meant: str) -> None:
    assert str(iana_zone(written)) == meant


@pytest.mark.parametrize(
    "written",
    ["", "Mars/Olympus", "Customized Time Zone", "../../etc/passwd", "Europe", "localtime", "\0", "(", "a" * 999],
)
def test_a_name_nobody_knows_is_no_zone(written: str) -> None:
    assert iana_zone(written) is None


def test_an_unknown_zone_is_told_and_never_silently_floating() -> None:
    source = calendar(event(start="DTSTART;TZID=Mars/Olympus:20261202T090000"), event(uid="b", start=FLOATING))
    reading = read(source, WEEK, zone=BERLIN)
    assert spans(reading) == ["02 08:00 02 09:00", "02 08:00 02 09:00"]
    assert messages(reading) == ["The time zone “Mars/Olympus” is not known; its events are read in Europe/Berlin."]


def test_times_without_a_zone_are_in_the_calendars_zone_then_the_members() -> None:
    source = calendar(event(start=FLOATING))
    named = calendar(event(start=FLOATING), head="X-WR-TIMEZONE:Asia/Tokyo")
    assert spans(read(source, WEEK)) == ["02 09:00 02 10:00"]
    assert spans(read(source, WEEK, default_zone=TOKYO)) == ["02 00:00 02 01:00"]
    assert spans(read(source, WEEK, zone=BERLIN)) == ["02 08:00 02 09:00"]
    assert spans(read(named, WEEK, zone=BERLIN)) == ["02 00:00 02 01:00"]


def test_days_become_moments_in_the_members_zone_then_the_calendars() -> None:
    source = calendar(event(start=DAY))
    named = calendar(event(start=DAY), head="X-WR-TIMEZONE:Asia/Tokyo")
    assert spans(read(source, WEEK)) == ["02 00:00 03 00:00"]
    assert spans(read(source, WEEK, default_zone=TOKYO)) == ["01 15:00 02 15:00"]
    assert spans(read(named, WEEK)) == ["01 15:00 02 15:00"]
    assert spans(read(named, WEEK, zone=BERLIN)) == ["01 23:00 02 23:00"]


def test_the_calendars_own_zone_is_told_by_its_iana_name() -> None:
    assert read(calendar(head="X-WR-TIMEZONE:Tokyo Standard Time"), WEEK).zone == "Asia/Tokyo"
    assert read(calendar(), WEEK).zone == ""
    unknown = read(calendar(head="X-WR-TIMEZONE:Mars/Olympus"), WEEK)
    assert unknown.zone == ""
    assert messages(unknown) == ["The calendar’s time zone “Mars/Olympus” is not known, so it is left aside."]


def test_each_calendar_of_a_file_has_its_own_zone() -> None:
    east = calendar(event(start=FLOATING, uid="e"), head="X-WR-TIMEZONE:Asia/Tokyo")
    west = calendar(event(start=FLOATING, uid="w"), head="X-WR-TIMEZONE:America/New_York")
    assert spans(read(east + west, WEEK)) == ["02 00:00 02 01:00", "02 14:00 02 15:00"]


def test_a_zone_only_the_calendar_knows_changes_when_it_says() -> None:
    zone = "\r\n".join(
        [
            "BEGIN:VTIMEZONE",
            "TZID:Ours",
            "BEGIN:STANDARD",
            "DTSTART:16010101T030000",
            "TZOFFSETFROM:+0500",
            "TZOFFSETTO:+0400",
            "RRULE:FREQ=YEARLY;BYMONTH=12;BYDAY=1TH",
            "END:STANDARD",
            "BEGIN:DAYLIGHT",
            "DTSTART:16010101T020000",
            "TZOFFSETFROM:+0400",
            "TZOFFSETTO:+0500",
            "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
            "END:DAYLIGHT",
            "END:VTIMEZONE",
        ]
    )
    source = calendar(zone, event("RRULE:FREQ=DAILY;COUNT=3", start="DTSTART;TZID=Ours:20261202T090000"))
    assert spans(read(source, WEEK)) == ["02 04:00 02 05:00", "03 05:00 03 06:00", "04 05:00 04 06:00"]


def test_a_name_beside_a_private_one_is_taken() -> None:
    zone = "BEGIN:VTIMEZONE\r\nTZID:Ours\r\nX-LIC-LOCATION:Asia/Tokyo\r\nEND:VTIMEZONE"
    source = calendar(zone, event(start="DTSTART;TZID=Ours:20261202T090000"))
    assert spans(read(source, WEEK)) == ["02 00:00 02 01:00"]


def test_an_unquoted_display_name_with_a_colon_is_read() -> None:
    start = "DTSTART;TZID=(UTC+01:00) Amsterdam, Berlin:20261202T090000"
    assert spans(read(calendar(event(start=start)), WEEK)) == ["02 08:00 02 09:00"]


def test_end_and_start_may_lie_in_different_zones() -> None:
    flight = event("DTEND;TZID=Asia/Tokyo:20261203T100000", start="DTSTART;TZID=Europe/Berlin:20261202T120000")
    assert spans(read(calendar(flight), WEEK)) == ["02 11:00 03 01:00"]


def test_a_midnight_the_clock_skips_begins_the_day_after_the_gap() -> None:
    march = Window(datetime(2026, 3, 7, tzinfo=UTC), datetime(2026, 3, 10, tzinfo=UTC))
    reading = read(calendar(event(start="DTSTART;VALUE=DATE:20260308")), march, zone=ZoneInfo("America/Havana"))
    assert spans(reading) == ["08 05:00 09 04:00"]


def test_exceptions_without_a_zone_are_in_the_zone_of_their_series() -> None:
    start = "DTSTART;TZID=Asia/Tokyo:20261202T090000"
    series = event("RRULE:FREQ=DAILY;COUNT=4", "EXDATE:20261203T090000", start=start)
    moved = event("RECURRENCE-ID:20261204T090000", start="DTSTART;TZID=Asia/Tokyo:20261204T120000")
    reading = read(calendar(series, moved), WEEK, zone=BERLIN)
    assert spans(reading) == ["02 00:00 02 01:00", "04 03:00 04 04:00", "05 00:00 05 01:00"]


def test_an_event_may_except_itself() -> None:
    assert not read(calendar(event("EXDATE:20261202T090000Z")), WEEK).occurrences


def test_a_name_that_tells_an_offset_only_gives_way_to_its_definition() -> None:
    observance = "BEGIN:{0}\r\nDTSTART:{1}\r\nTZOFFSETFROM:{2}\r\nTZOFFSETTO:{3}\r\nEND:{0}"
    zone = "\r\n".join(
        [
            "BEGIN:VTIMEZONE\r\nTZID:(UTC+01:00) Somewhere",
            observance.format("DAYLIGHT", "20260329T020000", "+0100", "+0200"),
            observance.format("STANDARD", "20261203T030000", "+0200", "+0100"),
            "END:VTIMEZONE",
        ]
    )
    daily = event("RRULE:FREQ=DAILY;COUNT=3", start='DTSTART;TZID="(UTC+01:00) Somewhere":20261202T090000')
    assert spans(read(calendar(zone, daily), WEEK)) == ["02 07:00 02 08:00", "03 08:00 03 09:00", "04 08:00 04 09:00"]
    assert spans(read(calendar(daily), WEEK)) == ["02 08:00 02 09:00", "03 08:00 03 09:00", "04 08:00 04 09:00"]
