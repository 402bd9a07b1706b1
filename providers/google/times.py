"""Start and end of an event as Google writes them → seconds since 1970 UTC."""

from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from oncall_ui.domain.ical.zones.zone_aliases import iana_zone
from oncall_ui.domain.window import start_of_day
from providers.google.values import Object, part, text


class NoTime(Exception):
    """Words for the calendar's owner."""


class Span(NamedTuple):
    """End exclusive, never before the start."""

    start: int
    end: int
    all_day: bool


def span(event: Object, zone: ZoneInfo) -> Span:
    """`zone` is the calendar's: for its days, and for times that name neither an offset nor a zone. Raises NoTime."""
    start, end = part(event.get("start")), part(event.get("end"))
    try:
        if "date" in start:
            return _days(_day(start), _day(end), zone)
        return _times(moment(start, zone), moment(end, zone))
    except (ValueError, OverflowError):
        raise NoTime("The start or the end of an event can’t be read, so it was left out.") from None


def moment(value: Object, zone: ZoneInfo) -> int:
    """RFC 3339, or a wall clock in the `timeZone` beside it. Raises ValueError and OverflowError."""
    written = text(value.get("dateTime")).upper()
    if "T" not in written:
        raise ValueError
    found = datetime.fromisoformat(written)
    if found.tzinfo is None:
        found = found.replace(tzinfo=iana_zone(text(value.get("timeZone"))) or zone)
    return int(found.timestamp())


def _day(value: Object) -> date:
    return date.fromisoformat(text(value.get("date")))


def _days(first: date, end: date, zone: ZoneInfo) -> Span:
    if end < first:
        raise NoTime("An event ends before it starts, so it was left out.")
    # A day that ends on itself is meant as one day.
    end = max(end, first + timedelta(days=1))
    return Span(int(start_of_day(first, zone).timestamp()), int(start_of_day(end, zone).timestamp()), True)


def _times(start: int, end: int) -> Span:
    if end < start:
        raise NoTime("An event ends before it starts, so it was left out.")
    return Span(start, end, False)
