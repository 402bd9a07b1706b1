"""The examples of RFC 5545 section 3.8.5.3, the one on UNTIL in an HOURLY rule as corrected by its errata.

Those of MINUTELY rules have tests of their own.
"""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from oncall_ui.domain.availability.window import Window
from oncall_ui.domain.ical import Limits, read

NEW_YORK = ZoneInfo("America/New_York")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

EXAMPLES = [
    ("19970902T090000", "FREQ=DAILY;COUNT=10", "1997 Sep 2-11"),
    ("19970902T090000", "FREQ=DAILY;UNTIL=19971224T000000Z", "1997 Sep 2-30 Oct 1-31 Nov 1-30 Dec 1-23"),
    (
        "19970902T090000",
        "FREQ=DAILY;INTERVAL=2;COUNT=47",
        "1997 Sep 2 4 6 8 10 12 14 16 18 20 22 24 26 28 30 Oct 2 4 6 8 10 12 14 16 18 20 22 24 26 28 30 "
        "Nov 1 3 5 7 9 11 13 15 17 19 21 23 25 27 29 Dec 1 3",
    ),
    ("19970902T090000", "FREQ=DAILY;INTERVAL=10;COUNT=5", "1997 Sep 2 12 22 Oct 2 12"),
    (
        "19980101T090000",
        "FREQ=YEARLY;UNTIL=20000131T140000Z;BYMONTH=1;BYDAY=SU,MO,TU,WE,TH,FR,SA",
        "1998 Jan 1-31 1999 Jan 1-31 2000 Jan 1-31",
    ),
    ("19980101T090000", "FREQ=DAILY;UNTIL=20000131T140000Z;BYMONTH=1", "1998 Jan 1-31 1999 Jan 1-31 2000 Jan 1-31"),
    ("19970902T090000", "FREQ=WEEKLY;COUNT=10", "1997 Sep 2 9 16 23 30 Oct 7 14 21 28 Nov 4"),
    (
        "19970902T090000",
        "FREQ=WEEKLY;UNTIL=19971224T000000Z",
        "1997 Sep 2 9 16 23 30 Oct 7 14 21 28 Nov 4 11 18 25 Dec 2 9 16 23",
    ),
    (
        "19970902T090000",
        "FREQ=WEEKLY;INTERVAL=2;WKST=SU;COUNT=13",
        "1997 Sep 2 16 30 Oct 14 28 Nov 11 25 Dec 9 23 1998 Jan 6 20 Feb 3 17",
    ),
    (
        "19970902T090000",
        "FREQ=WEEKLY;UNTIL=19971007T000000Z;WKST=SU;BYDAY=TU,TH",
        "1997 Sep 2 4 9 11 16 18 23 25 30 Oct 2",
    ),
    ("19970902T090000", "FREQ=WEEKLY;COUNT=10;WKST=SU;BYDAY=TU,TH", "1997 Sep 2 4 9 11 16 18 23 25 30 Oct 2"),
    (
        "19970901T090000",
        "FREQ=WEEKLY;INTERVAL=2;UNTIL=19971224T000000Z;WKST=SU;BYDAY=MO,WE,FR",
        "1997 Sep 1 3 5 15 17 19 29 Oct 1 3 13 15 17 27 29 31 Nov 10 12 14 24 26 28 Dec 8 10 12 22",
    ),
    ("19970902T090000", "FREQ=WEEKLY;INTERVAL=2;COUNT=8;WKST=SU;BYDAY=TU,TH", "1997 Sep 2 4 16 18 30 Oct 2 14 16"),
    (
        "19970905T090000",
        "FREQ=MONTHLY;COUNT=10;BYDAY=1FR",
        "1997 Sep 5 Oct 3 Nov 7 Dec 5 1998 Jan 2 Feb 6 Mar 6 Apr 3 May 1 Jun 5",
    ),
    ("19970905T090000", "FREQ=MONTHLY;UNTIL=19971224T000000Z;BYDAY=1FR", "1997 Sep 5 Oct 3 Nov 7 Dec 5"),
    (
        "19970907T090000",
        "FREQ=MONTHLY;INTERVAL=2;COUNT=10;BYDAY=1SU,-1SU",
        "1997 Sep 7 28 Nov 2 30 1998 Jan 4 25 Mar 1 29 May 3 31",
    ),
    ("19970922T090000", "FREQ=MONTHLY;COUNT=6;BYDAY=-2MO", "1997 Sep 22 Oct 20 Nov 17 Dec 22 1998 Jan 19 Feb 16"),
    ("19970928T090000", "FREQ=MONTHLY;BYMONTHDAY=-3;COUNT=6", "1997 Sep 28 Oct 29 Nov 28 Dec 29 1998 Jan 29 Feb 26"),
    (
        "19970902T090000",
        "FREQ=MONTHLY;COUNT=10;BYMONTHDAY=2,15",
        "1997 Sep 2 15 Oct 2 15 Nov 2 15 Dec 2 15 1998 Jan 2 15",
    ),
    (
        "19970930T090000",
        "FREQ=MONTHLY;COUNT=10;BYMONTHDAY=1,-1",
        "1997 Sep 30 Oct 1 31 Nov 1 30 Dec 1 31 1998 Jan 1 31 Feb 1",
    ),
    (
        "19970910T090000",
        "FREQ=MONTHLY;INTERVAL=18;COUNT=10;BYMONTHDAY=10,11,12,13,14,15",
        "1997 Sep 10-15 1999 Mar 10-13",
    ),
    (
        "19970902T090000",
        "FREQ=MONTHLY;INTERVAL=2;BYDAY=TU;COUNT=18",
        "1997 Sep 2 9 16 23 30 Nov 4 11 18 25 1998 Jan 6 13 20 27 Mar 3 10 17 24 31",
    ),
    (
        "19970610T090000",
        "FREQ=YEARLY;COUNT=10;BYMONTH=6,7",
        "1997 Jun 10 Jul 10 1998 Jun 10 Jul 10 1999 Jun 10 Jul 10 2000 Jun 10 Jul 10 2001 Jun 10 Jul 10",
    ),
    (
        "19970310T090000",
        "FREQ=YEARLY;INTERVAL=2;COUNT=10;BYMONTH=1,2,3",
        "1997 Mar 10 1999 Jan 10 Feb 10 Mar 10 2001 Jan 10 Feb 10 Mar 10 2003 Jan 10 Feb 10 Mar 10",
    ),
    (
        "19970101T090000",
        "FREQ=YEARLY;INTERVAL=3;COUNT=10;BYYEARDAY=1,100,200",
        "1997 Jan 1 Apr 10 Jul 19 2000 Jan 1 Apr 9 Jul 18 2003 Jan 1 Apr 10 Jul 19 2006 Jan 1",
    ),
    ("19970519T090000", "FREQ=YEARLY;BYDAY=20MO;COUNT=3", "1997 May 19 1998 May 18 1999 May 17"),
    ("19970512T090000", "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO;COUNT=3", "1997 May 12 1998 May 11 1999 May 17"),
    (
        "19970313T090000",
        "FREQ=YEARLY;BYMONTH=3;BYDAY=TH;COUNT=11",
        "1997 Mar 13 20 27 1998 Mar 5 12 19 26 1999 Mar 4 11 18 25",
    ),
    (
        "19970605T090000",
        "FREQ=YEARLY;BYDAY=TH;BYMONTH=6,7,8;COUNT=39",
        "1997 Jun 5 12 19 26 Jul 3 10 17 24 31 Aug 7 14 21 28 1998 Jun 4 11 18 25 Jul 2 9 16 23 30 Aug 6 13 20 27 "
        "1999 Jun 3 10 17 24 Jul 1 8 15 22 29 Aug 5 12 19 26",
    ),
    (
        "19970902T090000",
        "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13;COUNT=5\r\nEXDATE;TZID=America/New_York:19970902T090000",
        "1998 Feb 13 Mar 13 Nov 13 1999 Aug 13 2000 Oct 13",
    ),
    (
        "19970913T090000",
        "FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=7,8,9,10,11,12,13;COUNT=10",
        "1997 Sep 13 Oct 11 Nov 8 Dec 13 1998 Jan 10 Feb 7 Mar 7 Apr 11 May 9 Jun 13",
    ),
    (
        "19961105T090000",
        "FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8;COUNT=3",
        "1996 Nov 5 2000 Nov 7 2004 Nov 2",
    ),
    ("19970904T090000", "FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3", "1997 Sep 4 Oct 7 Nov 6"),
    (
        "19970929T090000",
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2;COUNT=7",
        "1997 Sep 29 Oct 30 Nov 27 Dec 30 1998 Jan 29 Feb 26 Mar 30",
    ),
    ("19970805T090000", "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO", "1997 Aug 5 10 19 24"),
    ("19970805T090000", "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU", "1997 Aug 5 17 19 31"),
    ("20070115T090000", "FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5", "2007 Jan 15 30 Feb 15 Mar 15 30"),
]


