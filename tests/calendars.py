"""Calendars made for a test, relative to today, so that no test grows old."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

STAMP = "DTSTAMP:20260101T000000Z"


def calendar(*events: str, name: str = "Work", zone: str = "Europe/Berlin") -> bytes:
    head = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//test//EN", f"X-WR-CALNAME:{name}"]
    if zone:
        head.append(f"X-WR-TIMEZONE:{zone}")
    return _lines([*head, *events, "END:VCALENDAR"])


def event(
    title: str, *, days: int = 3, hour: int = 9, hours: int = 2, uid: str | None = None, more: Iterable[str] = ()
) -> str:
    """One timed event, `days` from today at `hour` UTC."""
    start = in_days(days, hour)
    end = start + timedelta(hours=hours)
    return "\r\n".join(
        [
            "BEGIN:VEVENT",
            f"UID:{uid or f'{title}-{days}-{hour}@test'}",
            STAMP,
            f"DTSTART:{start:%Y%m%dT%H%M%SZ}",
            f"DTEND:{end:%Y%m%dT%H%M%SZ}",
            f"SUMMARY:{title}",
            *more,
            "END:VEVENT",
        ]
    )


def many(count: int) -> bytes:
    """A large calendar: `count` events, ten a day, none of them tagged."""
    return calendar(
        *(
            event("Meeting", days=1 + number // 10 % 80, hour=number % 10 * 2, uid=f"{number}@test")
            for number in range(count)
        )
    )


def in_days(days: int, hour: int = 0) -> datetime:
    today = datetime.now(UTC).replace(hour=hour, minute=0, second=0, microsecond=0)
    return today + timedelta(days=days)


def _lines(lines: Iterable[str]) -> bytes:
    return "\r\n".join([*lines, ""]).encode()
