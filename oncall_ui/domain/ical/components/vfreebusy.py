"""VFREEBUSY: published busy time without events (RFC 5545 section 3.6.4)."""

import re
from collections.abc import Callable, Iterator

from oncall_ui.domain.ical.components.details import address
from oncall_ui.domain.ical.parsing.content_line import parameter, split_time
from oncall_ui.domain.ical.parsing.values import InvalidValue, decoded, duration
from oncall_ui.domain.ical.zones.date_time import DateTimeValue
from oncall_ui.domain.ical.zones.tzid import CalendarZones
from oncall_ui.domain.imports.events import Event, Kind, Occurrence

_LINE = re.compile(rb"\n(FREEBUSY|UID|ORGANIZER)([;:][^\n]*)")


def periods(
    body: bytes, begin: int, end: int, zones: CalendarZones, flag: Callable[[str], None]
) -> Iterator[Occurrence]:
    """The periods that touch the window; `flag` is called for each that can't be read. Raises Exhausted."""
    uid = organizer = ""
    lines = []
    for name, rest in _LINE.findall(body):
        if name == b"UID":
            uid = decoded(rest.partition(b":")[2].strip())
        elif name == b"ORGANIZER":
            organizer = address(rest)
        else:
            lines.append(rest)
    events: dict[bytes, Event] = {}
    for rest in lines:
        parameters, values = split_time(rest)
        sort = parameter(parameters, b"FBTYPE").upper()
        about = events.get(sort)
        if about is None:
            about = events[sort] = _event(uid, organizer, sort)
        for value in values.split(b","):
            if value.strip():
                try:
                    start, stop = _period(value.strip(), parameters, zones)
                except InvalidValue as error:
                    flag(f"{error} This busy time was left out.")
                    continue
                if start < end and (stop > begin or start >= begin):
                    yield Occurrence(start, stop, False, about)


def _event(uid: str, organizer: str, sort: bytes) -> Event:
    kind = Kind.OUT_OF_OFFICE if sort == b"BUSY-UNAVAILABLE" else Kind.BUSY_TIME
    return Event(uid, kind=kind, free=sort == b"FREE", organizer=organizer)


def _period(text: bytes, parameters: bytes, zones: CalendarZones) -> tuple[int, int]:
    """Start and end in seconds since 1970 UTC."""
    first, slash, last = text.partition(b"/")
    if not slash:
        raise InvalidValue("It names a busy time without an end.")
    begin = zones.date_time(parameters, first)
    if last[:1] in b"Pp+-":
        length = duration(last)
        start = _instant(begin, zones)
        end = start + length.days * 86_400 + length.seconds
    else:
        stop = zones.date_time(parameters, last)
        start, end = _instant(begin.beside(stop), zones), _instant(stop.beside(begin), zones)
    return (start, end) if start <= end else (end, start)


def _instant(value: DateTimeValue, zones: CalendarZones) -> int:
    return zones.days.utc(value.wall) if value.is_date else value.instant
