"""A calendar file or feed of shifts → a rota."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from oncall_ui.domain.availability.window import Window
from oncall_ui.domain.ical import read
from oncall_ui.domain.imports.events import Occurrence
from oncall_ui.domain.schedules.rota_import.rota import Entry, Rota, RotaSource, named, rota_of
from oncall_ui.domain.schedules.rota_import.titles import names_in, role_in


def read_ics(
    data: bytes,
    window: Window,
    zone: ZoneInfo,
    handoff: time,
    roles: Sequence[str],
    counted: Callable[[int], None] | None = None,
) -> Rota:
    """Every event inside the window is somebody's time on call. A whole day begins and ends at the handoff.

    Raises Unreadable for what isn't a calendar, and NotARota.
    """
    reading = read(data, window, zone=zone, default_zone=zone, on_progress=counted)
    shown = [each for each in reading.occurrences if not each.event.cancelled]
    names = names_in((each.event.title for each in shown), roles)
    entries = (_entry(each, names, zone, handoff, roles) for each in shown)
    problems = [f"Line {each.line}: {each.message}" for each in reading.problems]
    return rota_of(RotaSource.ICS, entries, len(shown), problems)


def _entry(occurrence: Occurrence, names: dict[str, str], zone: ZoneInfo, handoff: time, roles: Sequence[str]) -> Entry:
    event, start, end = occurrence.event, occurrence.starts_at, occurrence.ends_at
    if occurrence.all_day:
        start, end = (_at(each.astimezone(zone), handoff) for each in (start, end))
    email = event.attendees[0].address if len(event.attendees) == 1 else ""
    name = names[event.title] or email or "No title"
    return Entry(start, end, named(name, email if "@" in email else ""), role_in(event.title, roles))


def _at(day: datetime, handoff: time) -> datetime:
    return datetime.combine(day.date(), handoff, day.tzinfo).astimezone(UTC)