@pytest.mark.parametrize(("start", "rule", "days"), EXAMPLES, ids=[rule for _, rule, _ in EXAMPLES])
def test_an_example_of_the_rfc_repeats_as_printed(start: str, rule: str, days: str) -> None:
    found = _starts(start, rule)
    assert [at.date() for at in found] == [at.date() for at in _printed(days)]
    assert {(at.hour, at.minute) for at in found} == {(9, 0)}


def test_an_hourly_rule_ends_with_until() -> None:
    found = _starts("19970902T090000", "FREQ=HOURLY;INTERVAL=3;UNTIL=19970902T210000Z")
    assert [at.hour for at in found] == [9, 12, 15]


def test_a_daily_rule_repeats_at_every_time_it_names() -> None:
    rule = "FREQ=DAILY;BYHOUR=9,10,11,12,13,14,15,16;BYMINUTE=0,20,40;COUNT=48"
    found = _starts("19970902T090000", rule)
    assert len(found) == 48
    assert found[:4] == [datetime(1997, 9, 2, *time, tzinfo=NEW_YORK) for time in ((9, 0), (9, 20), (9, 40), (10, 0))]
    assert found[23:25] == [datetime(1997, 9, 2, 16, 40, tzinfo=NEW_YORK), datetime(1997, 9, 3, 9, tzinfo=NEW_YORK)]


