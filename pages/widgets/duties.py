"""The days on which somebody is on call, to be underlined."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from nicegui import ui

MORNING = 12
"""A shift that ends at noon or before doesn't count for the day on which it ends: somebody else has most of it."""


@dataclass(frozen=True, slots=True)
class Duty:
    """What somebody is on a day. `level` 0 is called first; where there are several, the first one called."""

    role: str
    level: int

    @property
    def css(self) -> str:
        return "second" if self.level else "first"


def duty_words(duty: Duty | None) -> str:
    """`on call, primary`; empty for nobody."""
    return f"on call, {duty.role}" if duty else ""


def days_on_call(start: datetime, end: datetime, zone: ZoneInfo) -> list[date]:
    """The days of a shift on that zone's calendar, the first one always."""
    first, until = start.astimezone(zone).date(), end.astimezone(zone)
    last = until.date() if until.hour + until.minute / 60 > MORNING else until.date() - timedelta(days=1)
    return [first + timedelta(days=number) for number in range(max((last - first).days, 0) + 1)]


def duties_of(shifts: Iterable[tuple[datetime, datetime, str, int]], zone: ZoneInfo) -> dict[date, Duty]:
    """Day → duty, of (start, end, role, level)."""
    found: dict[date, Duty] = {}
    for start, end, role, level in shifts:
        for day in days_on_call(start, end, zone):
            if day not in found or level < found[day].level:
                found[day] = Duty(role, level)
    return found


def on_call_key(words: str, css: str = "") -> ui.element:
    """The mark of such days in a legend, and what it means: one element. The words are ours, and may be HTML."""
    mark = f"oc-duty-mark {css}".strip()
    return ui.html(f'<span class="{mark}"></span><span>{words}</span>', sanitize=False, tag="li")
