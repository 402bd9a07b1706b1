"""Graph's `dateTimeTimeZone` → seconds since 1970 UTC."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from oncall_ui.domain.ical.zones.zone_aliases import iana_zone
from oncall_ui.domain.window import start_of_day
from providers.outlook.values import Odd, flag, record, text

_MOMENT = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.\d{1,9})?(Z?)", re.ASCII)


def span(item: Mapping[str, Any], zone: ZoneInfo) -> tuple[int, int]:
    """Start and end of an event, end exclusive; its days are days in `zone`. Raises Odd."""
    if flag(item, "isAllDay"):
        first, last = _day(item, "start"), _day(item, "end")
        if last < first:
            raise Odd("It ends before it starts.")
        # A day is never converted: Graph gives its date at midnight, whatever zone was asked for.
        return _midnight(first, zone), _midnight(max(last, first + timedelta(days=1)), zone)
    start, end = _moment(item, "start"), _moment(item, "end")
    if end < start:
        raise Odd("It ends before it starts.")
    return start, end


def _moment(item: Mapping[str, Any], key: str) -> int:
    wall, is_utc = _wall(item, key)
    name = text(record(item, key), "timeZone")
    zone = UTC if is_utc or name == "UTC" else iana_zone(name)
    if zone is None:
        raise Odd(f"Its {key} is in a time zone nobody knows.")
    return int(wall.replace(tzinfo=zone).timestamp())


def _day(item: Mapping[str, Any], key: str) -> date:
    return _wall(item, key)[0].date()


def _midnight(day: date, zone: ZoneInfo) -> int:
    return int(start_of_day(day, zone).timestamp())


def _wall(item: Mapping[str, Any], key: str) -> tuple[datetime, bool]:
    """What the clock shows, to the second, and whether it is marked as UTC."""
    found = _MOMENT.fullmatch(text(record(item, key), "dateTime"))
    numbers = [int(each) for each in found.groups()[:6]] if found else [0]
    # The first and the last year there are have no room for a zone.
    if found is None or not 1 < numbers[0] < 9999:
        raise Odd(f"Its {key} is not a date and a time.")
    try:
        return datetime(*numbers), found[7] == "Z"  # type: ignore[arg-type]  # noqa: DTZ001 - the zone stands beside it
    except ValueError:
        raise Odd(f"Its {key} is not a date and a time.") from None
