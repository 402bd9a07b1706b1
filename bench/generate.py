"""A large calendar like those big organisations publish; the same seed gives the same bytes."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random

from oncall_ui.domain.availability.window import Window

WINDOW = Window(datetime(2026, 12, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC) + timedelta(weeks=26))
_FIRST, _LAST = date(2017, 1, 1), date(2027, 12, 31)
_ZONES = (
    ("Europe/Berlin", 50),
    ("America/New_York", 15),
    ("W. Europe Standard Time", 5),
    ("UTC", 20),
    ("DATE", 10),
)
_HEAD = """BEGIN:VCALENDAR
PRODID:-//Example Corp//Calendar 1.0//EN
VERSION:2.0
CALSCALE:GREGORIAN
METHOD:PUBLISH
X-WR-CALNAME:Everything
"""
_TIMEZONE = """BEGIN:VTIMEZONE
TZID:{name}
BEGIN:DAYLIGHT
TZOFFSETFROM:{standard}
TZOFFSETTO:{daylight}
DTSTART:{spring}
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY={spring_day}
END:DAYLIGHT
BEGIN:STANDARD
TZOFFSETFROM:{daylight}
TZOFFSETTO:{standard}
DTSTART:{autumn}
RRULE:FREQ=YEARLY;BYMONTH={autumn_month};BYDAY={autumn_day}
END:STANDARD
END:VTIMEZONE
"""
_EUROPE = {
    "standard": "+0100",
    "daylight": "+0200",
    "spring": "19700329T020000",
    "spring_day": "-1SU",
    "autumn": "19701025T030000",
    "autumn_month": 10,
    "autumn_day": "-1SU",
}
_AMERICA = {
    "standard": "-0500",
    "daylight": "-0400",
    "spring": "20070311T020000",
    "spring_day": "2SU",
    "autumn": "20071104T020000",
    "autumn_month": 11,
    "autumn_day": "1SU",
}
_RULES = (
    ("FREQ=DAILY", 3),
    ("FREQ=DAILY;INTERVAL=2", 3),
    ("FREQ=WEEKLY", 40),
    ("FREQ=WEEKLY;INTERVAL=2", 10),
    ("FREQ=WEEKLY;BYDAY={days}", 20),
    ("FREQ=MONTHLY", 8),
    ("FREQ=MONTHLY;BYDAY={nth}", 7),
    ("FREQ=YEARLY", 5),
)
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_PEOPLE = ("ada", "barbara", "chen", "dmitri", "eluned", "farid", "grace", "hiro")
_WORDS = (
    "review",
    "planning",
    "budget",
    "roadmap",
    "sync",
    "retro",
    "interview",
    "demo",
    "release",
    "audit",
    "training",
)


@dataclass(frozen=True, slots=True)
class _When:
    zone: str
    start: datetime
    minutes: int
    """Length; whole days for a DATE."""

    def stamp(self, name: str, at: datetime) -> str:
        if self.zone == "DATE":
            return f"{name};VALUE=DATE:{at:%Y%m%d}\r\n"
        if self.zone == "UTC":
            return f"{name}:{at:%Y%m%dT%H%M%S}Z\r\n"
        return f"{name};TZID={self.zone}:{at:%Y%m%dT%H%M%S}\r\n"

    def span(self, at: datetime) -> str:
        return self.stamp("DTSTART", at) + self.stamp("DTEND", at + timedelta(minutes=self.minutes))


def calendar(events: int, seed: int = 7) -> bytes:
    """`events` VEVENTs of some 500 bytes, a fifth of them belonging to series."""
    random = Random(seed)  # noqa: S311 - nothing secret is made here
    parts = [_HEAD.replace("\n", "\r\n")]
    for name, rules in (
        ("Europe/Berlin", _EUROPE),
        ("America/New_York", _AMERICA),
        ("W. Europe Standard Time", _EUROPE),
    ):
        parts.append(_TIMEZONE.format(name=name, **rules).replace("\n", "\r\n"))
    made = number = 0
    while made < events:
        number += 1
        group = _series(random, number) if random.random() < 0.157 else [_event(random, number, _when(random), "")]
        group = group[: events - made]
        made += len(group)
        parts += group
    parts.append("END:VCALENDAR\r\n")
    return "".join(parts).encode()


def changed(data: bytes, groups: int, seed: int = 11) -> bytes:
    """The same calendar, `groups` single events of it moved into the window or about in it."""
    random = Random(seed)  # noqa: S311 - nothing secret is made here
    pieces = data.split(b"BEGIN:VEVENT")
    places = [at for at, piece in enumerate(pieces) if b"RRULE" not in piece and b"RECURRENCE-ID" not in piece and at]
    for at in random.sample(places, groups):
        day = WINDOW.start + timedelta(days=random.randrange(180))
        lines = pieces[at].split(b"\r\n")
        for index, line in enumerate(lines):
            if line.startswith((b"DTSTART", b"DTEND")):
                name, _, value = line.rpartition(b":")
                lines[index] = name + b":" + f"{day:%Y%m%d}".encode() + value[8:]
        pieces[at] = b"\r\n".join(lines)
    return b"BEGIN:VEVENT".join(pieces)


def _when(random: Random) -> _When:
    zone = random.choices([name for name, _ in _ZONES], [weight for _, weight in _ZONES])[0]
    day = _FIRST + timedelta(days=random.randrange((_LAST - _FIRST).days))
    start = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - a wall clock has no zone
    if zone == "DATE":
        return _When(zone, start, 1440 * random.choice((1, 1, 1, 2, 5)))
    start += timedelta(minutes=15 * random.randrange(24, 80))
    return _When(zone, start, random.choice((15, 30, 30, 60, 60, 60, 90, 120, 240)))


def _series(random: Random, number: int) -> list[str]:
    when = _when(random)
    rule = random.choices([text for text, _ in _RULES], [weight for _, weight in _RULES])[0]
    own = _DAYS[when.start.weekday()]
    rule = rule.format(
        days=",".join(sorted({own, *random.sample(_DAYS[:5], 2)}, key=_DAYS.index)),
        nth=f"{(when.start.day - 1) // 7 + 1}{own}" if when.start.day < 29 else f"-1{own}",
    )
    step = timedelta(weeks=1) if "WEEKLY" in rule else timedelta(days=1)
    step *= 2 if "INTERVAL=2" in rule else 1
    steady = "DAILY" in rule or "WEEKLY" in rule
    rule += _end(random, when)
    extra = f"RRULE:{rule}\r\n"
    if steady:
        gone = sorted(random.sample(range(1, 80), random.choice((0, 0, 1, 2, 5))))
        extra += "".join(when.stamp("EXDATE", when.start + step * at) for at in gone)
    group = [_event(random, number, when, extra)]
    if steady and random.random() < 0.3:
        for at in random.sample(range(80, 120), random.choice((1, 1, 2))):
            place = when.start + step * at
            moved = _When(when.zone, place + timedelta(days=random.choice((0, 1))), when.minutes)
            group.append(_event(random, number, moved, when.stamp("RECURRENCE-ID", place)))
    return group


def _end(random: Random, when: _When) -> str:
    kind = random.random()
    if kind < 0.45:
        return f";COUNT={random.randrange(5, 200)}"
    if kind < 0.65:
        until = when.start + timedelta(days=random.randrange(30, 2500))
        return f";UNTIL={until:%Y%m%d}" if when.zone == "DATE" else f";UNTIL={until:%Y%m%dT%H%M%S}Z"
    return ""


def _event(random: Random, number: int, when: _When, extra: str) -> str:
    words = [_WORDS[(number + at * at) % len(_WORDS)] for at in (1, 2, 3)]
    host = random.choice(_PEOPLE)
    lines = [
        f"BEGIN:VEVENT\r\n{when.span(when.start)}{extra}DTSTAMP:20261101T080000Z\r\n",
        f"UID:{number:06d}-{'-'.join(words)}@calendar.example.org\r\n",
        f"CREATED:20250101T080000Z\r\nLAST-MODIFIED:20260301T{random.randrange(240000):06d}Z\r\nSEQUENCE:0\r\n",
        f"SUMMARY:{' '.join(words)} {number}\r\n",
        f"DESCRIPTION:Notes about the {words[0]} and the {words[1]}\\, see the agenda of the\r\n  {words[2]}\r\n",
        f"LOCATION:Room {random.randrange(40)}\r\nSTATUS:CONFIRMED\r\nTRANSP:OPAQUE\r\n",
    ]
    if random.random() < 0.3:
        lines.append(f"ORGANIZER;CN={host}:mailto:{host}@example.org\r\n")
        for guest in random.sample(_PEOPLE, random.choice((1, 2))):
            lines.append(f"ATTENDEE;CN={guest};PARTSTAT=ACCEPTED;ROLE=REQ-PARTICIPANT:mailto:{guest}@example.org\r\n")
    if random.random() < 0.25:
        lines.append("BEGIN:VALARM\r\nACTION:DISPLAY\r\nDESCRIPTION:Reminder\r\nTRIGGER:-PT15M\r\nEND:VALARM\r\n")
    return "".join(lines) + "END:VEVENT\r\n"
