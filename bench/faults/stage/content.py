"""Calendars in versions, so that stored availability tells which version it was read from, or that it is a mixture."""

from datetime import UTC, datetime, timedelta

Span = tuple[datetime, datetime]

DAYS = 80
SLOTS = 5
"""Events a day that count; the sixth slot is for ballast, which doesn't."""
SLOT = timedelta(hours=4)
LENGTH = timedelta(minutes=30)
VERSIONS = 200
"""So many differ; then they repeat."""
STAMP = "DTSTAMP:20260101T000000Z"


class Content:
    """One calendar: `events` that count in mode `matching`, and ballast that only takes time to read."""

    def __init__(self, number: int, events: int = 12, ballast: int = 0) -> None:
        assert events <= DAYS * SLOTS
        self._number, self._events = number, events
        self._today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        self._ballast = "".join(self._meeting(at) for at in range(ballast))

    def body(self, version: int) -> bytes:
        events = "".join(_event(f"{at}@{self._number}", "noc", *self._span(at, version)) for at in range(self._events))
        head = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//faults//EN\r\nX-WR-CALNAME:Calendar {self._number}\r\n"
        return f"{head}{events}{self._ballast}END:VCALENDAR\r\n".encode()

    def spans(self, version: int) -> list[Span]:
        """In order; what must be stored once this version has been read."""
        return sorted(self._span(at, version) for at in range(self._events))

    def _span(self, at: int, version: int) -> Span:
        # Every second event stays the same from an even version to the odd one after it.
        minutes = version % VERSIONS if at % 2 == 0 else version % VERSIONS // 2
        start = self._today + timedelta(days=1 + at % DAYS, minutes=minutes) + at // DAYS * SLOT
        return start, start + LENGTH

    def _meeting(self, at: int) -> str:
        start = self._today + timedelta(days=1 + at % DAYS) + SLOTS * SLOT
        return _event(f"ballast-{at}@{self._number}", "Meeting", start, start + LENGTH)


def _event(uid: str, title: str, start: datetime, end: datetime) -> str:
    times = f"DTSTART:{start:%Y%m%dT%H%M%SZ}\r\nDTEND:{end:%Y%m%dT%H%M%SZ}"
    return f"BEGIN:VEVENT\r\nUID:{uid}\r\n{STAMP}\r\n{times}\r\nSUMMARY:{title}\r\nEND:VEVENT\r\n"