@pytest.mark.parametrize(
    ("rule", "times"),
    [
        ("FREQ=MINUTELY;INTERVAL=15;COUNT=6", "09:00 09:15 09:30 09:45 10:00 10:15"),
        ("FREQ=MINUTELY;INTERVAL=90;COUNT=4", "09:00 10:30 12:00 13:30"),
    ],
)
def test_a_rule_of_minutes_repeats_as_printed(rule: str, times: str) -> None:
    assert [f"{at:%H:%M}" for at in _starts("19970902T090000", rule)] == times.split()


def test_every_twenty_minutes_of_a_working_day_is_the_same_by_the_minute_and_by_the_day() -> None:
    minutely = "FREQ=MINUTELY;INTERVAL=20;BYHOUR=9,10,11,12,13,14,15,16"
    daily = "FREQ=DAILY;BYHOUR=9,10,11,12,13,14,15,16;BYMINUTE=0,20,40"
    month = Window(datetime(1997, 9, 1, tzinfo=UTC), datetime(1997, 10, 1, tzinfo=UTC))
    by_minute, by_day = (read(_source("19970902T090000", rule), month) for rule in (minutely, daily))
    assert by_minute.occurrences == by_day.occurrences
    assert len(by_day.occurrences) == 29 * 24


def test_rules_of_minutes_and_seconds_that_never_end_are_refused_with_a_word() -> None:
    for rule in ("FREQ=MINUTELY;INTERVAL=15", "FREQ=SECONDLY", "FREQ=SECONDLY;BYHOUR=9", "FREQ=MINUTELY;BYSECOND=0,30"):
        reading = read(_source("19970902T090000", rule), _window())
        assert reading.occurrences == []
        assert "never ends; such series are not read" in reading.problems[0].message


def _starts(start: str, rule: str) -> list[datetime]:
    reading = read(_source(start, rule), _window(), limits=Limits(instances=10_000))
    return [at.starts_at.astimezone(NEW_YORK) for at in reading.occurrences]


def _window() -> Window:
    return Window(datetime(1996, 1, 1, tzinfo=UTC), datetime(2010, 1, 1, tzinfo=UTC))


def _source(start: str, rule: str) -> bytes:
    return (
        f"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:example\r\nDTSTART;TZID=America/New_York:{start}\r\nDURATION:PT1H\r\n"
        f"RRULE:{rule}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    ).encode()


def _printed(days: str) -> list[datetime]:
    found: list[datetime] = []
    year = month = 0
    for word in days.split():
        if re.fullmatch(r"\d{4}", word):
            year = int(word)
        elif word in MONTHS:
            month = MONTHS.index(word) + 1
        else:
            first, _, last = word.partition("-")
            found += [datetime(year, month, day, tzinfo=UTC) for day in range(int(first), int(last or first) + 1)]
    return found
