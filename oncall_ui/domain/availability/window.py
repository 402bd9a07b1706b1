"""The window an import reads: from today to 90 days ahead."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DAYS_AHEAD = 90


@dataclass(frozen=True, slots=True)
class Window:
    """Aware UTC, end exclusive, never empty. Raises ValueError otherwise."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.tzinfo is not UTC or self.end.tzinfo is not UTC:
            raise ValueError("a window needs aware UTC datetimes")
        if self.end <= self.start:
            raise ValueError("a window must end after it starts")


def days_from(day: date, zone: ZoneInfo, days: int = DAYS_AHEAD) -> Window:
    """`days` calendar days from `day` on, midnight to midnight in `zone`."""
    return Window(start_of_day(day, zone), start_of_day(day + timedelta(days=days), zone))


def zone_of(name: str) -> ZoneInfo:
    """The zone of that name, or UTC if this server doesn’t know it: such a row must not break the team’s pages."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def start_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of `day` in `zone`, in UTC: midnight, or the end of a DST gap that skips midnight."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
