"""Start and end of an event in Google's notation → seconds since 1970 UTC."""

from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from oncall_ui.domain.availability.window import start_of_day
from oncall_ui.domain.ical.zones.zone_aliases import iana_zone
from providers.json import NotExpected, Object, record, text

BACKWARDS = "It ends before it starts."


class TimeSpan(NamedTuple):
    """End exclusive, never before the start."""

    start: int
    end: int
    all_day: bool


def span(event: Object, zone: ZoneInfo) -> TimeSpan:
    """`zone` is the calendar's: for whole days, and for times without offset or zone. Raises NotExpected."""
    all_day = "date" in record(event, "start")
    if all_day:
        first, last = _day(event, "start"), _day(event, "end")
        if last < first:
            raise NotExpected(BACKWARDS)
        # A day that ends on itself is meant as one day.
        return TimeSpan(_midnight(first, zone), _midnight(max(last, first + timedelta(days=1)), zone), all_day)
    start, end = (moment(record(event, key), "dateTime", zone, key) for key in ("start", "end"))
    if end < start:
        raise NotExpected(BACKWARDS)
    return TimeSpan(start, end, all_day)


def moment(value: Object, key: str, zone: ZoneInfo, name: str) -> int:
    """An RFC 3339 timestamp, or a local time in the `timeZone` next to it. `name` is for NotExpected."""
    written = text(value, key).upper()
    try:
        if "T" not in written:
            raise ValueError
        found = datetime.fromisoformat(written)
        if found.tzinfo is None:
            found = found.replace(tzinfo=iana_zone(text(value, "timeZone")) or zone)
        return int(found.timestamp())
    except (ValueError, OverflowError):
        raise NotExpected(f"Its {name} isn’t a date and time.") from None


def _day(event: Object, key: str) -> date:
    found = text(record(event, key), "date")
    try:
        day = date.fromisoformat(found)
    except ValueError:
        raise NotExpected(f"Its {key} isn’t a date.") from None
    # The first and last year there are leave no room for a time zone.
    if not 1 < day.year < 9999:
        raise NotExpected(f"Its {key} isn’t a date.")
    return day


def _midnight(day: date, zone: ZoneInfo) -> int:
    return int(start_of_day(day, zone).timestamp())
