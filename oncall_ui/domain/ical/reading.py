"""Stand-in until the engine lands."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events

from oncall_ui.domain.events import Answer, Attendee, Event, Kind, Occurrence, Reading
from oncall_ui.domain.failures import Cause, Unreadable
from oncall_ui.domain.window import Window


def read(
    data: bytes,
    window: Window,
    *,
    zone: ZoneInfo | None = None,
    default_zone: ZoneInfo = ZoneInfo("UTC"),
    on_progress: Callable[[int], None] | None = None,
) -> Reading:
    text = data.decode("utf-8", "replace")
    if "<html" in text[:2000].lower():
        raise Unreadable(Cause.WEB_PAGE, "This address answers with a web page, not a calendar.")
    if "BEGIN:VCALENDAR" not in text[:2000]:
        raise Unreadable(Cause.UNREADABLE, "This address does not answer with a calendar.")
    if "END:VCALENDAR" not in text:
        raise Unreadable(Cause.TRUNCATED, "The calendar ends in the middle. Try again in a few minutes.")
    found = re.search(r"X-WR-TIMEZONE:(\S+)", text)
    own = found.group(1) if found else ""
    day_zone = zone or (ZoneInfo(own) if own else default_zone)
    calendar = icalendar.Calendar.from_ical(re.sub(r"X-WR-TIMEZONE:.*\r?\n", "", text))
    occurrences = []
    for component in recurring_ical_events.of(calendar, skip_bad_series=True).between(window.start, window.end):
        start, end = component.start, component.end
        if not isinstance(start, datetime):
            s, e = (datetime(d.year, d.month, d.day, tzinfo=day_zone) for d in (start, end))
            all_day = True
        else:
            s, e = (d if d.tzinfo else d.replace(tzinfo=day_zone) for d in (start, end))
            all_day = False
        event = Event(
            uid=str(component.get("UID", "")),
            title=str(component.get("SUMMARY", "")),
            description=str(component.get("DESCRIPTION", "")),
            cancelled=component.get("STATUS") == "CANCELLED",
            free=component.get("TRANSP") == "TRANSPARENT",
        )
        occurrences.append(Occurrence(int(s.timestamp()), int(e.timestamp()), all_day, event))
    n = text.count("BEGIN:VEVENT")
    if on_progress:
        on_progress(n)
    return Reading(
        str(calendar.get("X-WR-CALNAME", "")),
        own,
        sorted(occurrences, key=lambda o: (o.start, o.end, o.event.uid)),
        [],
        n,
    )
