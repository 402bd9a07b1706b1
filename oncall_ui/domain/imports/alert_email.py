"""The text of an alert email about broken calendars: which, since when, why, what to do. No title of an event."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from oncall_ui.domain.imports.wording import moment_of

ENDS = (
    "What we read before still counts; later changes are missing.\n"
    "We email you on days 1, 3, 7 and 14 while a calendar can’t be read, and again when it works."
)


@dataclass(frozen=True, slots=True)
class Broken:
    """One calendar that is not up to date. Times are aware UTC."""

    name: str
    connection: str
    why: str
    since: datetime
    read_at: datetime | None
    needs_you: bool
    taken_at: datetime | None = None
    """When an import that was held back is accepted unless the member decides."""


def subject_of(broken: int, working: int) -> str:
    """Numbers only, since a lock screen may show it to others."""
    works = "works" if working == 1 else "work"
    if not broken:
        return f"{_calendars(working)} {works} again"
    return f"{_calendars(broken)} can’t be read" + (f", {working} {works} again" if working else "")


def text_of(name: str, broken: Sequence[Broken], working: Sequence[str], *, zone: str, url: str, stop_url: str) -> str:
    """Plain text, times in the member's zone (IANA name); `url` is where calendars can be fixed."""
    parts = [f"Hello {_one_line(name)},"]
    if broken:
        parts.append(f"{'This calendar is' if len(broken) == 1 else 'These calendars are'} not up to date:")
        parts += [_paragraph(calendar, ZoneInfo(zone)) for calendar in broken]
        parts.append(f"Your calendars: {url}")
    if working:
        parts.append("Working again: " + ", ".join(_one_line(each) for each in working))
    if not broken:
        parts.append(f"No action needed. Your calendars: {url}")
    else:
        parts.append(f"{ENDS}\nTimes in {zone.rsplit('/', 1)[-1].replace('_', ' ')} time.")
    parts.append(f"Stop emails about your calendars:\n{stop_url}")
    return "\n\n".join(parts) + "\n"


def _paragraph(calendar: Broken, zone: ZoneInfo) -> str:
    name, connection = _one_line(calendar.name), _one_line(calendar.connection)
    connected_as = f" ({connection})" if connection not in {"", name} else ""
    read = f"Last read {moment_of(calendar.read_at, zone)}." if calendar.read_at else "It has never been read."
    head = f"* {name}{connected_as}, since {moment_of(calendar.since, zone)}"
    return "\n  ".join([head, calendar.why, read, _next_step(calendar, zone)])


def _next_step(calendar: Broken, zone: ZoneInfo) -> str:
    if calendar.taken_at:
        until = moment_of(calendar.taken_at, zone)
        return f"Choose which version counts. If you don’t, the new one counts from {until}."
    if calendar.needs_you:
        return "We won’t try again until you reconnect it."
    return "We’ll keep trying."


def _calendars(number: int) -> str:
    return "1 calendar" if number == 1 else f"{number} calendars"


def _one_line(text: str) -> str:
    """Names come from outside: one that spans lines must not look like part of the email."""
    return " ".join(text.split())
