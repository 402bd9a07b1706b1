"""The span of time an import looks at."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

DAYS_AHEAD = 90


@dataclass(frozen=True, slots=True)
class Window:
    """Half-open span of instants, both aware and in UTC: `start` belongs to it, `end` does not."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.tzinfo is not UTC or self.end.tzinfo is not UTC:
            raise ValueError("a window is made of aware UTC datetimes")
        if self.end <= self.start:
            raise ValueError("a window ends after it starts")


def days_from(day: date, zone: ZoneInfo, days: int = DAYS_AHEAD) -> Window:
    """The `days` calendar days beginning with `day`, from midnight to midnight in `zone`."""
    return Window(start_of_day(day, zone), start_of_day(day + timedelta(days=days), zone))


def start_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of `day` in `zone`, in UTC; where a DST gap skips midnight, the end of the gap."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
