"""Which instance of a series an EXDATE, RDATE or RECURRENCE-ID means."""

from oncall_ui.domain.ical.components.event_time import EventTime
from oncall_ui.domain.ical.zones.date_time import DateTimeValue
from oncall_ui.domain.ical.zones.zone import DAY, Zone

NO_DAYS = -(1 << 50)
"""Keys below it stand for days in a series of times."""


def key(date_time: DateTimeValue, when: EventTime) -> int:
    """What an EXDATE or RECURRENCE-ID is compared by: the day's midnight for days, else the instant.

    A day in a series of times gets a negative key of its own, far from every instant. A time without a zone is read in
    the zone of the series.
    """
    if when.is_date:
        return day_of(date_time, when.zone) * DAY
    if date_time.zone is None:
        return day_key(date_time.wall)
    return when.zone.utc(date_time.wall) if _floats(date_time, when) else date_time.instant


def keys(date_time: DateTimeValue, when: EventTime) -> tuple[int, ...]:
    """The key of a changed instance, and that of its day, which an EXDATE may name."""
    own = key(date_time, when)
    return (own,) if when.is_date else (own, day_key(wall_in(date_time, when)))


def day_key(wall: int) -> int:
    return wall // DAY - (1 << 60)


def _floats(date_time: DateTimeValue, when: EventTime) -> bool:
    return date_time.zone is not None and date_time.zone.floats and date_time.zone is not when.zone


def wall_in(date_time: DateTimeValue, event_time: EventTime) -> int:
    """The wall time in the series' zone an RDATE means; a day in a series of times means its usual time."""
    if event_time.is_date:
        return day_of(date_time, event_time.zone) * DAY
    if date_time.zone is None:
        return date_time.wall + event_time.start % DAY
    return date_time.wall if date_time.zone is event_time.zone else event_time.zone.wall(date_time.instant)


def day_of(date_time: DateTimeValue, zone: Zone) -> int:
    """The day a date_time means for a series of days: as written, unless it is an instant other than midnight UTC."""
    if date_time.zone is None or date_time.zone.name != "UTC" or date_time.wall % DAY in (0, DAY - 1):
        return date_time.wall // DAY
    return zone.wall(date_time.instant) // DAY
