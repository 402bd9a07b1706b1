"""Shifts as an iCalendar file (RFC 5545)."""

from collections.abc import Iterable
from datetime import timedelta

from icalendar import Calendar, Event, vDuration, vText

from oncall_ui.services.sharing.ics_writer import utc_timezone
from oncall_ui.services.sharing.shift_events import ShiftEvent

PRODUCT = "-//On-Call Optimizer//Shifts//EN"
REFRESH = timedelta(hours=1)


def shifts_text(name: str, events: Iterable[ShiftEvent], *, public_url: str, method: str = "") -> bytes:
    """A calendar of shifts. They are free time for other programs, so that meetings stay possible while on call."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    if method:
        calendar.add("method", method)
    else:
        for key in ("name", "x-wr-calname"):
            calendar.add(key, vText(name))
        calendar.add("refresh-interval", vDuration(REFRESH), parameters={"VALUE": "DURATION"})
        calendar.add("x-published-ttl", vDuration(REFRESH))
    for each in events:
        calendar.add_component(_event(each, public_url))
    if not calendar.subcomponents:
        calendar.add_component(utc_timezone())
    return bytes(calendar.to_ical())


def _event(shift: ShiftEvent, public_url: str) -> Event:
    event = Event()
    event.add("uid", shift.uid)
    event.add("dtstamp", shift.changed_at.replace(microsecond=0))
    event.add("last-modified", shift.changed_at.replace(microsecond=0))
    event.add("sequence", shift.sequence)
    event.add("dtstart", shift.start)
    event.add("dtend", shift.end)
    event.add("summary", shift.title)
    event.add("url", f"{public_url}/schedules/{shift.schedule_id}")
    event.add("status", "CANCELLED" if shift.is_cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    # Outlook ignores TRANSP where this is missing (MS-OXCICAL section 2.1.3.1.1.20.31).
    event.add("x-microsoft-cdo-busystatus", "FREE")
    return event
