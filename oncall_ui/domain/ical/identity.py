"""Which instance of a series an EXDATE or a RECURRENCE-ID means."""

from oncall_ui.domain.ical.extent import Extent
from oncall_ui.domain.ical.instances import day_of, wall_in
from oncall_ui.domain.ical.moment import Moment
from oncall_ui.domain.ical.zone import DAY

NO_DAYS = -(1 << 50)
"""Keys below it stand for days in a series of times."""


def key(moment: Moment, when: Extent) -> int:
    """What an EXDATE or RECURRENCE-ID is compared by: the day's midnight for days, else the instant.

    A day in a series of times gets a negative key of its own, far from every instant. A time without a zone is read in
    the zone of the series.
    """
    if when.is_date:
        return day_of(moment, when.zone) * DAY
    if moment.zone is None:
        return day_key(moment.wall)
    return when.zone.utc(moment.wall) if _floats(moment, when) else moment.instant


def keys(moment: Moment, when: Extent) -> tuple[int, ...]:
    """The key of a changed instance, and that of its day, which an EXDATE may name."""
    own = key(moment, when)
    return (own,) if when.is_date else (own, day_key(wall_in(moment, when)))


def day_key(wall: int) -> int:
    return wall // DAY - (1 << 60)


def _floats(moment: Moment, when: Extent) -> bool:
    return moment.zone is not None and moment.zone.floats and moment.zone is not when.zone
