"""Which instance of a series an EXDATE, RDATE or RECURRENCE-ID means."""

from oncall_ui.domain.ical.components.event_time import EventTime
from oncall_ui.domain.ical.zones.date_time import DateTimeValue
from oncall_ui.domain.ical.zones.zone import DAY

NO_DAYS = -(1 << 50)
"""Keys below it mean days in a series of times."""


def key(date_time: DateTimeValue, when: EventTime) -> int:
    """What an EXDATE or RECURRENCE-ID is compared by: the day's midnight for days, else the instant.

    A day in a series of times gets a negative key of its own, far from every instant. A time without a zone is read in
    the zone of the series.
    """
    if when.is_date:
        return day_of(date_time) * DAY
    if date_time.zone is None:
        return day_key(date_time.wall)
    return when.zone.utc(date_time.wall) if date_time.floats else date_time.instant


def keys(date_time: DateTimeValue, when: EventTime) -> tuple[int, ...]:
    """The key of a changed instance, and that of its day, which an EXDATE may name."""
    own = key(date_time, when)
    return (own,) if when.is_date else (own, day_key(wall_in(date_time, when)))


def day_key(wall: int) -> int:
    return wall // DAY - (1 << 60)


def wall_in(date_time: DateTimeValue, event_time: EventTime) -> int:
    """The wall time in the series' zone an RDATE means; a day in a series of times means its usual time."""
    if event_time.is_date:
        return day_of(date_time) * DAY
    if date_time.zone is None:
        return date_time.wall + event_time.start % DAY
    if date_time.floats or date_time.zone is event_time.zone:
        return date_time.wall
    return event_time.zone.wall(date_time.instant)


def day_of(date_time: DateTimeValue) -> int:
    """The day a value means for a series of days: as written, or where it is in UTC the nearest midnight.

    The writer had a midnight of their own; the reader's zone doesn't matter. The last minute of an hour, as in
    235959Z, is the end of a day: that of the midnight after it.
    """
    wall = date_time.wall
    if date_time.zone is None or date_time.floats or date_time.zone.name != "UTC":
        return wall // DAY
    if wall % 3600 >= 3540:
        return (wall - wall % 3600 + 3600 + DAY // 2) // DAY - 1
    return (wall + DAY // 2) // DAY
