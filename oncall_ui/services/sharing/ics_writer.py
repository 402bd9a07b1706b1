"""Availability as an iCalendar file (RFC 5545) that any calendar app can subscribe to, with three possible titles."""

import uuid
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from icalendar import Calendar, Event, Timezone, TimezoneStandard, vDuration, vText

from oncall_ui.domain.availability.rules import Action
from oncall_ui.domain.availability.spans import AvailabilitySpan, Interval

PRODUCT = "-//On-Call Optimizer//Availability//EN"
TITLES = {Action.BLOCK: "Not on call", Action.PREFER: "Would like to be on call"}
UNKNOWN = "Availability unknown"


def calendar_text(
    name: str,
    spans: Iterable[AvailabilitySpan],
    *,
    owner: str,
    stamp: datetime,
    refresh: timedelta | None = None,
    unknown: Iterable[Interval] = (),
) -> bytes:
    """A calendar named `name` with an event for each span, and one for each part in which nothing is known.

    An event's UID (RFC 7986 section 5.3) is computed from `owner`, span and title. So events never change, they only
    appear and disappear, and one aware `stamp` is right for all of them (DTSTAMP, RFC 5545 section 3.8.7.2). `refresh`
    is the suggested polling interval (RFC 7986 section 5.7, and the older property that Outlook reads).
    """
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    for key in ("name", "x-wr-calname"):
        calendar.add(key, vText(name))
    if refresh is not None:
        calendar.add("refresh-interval", vDuration(refresh), parameters={"VALUE": "DURATION"})
        calendar.add("x-published-ttl", vDuration(refresh))
    for span in spans:
        transparency = "OPAQUE" if span.action is Action.BLOCK else "TRANSPARENT"
        calendar.add_component(
            _event((span.start, span.end), span.action, owner, stamp, TITLES[span.action], transparency)
        )
    for part in unknown:
        # Free for other programs: it must not look like a block either.
        event = _event(part, "unknown", owner, stamp, UNKNOWN, "TRANSPARENT")
        event.add("status", "TENTATIVE")
        calendar.add_component(event)
    if not calendar.subcomponents:
        calendar.add_component(utc_timezone())
    return bytes(calendar.to_ical())


def _event(span: Interval, kind: str, owner: str, stamp: datetime, title: str, transparency: str) -> Event:
    event = Event()
    start, end = span
    what = f"{owner}#{start.timestamp():.0f}-{end.timestamp():.0f}-{kind}"
    event.add("uid", str(uuid.uuid5(uuid.NAMESPACE_URL, what)))
    event.add("dtstamp", stamp)
    event.add("dtstart", start)
    event.add("dtend", end)
    event.add("summary", title)
    event.add("transp", transparency)
    return event


def utc_timezone() -> Timezone:
    """For an empty calendar, which must have at least one component (RFC 5545 section 3.6)."""
    standard = TimezoneStandard()
    standard.add("dtstart", datetime(1970, 1, 1, tzinfo=UTC).replace(tzinfo=None))
    standard.add("tzoffsetfrom", timedelta(0))
    standard.add("tzoffsetto", timedelta(0))
    zone = Timezone()
    zone.add("tzid", "UTC")
    zone.add_component(standard)
    return zone
