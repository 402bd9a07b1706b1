"""How long one event lasts, and where: its start, its zone, its length in two parts."""

from typing import NamedTuple

from oncall_ui.domain.ical.components.vevent import VEvent
from oncall_ui.domain.ical.parsing.values import Duration, InvalidValue
from oncall_ui.domain.ical.zones.date_time import DateTimeValue
from oncall_ui.domain.ical.zones.zone import DAY, Zone

MIXED = "Its start is a day and its end a time, or the other way round."
ENDLESS = "It has no end, so it lasts no time."
SWAPPED = "It ends before it starts; the two are read the other way round."


class EventTime(NamedTuple):
    """`start` is wall time in `zone`; for a day, in the zone that makes days moments.

    An instance lasts `wall` seconds on the clock and `exact` seconds after that: DTEND in the zone of DTSTART and the
    days of a DURATION follow the clock over a change of offset, hours of a DURATION don't.
    """

    start: int
    zone: Zone
    is_date: bool
    wall: int
    exact: int
    warning: str = ""

    @property
    def reach(self) -> int:
        return self.wall + self.exact


def event_time(component: VEvent) -> EventTime:
    """Raises InvalidValue where start and end can't be brought together."""
    start = component.start
    if start is None:
        raise InvalidValue("It has no start (DTSTART).")
    if start.zone is None:
        return _of_days(component, start.wall)
    if component.end is not None:
        return _until(start, start.zone, component.end)
    if component.length is not None:
        return _lasting(start.wall, start.zone, component.length)
    error = component.end_error
    warning = f"{error} So its end is not known, and it lasts no time." if error else ENDLESS
    return EventTime(start.wall, start.zone, False, 0, 0, warning)


def _of_days(component: VEvent, start: int) -> EventTime:
    """Whole days, one at least: DTEND equal to DTSTART, or before it, means the day itself."""
    warning = ""
    length = DAY
    if component.end is not None:
        length = -(-(component.end.wall - start) // DAY) * DAY
        if not component.end.is_date:
            warning = MIXED
        elif length < 0:
            warning = "It ends before it starts; it is read as one day."
    elif component.length is not None:
        days, seconds = component.length
        length = (days - (-seconds // DAY)) * DAY
    elif component.end_error:
        warning = f"{component.end_error} So its end is not known, and it is read as one day."
    return EventTime(start, component.zones.days, True, max(length, DAY), 0, warning)


def _until(start: DateTimeValue, zone: Zone, end: DateTimeValue) -> EventTime:
    if end.is_date:
        wall = end.wall if end.wall > start.wall else end.wall + DAY
        return EventTime(start.wall, zone, False, max(wall - start.wall, 0), 0, MIXED)
    if end.zone is zone:
        length = end.wall - start.wall
        if length >= 0:
            return EventTime(start.wall, zone, False, length, 0)
    else:
        length = end.instant - start.instant
        if length >= 0:
            return EventTime(start.wall, zone, False, 0, length)
    if length <= -DAY:
        raise InvalidValue("It ends before it starts.")
    return EventTime(start.wall + length, zone, False, -length, 0, SWAPPED)


def _lasting(start: int, zone: Zone, length: Duration) -> EventTime:
    wall, exact = length.days * DAY, length.seconds
    if wall + exact >= 0:
        return EventTime(start, zone, False, wall, exact)
    if wall + exact <= -DAY:
        raise InvalidValue("It ends before it starts.")
    return EventTime(start + wall + exact, zone, False, -wall, -exact, SWAPPED)
