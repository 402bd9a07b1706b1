"""Spans written as a clock shows them, and the days they make."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from oncall_ui.domain.availability.day_grid import Day, strip
from oncall_ui.domain.availability.rules import Action

BERLIN = ZoneInfo("Europe/Berlin")
LOS_ANGELES = ZoneInfo("America/Los_Angeles")
AUCKLAND = ZoneInfo("Pacific/Auckland")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
CAIRO = ZoneInfo("Africa/Cairo")
TODAY = date(2026, 11, 24)
"""A Tuesday."""
B, P = Action.BLOCK, Action.PREFER
FULL = (B, 0, 24)


@dataclass(frozen=True)
class NamedSpan:
    start: datetime
    end: datetime
    action: Action | None
    calendar: str = "Work"


def span(start: str, end: str, action: Action | None = B, zone: ZoneInfo = BERLIN, calendar: str = "Work") -> NamedSpan:
    """`start` and `end` as a clock in `zone` shows them; with an offset they are moments."""
    moments = (datetime.fromisoformat(text) for text in (start, end))
    at = [(moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC) for moment in moments]
    return NamedSpan(at[0], at[1], action, calendar)


def days(*spans: NamedSpan, today: date = TODAY, zone: ZoneInfo = BERLIN, known_until: date = date.max) -> list[Day]:
    return strip(spans, today=today, zone=zone, known_until=known_until)


def day(on: date, *spans: NamedSpan, zone: ZoneInfo = BERLIN, today: date | None = None) -> Day:
    return next(found for found in days(*spans, today=today or on, zone=zone) if found.date == on)


def segments(found: Day) -> list[tuple[Action, float, float]]:
    return [(each.action, each.start, each.end) for each in found.segments]
