"""The words of a letter about broken calendars: which, since when, why, what to do. No title of an event."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from oncall_ui.domain.imports.wording import moment_of

ENDS = (
    "What was read before still counts; anything newer is unknown.\n"
    "You get this letter on day 1, 3, 7 and 14 of a calendar that can’t be read, and one when it can be again."
)


@dataclass(frozen=True, slots=True)
class Broken:
    """One calendar that is not read as it should be."""

    name: str
    connection: str
    why: str
    since: datetime
    read_at: datetime | None
    needs_you: bool
    taken_at: datetime | None = None
    """When a doubted reading is taken without an answer."""


def subject_of(broken: int, well: int) -> str:
    """Numbers only: what calendars are called is nobody's business on a lock screen."""
    if not broken:
        return f"{_calendars(well)} {'is' if well == 1 else 'are'} read again"
    return f"{_calendars(broken)} can’t be read" + (f", {well} {'is' if well == 1 else 'are'} again" if well else "")


def text_of(name: str, broken: Sequence[Broken], well: Sequence[str], *, zone: str, url: str) -> str:
    """Plain text, times in the member's zone (IANA name); `url` is the page where it can be mended."""
    parts = [f"Hello {_one_line(name)},"]
    if broken:
        parts.append(f"{'This calendar' if len(broken) == 1 else 'These calendars'} can’t be relied on:")
        parts += [_told(calendar, ZoneInfo(zone)) for calendar in broken]
        parts.append(f"See what can be done: {url}")
    if well:
        parts.append("Read again, as before: " + ", ".join(_one_line(each) for each in well))
    if not broken:
        parts.append(f"There is nothing to do. Your calendars: {url}")
        return "\n\n".join(parts) + "\n"
    parts.append(f"{ENDS}\nTimes are those of {zone.rsplit('/', 1)[-1].replace('_', ' ')}.")
    return "\n\n".join(parts) + "\n"


def _told(calendar: Broken, zone: ZoneInfo) -> str:
    name, connection = _one_line(calendar.name), _one_line(calendar.connection)
    whose = f" ({connection})" if connection not in {"", name} else ""
    read = f"What counts is from {moment_of(calendar.read_at, zone)}." if calendar.read_at else "It was never read."
    head = f"* {name}{whose}, since {moment_of(calendar.since, zone)}"
    return "\n  ".join([head, calendar.why, read, _todo(calendar, zone)])


def _todo(calendar: Broken, zone: ZoneInfo) -> str:
    if calendar.taken_at:
        until = moment_of(calendar.taken_at, zone)
        return f"Choose which reading counts; without an answer the new one does from {until}."
    if calendar.needs_you:
        return "It is not tried again by itself: reconnect it."
    return "It is tried again by itself."


def _calendars(number: int) -> str:
    return "1 calendar" if number == 1 else f"{number} calendars"


def _one_line(text: str) -> str:
    """Names come from outside: one that spans lines must not look like part of the letter."""
    return " ".join(text.split())
