"""The span a request asks for: `start` and `end` as days or as instants."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import Query

from oncall_ui.domain.availability.window import DAYS_AHEAD, start_of_day

WHEN = "A day, `2026-11-22`, which starts at midnight in your time zone, or an instant with an offset."
Start = Annotated[str | None, Query(description=f"{WHEN} Default: today.", examples=["2026-11-22"])]
End = Annotated[
    str | None, Query(description=f"{WHEN} Exclusive. Default: 90 days later.", examples=["2026-11-23T09:00:00Z"])
]
LONGEST = timedelta(days=400)
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d(:\d\d(\.\d{1,6})?)?([Zz]|[+-]\d\d:\d\d)")
# An unescaped plus sign arrives as a space.
_LOST_PLUS = re.compile(r" (?=\d\d:\d\d$)")


class Unclear(Exception):
    """Its text says what to send instead."""


def span(start: str | None, end: str | None, zone: ZoneInfo, now: datetime) -> tuple[datetime, datetime]:
    """Aware UTC. A day starts at its midnight in `zone`; the end is exclusive; the default is 90 days from today.

    Raises Unclear.
    """
    try:
        first = _moment("start", start, zone) if start else start_of_day(now.astimezone(zone).date(), zone)
        last = _moment("end", end, zone) if end else _days_after(first, zone)
    except OverflowError as error:
        raise Unclear("start or end is out of range. Use days closer to today.") from error
    if last <= first:
        raise Unclear("end must be after start. It is exclusive: one day is start=2026-11-22 and end=2026-11-23.")
    if last - first > LONGEST:
        raise Unclear(f"start and end are more than {LONGEST.days} days apart. Request a shorter span.")
    return first, last


def instant(name: str, text: str, zone: ZoneInfo) -> datetime:
    """Aware UTC; a day means its midnight in `zone`. Raises Unclear."""
    try:
        return _moment(name, text, zone)
    except OverflowError as error:
        raise Unclear(f"{name} is out of range. Use a time closer to today.") from error


def _moment(name: str, text: str, zone: ZoneInfo) -> datetime:
    text = _LOST_PLUS.sub("+", text)
    try:
        if _DAY.fullmatch(text):
            return start_of_day(date.fromisoformat(text), zone)
        if _INSTANT.fullmatch(text):
            return datetime.fromisoformat(text.upper()).astimezone(UTC)
    except ValueError:
        pass
    raise Unclear(f"{name} is neither a day nor an instant with an offset. Use 2026-11-22 or 2026-11-22T09:00:00Z.")


def _days_after(first: datetime, zone: ZoneInfo) -> datetime:
    """By the clock, so that 90 days after a midnight is a midnight, also across a change to summer time."""
    return (first.astimezone(zone) + timedelta(days=DAYS_AHEAD)).astimezone(UTC)
