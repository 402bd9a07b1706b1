"""Which span a question is about: `start` and `end` as days or as instants."""

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from oncall_ui.domain.availability.window import DAYS_AHEAD, start_of_day

LONGEST = timedelta(days=400)
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d(:\d\d(\.\d{1,6})?)?([Zz]|[+-]\d\d:\d\d)")
# A plus sign that wasn't escaped arrives as a blank.
_LOST_PLUS = re.compile(r" (?=\d\d:\d\d$)")


class Unclear(Exception):
    """The text is the sentence that says what to write instead."""


def span(start: str | None, end: str | None, zone: ZoneInfo, now: datetime) -> tuple[datetime, datetime]:
    """Aware UTC. A day begins at its midnight in `zone`; the end is exclusive; from today for 90 days without them.

    Raises Unclear.
    """
    try:
        first = _moment("start", start, zone) if start else start_of_day(now.astimezone(zone).date(), zone)
        last = _moment("end", end, zone) if end else _days_after(first, zone)
    except OverflowError as error:
        raise Unclear("start and end lie outside the years that can be told. Ask for days near today.") from error
    if last <= first:
        raise Unclear("end must be after start. It is exclusive: one day is start=2026-11-22 and end=2026-11-23.")
    if last - first > LONGEST:
        raise Unclear(f"start and end lie more than {LONGEST.days} days apart. Ask for less at a time.")
    return first, last


def _moment(name: str, text: str, zone: ZoneInfo) -> datetime:
    text = _LOST_PLUS.sub("+", text)
    try:
        if _DAY.fullmatch(text):
            return start_of_day(date.fromisoformat(text), zone)
        if _INSTANT.fullmatch(text):
            return datetime.fromisoformat(text.upper()).astimezone(UTC)
    except ValueError:
        pass
    raise Unclear(f"{name} is neither a day nor an instant with its offset. Write 2026-11-22 or 2026-11-22T09:00:00Z.")


def _days_after(first: datetime, zone: ZoneInfo) -> datetime:
    """By the clock, so that from a midnight it is a midnight, whatever summer time does."""
    return (first.astimezone(zone) + timedelta(days=DAYS_AHEAD)).astimezone(UTC)
