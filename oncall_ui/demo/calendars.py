"""The demo's calendars, generated relative to the current time, so that the demo is always up to date.

Every function returns a complete iCalendar file (RFC 5545). Text is not escaped: no commas or semicolons in titles.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from icalendar import Timezone

TUESDAY = 1
ARCHIVED = 8_000
UNTAGGED = 134


def work(moment: datetime, *, owner: str, zone: str) -> bytes:
    """One of everything: tags, an out-of-office, accepted and declined invitations, a weekly series with exceptions."""
    diary = Diary(moment, zone)
    return diary.written(
        "Work",
        diary.timed("Dentist (noc)", 2, "09:00", 2),
        diary.timed("Flight to Lisbon", 6, "13:00", 6, "DESCRIPTION:Not oncall until the evening."),
        diary.all_day("At home all weekend: prefer oncall", diary.until_weekday(5), 2),
        diary.all_day("Walking in the Alps", 21, 5, "X-MICROSOFT-CDO-BUSYSTATUS:OOF"),
        diary.timed("Audit interview (noc)", 9, "10:00", 3, *_invited(owner, "ACCEPTED")),
        diary.timed("Launch party (noc)", 4, "18:00", 5, *_invited(owner, "DECLINED")),
        diary.timed("One to one", 1, "11:00", 1),
        diary.timed("Roadmap review", 3, "15:00", 2),
        *_board(diary),
    )


def holidays(moment: datetime) -> bytes:
    """At least one in any 90 days; all-day, yearly and marked free, as in most published holiday calendars."""
    diary = Diary(moment)
    since = diary.today.year - 1
    return diary.written(
        "Public holidays of our offices",
        *(
            diary.all_day(
                title, (date(since, month, day) - diary.today).days, 1, "TRANSP:TRANSPARENT", "RRULE:FREQ=YEARLY"
            )
            for month, day, title in _HOLIDAYS
        ),
    )


def archive(moment: datetime) -> bytes:
    """Years of meetings, the last one of every Tuesday tagged, while Alice climbs.

    Like many exports, it has a new DTSTAMP in every response.
    """
    diary = Diary(moment, stamp=moment)
    return diary.written("Everything", *_meetings(diary))


def drills(moment: datetime) -> bytes:
    """One block on a Tuesday, and another one every minute, up to four; then one again."""
    diary = Diary(moment)
    count, tuesday = 1 + int(moment.timestamp()) // 60 % 4, diary.until_weekday(TUESDAY)
    return diary.written(
        "Incident drills", *(diary.timed("Drill", tuesday + 7 * number, "12:00", 4) for number in range(count))
    )


def untagged(moment: datetime, *, zone: str) -> bytes:
    """134 events without any tag."""
    diary = Diary(moment, zone)
    titles = ("Stand-up", "Design review")
    return diary.written(
        "Meetings",
        *(
            diary.timed(titles[number % 2], 1 + number // 2, f"{9 + number % 2 * 5:02}:00", 1)
            for number in range(UNTAGGED)
        ),
    )


def nights(moment: datetime, *, zone: str) -> bytes:
    """Preferred night shifts: Fridays and Saturdays, every other week."""
    diary = Diary(moment, zone)
    friday = diary.until_weekday(4)
    return diary.written(
        "Night shift wishes",
        *(diary.timed("Night shift", friday + week * 14 + day, "22:00", 8) for week in range(6) for day in (0, 1)),
    )


def evenings(moment: datetime, *, zone: str) -> bytes:
    """A weekly series."""
    diary = Diary(moment, zone)
    return diary.written(
        "Climbing club", diary.timed("Climbing", diary.until_weekday(TUESDAY), "18:00", 4, "RRULE:FREQ=WEEKLY;COUNT=20")
    )


def rehearsals(moment: datetime, *, zone: str) -> bytes:
    """Another weekly series, on other evenings."""
    diary = Diary(moment, zone)
    return diary.written(
        "Band rehearsals", diary.timed("Rehearsal", diary.until_weekday(3), "18:30", 4, "RRULE:FREQ=WEEKLY;COUNT=20")
    )


def visits(moment: datetime, *, name: str, zone: str) -> bytes:
    """A working day away, every nine days."""
    diary = Diary(moment, zone)
    return diary.written(name, *(diary.timed("Visit (noc)", days, "08:00", 9) for days in range(5, 80, 9)))


class Diary:
    """Writes events in `zone`; days are counted from the date of `moment` in that zone."""

    def __init__(self, moment: datetime, zone: str = "UTC", *, stamp: datetime | None = None) -> None:
        self._zone = zone
        self.today = moment.astimezone(ZoneInfo(zone)).date()
        # By default the date, so that a calendar has the same bytes and ETag all day.
        self._stamp = f"{stamp:%Y%m%dT%H%M%SZ}" if stamp else f"{self.today:%Y%m%d}T000000Z"

    def timed(self, title: str, days: int, begin: str, hours: int, *more: str, uid: str = "") -> str:
        """`begin` is local time."""
        start = datetime.combine(self.day(days), time.fromisoformat(begin))
        return self._event(
            uid or f"{title}-{start:%Y%m%d%H%M}",
            title,
            f"DTSTART{self.moment(start)}",
            f"DTEND{self.moment(start + timedelta(hours=hours))}",
            *more,
        )

    def all_day(self, title: str, days: int, count: int, *more: str) -> str:
        first = self.day(days)
        return self._event(
            f"{title}-{first:%Y%m%d}",
            title,
            f"DTSTART;VALUE=DATE:{first:%Y%m%d}",
            f"DTEND;VALUE=DATE:{first + timedelta(days=count):%Y%m%d}",
            *more,
        )

    def day(self, days: int) -> date:
        return self.today + timedelta(days=days)

    def until_weekday(self, weekday: int) -> int:
        """Days until the next such weekday, from tomorrow on; Monday is 0."""
        return 1 + (weekday - self.today.weekday() - 1) % 7

    def moment(self, local: datetime) -> str:
        """Parameters and value of a property for a local time."""
        return f":{local:%Y%m%dT%H%M%SZ}" if self._zone == "UTC" else f";TZID={self._zone}:{local:%Y%m%dT%H%M%S}"

    def written(self, name: str, *events: str) -> bytes:
        head = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//On-Call Optimizer//Demo//EN", f"X-WR-CALNAME:{name}"]
        return _lines([*head, *self._own_zone(), *events, "END:VCALENDAR"]).encode()

    def _own_zone(self) -> Iterator[str]:
        if self._zone == "UTC":
            return
        yield f"X-WR-TIMEZONE:{self._zone}"
        # From before today, for series that have already begun.
        first, last = self.day(-400), self.day(800)
        yield Timezone.from_tzid(self._zone, first_date=first, last_date=last).to_ical().decode().strip()

    def _event(self, uid: str, title: str, *more: str) -> str:
        named = uid.replace(" ", "-").lower()
        head = ("BEGIN:VEVENT", f"UID:{named}@demo.example.org", f"DTSTAMP:{self._stamp}", f"SUMMARY:{title}")
        return "\r\n".join([*head, *more, "END:VEVENT"])


_HOLIDAYS = (
    (1, 1, "New Year’s Day"),
    (1, 26, "Australia Day and Republic Day"),
    (3, 8, "Women’s Day"),
    (4, 25, "Anzac Day"),
    (5, 1, "Labour Day"),
    (6, 19, "Juneteenth"),
    (7, 4, "Independence Day (US)"),
    (8, 15, "Independence Day (India)"),
    (10, 3, "Day of German Unity"),
    (11, 11, "Veterans Day"),
    (12, 25, "Christmas Day"),
    (12, 26, "Boxing Day"),
)


def _invited(owner: str, answer: str) -> tuple[str, ...]:
    return ("ORGANIZER:mailto:office@example.org", f"ATTENDEE;PARTSTAT={answer}:mailto:{owner}")


def _board(diary: Diary) -> tuple[str, str]:
    """Every Wednesday for half a year, with one date skipped and one moved to Thursday."""
    title, begin, hours, uid = "Architecture board (noc)", "14:00", 2, "architecture-board"
    first = diary.until_weekday(2) - 7
    left_out, moved = (diary.moment(datetime.combine(diary.day(first + 7 * week), time(14))) for week in (2, 3))
    return (
        diary.timed(title, first, begin, hours, "RRULE:FREQ=WEEKLY;COUNT=26", f"EXDATE{left_out}", uid=uid),
        diary.timed(title, first + 22, begin, hours, f"RECURRENCE-ID{moved}", uid=uid),
    )


def _meetings(diary: Diary) -> Iterator[str]:
    for number in range(ARCHIVED):
        days, hour = number // 10 - 700, 8 + number % 10
        tag = " (noc)" if number % 10 == 9 and diary.day(days).weekday() == TUESDAY else ""
        yield diary.timed(
            f"Meeting {number}{tag}", days, f"{hour:02}:00", 1, "DESCRIPTION:Minutes of the last one and what is open."
        )


def _lines(lines: Iterable[str]) -> str:
    return "\r\n".join([*lines, ""])
