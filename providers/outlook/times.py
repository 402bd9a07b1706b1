"""Start and end of an event in Graph's `dateTimeTimeZone` → seconds since 1970 UTC."""

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from oncall_ui.domain.availability.window import start_of_day
from oncall_ui.domain.ical.zones.zone_aliases import iana_zone
from providers.json import NotExpected, Object, flag, record, text

_BACKWARDS = "It ends before it starts."
_WALL_TIME = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.\d{1,9})?(Z?)", re.ASCII)


def span(item: Object, zone: ZoneInfo) -> tuple[int, int]:
    """Start and end, end exclusive; whole days are days in `zone`. Raises NotExpected."""
    if flag(item, "isAllDay"):
        first, last = _day(item, "start"), _day(item, "end")
        if last < first:
            raise NotExpected(_BACKWARDS)
        # Days are never converted: Graph returns their date at midnight, whatever time zone was requested.
        return _midnight(first, zone), _midnight(max(last, first + timedelta(days=1)), zone)
    start, end = _moment(item, "start"), _moment(item, "end")
    if end < start:
        raise NotExpected(_BACKWARDS)
    return start, end


def _moment(item: Object, key: str) -> int:
    wall, is_utc = _wall_time(item, key)
    name = text(record(item, key), "timeZone")
    zone = UTC if is_utc or name == "UTC" else iana_zone(name)
    if zone is None:
        raise NotExpected(f"Its {key} is in an unknown time zone.")
    return int(wall.replace(tzinfo=zone).timestamp())


def _day(item: Object, key: str) -> date:
    return _wall_time(item, key)[0].date()


def _midnight(day: date, zone: ZoneInfo) -> int:
    return int(start_of_day(day, zone).timestamp())


def _wall_time(item: Object, key: str) -> tuple[datetime, bool]:
    """The local time, to the second, and whether it is marked as UTC."""
    found = _WALL_TIME.fullmatch(text(record(item, key), "dateTime"))
    numbers = [int(each) for each in found.groups()[:6]] if found else [0]
    # The first and last year there are leave no room for a time zone.
    if found is None or not 1 < numbers[0] < 9999:
        raise NotExpected(f"Its {key} isn’t a date and time.")
    try:
        return datetime(*numbers), found[7] == "Z"  # type: ignore[arg-type]  # noqa: DTZ001 - the zone is separate
    except ValueError:
        raise NotExpected(f"Its {key} isn’t a date and time.") from None
