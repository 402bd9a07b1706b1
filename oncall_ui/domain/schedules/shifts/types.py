"""What a shift is called: its type by the minutes it covers, and a label where the clocks change."""

from collections.abc import Collection, Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from oncall_ui.domain.availability.window import start_of_day

WEEK = timedelta(hours=120)
NIGHT = timedelta(hours=16)
NIGHT_BEGINS, NIGHT_ENDS = time(22), time(7)


def type_of(start: datetime, end: datetime, zone: ZoneInfo, holidays: Collection[date] = ()) -> str:
    """`holiday`, `week`, `weekend`, `night` or `weekday`: the first whose rule fits. "Half" is of the elapsed time."""
    length = end - start
    days = list(_days(start, end, zone))
    on_holidays = sum((_overlap(start, end, *_bounds(day, zone)) for day in days if day in holidays), timedelta())
    if 2 * on_holidays >= length:
        return "holiday"
    if length > WEEK:
        return "week"
    at_weekends = sum((_overlap(start, end, *_bounds(day, zone)) for day in days if day.weekday() >= 5), timedelta())
    if 2 * at_weekends >= length:
        return "weekend"
    at_night = sum((_overlap(start, end, *_night(day, zone)) for day in days), timedelta())
    return "night" if length <= NIGHT and 2 * at_night >= length else "weekday"


def wall_length(start: datetime, end: datetime, zone: ZoneInfo) -> timedelta:
    """What the hands of a clock on the wall say between the two instants."""
    return _wall(end, zone) - _wall(start, zone)


def clock_label(start: datetime, end: datetime, zone: ZoneInfo) -> str:
    """ "25 h: the clocks change" where the real length isn't that on the wall clock, else empty."""
    length = end - start
    return "" if length == wall_length(start, end, zone) else f"{hours(length)}: the clocks change"


def hours(length: timedelta) -> str:
    """ "24 h", "7.5 h"."""
    return f"{length / timedelta(hours=1):.2f}".rstrip("0").rstrip(".") + " h"


def _wall(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None)


def _days(start: datetime, end: datetime, zone: ZoneInfo) -> Iterator[date]:
    """The days of the zone from the one before `start`, whose night may reach into the shift."""
    day = start.astimezone(zone).date() - timedelta(days=1)
    while day <= end.astimezone(zone).date():
        yield day
        day += timedelta(days=1)


def _bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    return start_of_day(day, zone), start_of_day(day + timedelta(days=1), zone)


def _night(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    evening = datetime.combine(day, NIGHT_BEGINS, zone)
    morning = datetime.combine(day + timedelta(days=1), NIGHT_ENDS, zone)
    return evening.astimezone(UTC), morning.astimezone(UTC)


def _overlap(start: datetime, end: datetime, other_start: datetime, other_end: datetime) -> timedelta:
    return max(min(end, other_end) - max(start, other_start), timedelta())
