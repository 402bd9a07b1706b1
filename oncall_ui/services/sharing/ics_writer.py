"""Availability as an iCalendar file (RFC 5545) that any calendar app can subscribe to, with two possible titles."""

import uuid
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from icalendar import Calendar, Event, Timezone, TimezoneStandard, vDuration, vText

from oncall_ui.domain.availability.rules import Action
from oncall_ui.domain.availability.spans import AvailabilitySpan

PRODUCT = "-//On-Call Optimizer//Availability//EN"
TITLES = {Action.BLOCK: "Not on call", Action.PREFER: "Would like to be on call"}


def calendar_text(
    name: str, spans: Iterable[AvailabilitySpan], *, owner: str, stamp: datetime, refresh: timedelta | None = None
) -> bytes:
    """A calendar named `name` with an event for each span.

    An event's UID (RFC 7986 section 5.3) is computed from `owner`, span and action. So events never change, they only
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
        calendar.add_component(_event(span, owner, stamp))
    if not calendar.subcomponents:
        calendar.add_component(_utc_timezone())
    return bytes(calendar.to_ical())


def _event(span: AvailabilitySpan, owner: str, stamp: datetime) -> Event:
    event = Event()
    what = f"{owner}#{span.start.timestamp():.0f}-{span.end.timestamp():.0f}-{span.action}"
    event.add("uid", str(uuid.uuid5(uuid.NAMESPACE_URL, what)))
    event.add("dtstamp", stamp)
    event.add("dtstart", span.start)
    event.add("dtend", span.end)
    event.add("summary", TITLES[span.action])
    event.add("transp", "OPAQUE" if span.action is Action.BLOCK else "TRANSPARENT")
    return event


def _utc_timezone() -> Timezone:
    """For an empty calendar, which must have at least one component (RFC 5545 section 3.6)."""
    standard = TimezoneStandard()
    standard.add("dtstart", datetime(1970, 1, 1, tzinfo=UTC).replace(tzinfo=None))
    standard.add("tzoffsetfrom", timedelta(0))
    standard.add("tzoffsetto", timedelta(0))
    zone = Timezone()
    zone.add("tzid", "UTC")
    zone.add_component(standard)
    return zone
