"""Little calendars for tests."""

from datetime import UTC, datetime

from oncall_ui.domain.availability.window import Window
from oncall_ui.domain.ical import read
from oncall_ui.domain.imports.events import Event, Reading

WEEK = Window(datetime(2026, 12, 1, tzinfo=UTC), datetime(2026, 12, 8, tzinfo=UTC))


def calendar(*components: str, head: str = "") -> bytes:
    """A VCALENDAR around components; `head` is further properties of it."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", *([head] if head else []), *components, "END:VCALENDAR", ""]
    return "\r\n".join("\r\n".join(lines).split("\n")).replace("\r\r", "\r").encode()


def event(*properties: str, uid: str = "a", start: str = "DTSTART:20261202T090000Z") -> str:
    """A VEVENT of an hour on Wednesday, 2 December 2026."""
    lines = ["BEGIN:VEVENT", f"UID:{uid}", start, *properties, "END:VEVENT"]
    if not any(line.startswith(("DTEND", "DURATION")) for line in properties):
        lines.insert(3, "DURATION:P1D" if "VALUE=DATE" in start else "DURATION:PT1H")
    return "\r\n".join(lines)


def only(data: bytes) -> Event:
    """The event of the one occurrence in the week."""
    reading = read(data, WEEK)
    assert len(reading.occurrences) == 1, reading
    return reading.occurrences[0].event


def spans(reading: Reading) -> list[str]:
    return [f"{at.starts_at:%d %H:%M} {at.ends_at:%d %H:%M}" for at in reading.occurrences]


def messages(reading: Reading) -> list[str]:
    return [problem.message for problem in reading.problems]
