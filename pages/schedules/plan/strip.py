"""The plan as a strip of weeks, a few pixels each: what phones show above the list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from oncall_ui.domain.availability.window import start_of_day
from pages.schedules.plan.shift import TROUBLES, PlanSlot

HOUR = timedelta(hours=1)
A_WEEK = timedelta(days=7)
ROLES = 2
"""More would be too thin to see."""
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Weeks:
    """`count` weeks from the Monday `first`; `now` is in one of them, or in none."""

    first: date
    count: int
    zone: ZoneInfo
    now: datetime


def strip_rows(slots: Sequence[PlanSlot], weeks: Weeks, mine: Sequence[PlanSlot]) -> list[Row]:
    """A row per week, in it a line per role, in it a part per slot, as wide as it is long. `mine` stand out.

    `slots` are sorted by start.
    """
    own = {slot.key for slot in mine}
    found = []
    for number in range(weeks.count):
        monday = weeks.first + number * A_WEEK
        start, end = start_of_day(monday, weeks.zone), start_of_day(monday + A_WEEK, weeks.zone)
        within = [slot for slot in slots if slot.start < end and slot.end > start]
        levels = sorted({slot.level for slot in slots})[:ROLES]
        css = "c" + (" now" if start <= weeks.now < end else " past" if end <= weeks.now else "")
        roles = [_line([slot for slot in within if slot.level == level], start, end, own) for level in levels]
        found.append({"key": monday.isoformat(), "c": css, "week": monday.isocalendar().week, "roles": roles})
    return found


def strip_words(slots: Sequence[PlanSlot], rows: Sequence[Row], who: str) -> str:
    """`who` is the subject with its verb, `You are`; empty: nobody stands out."""
    held = sum(any(part["c"].startswith("on") for line in row["roles"] for part in line) for row in rows)
    first = f"{who} on call in {held} of these {len(rows)} weeks" if who else f"The shifts of {len(rows)} weeks"
    wrong = sum(_is_wrong(slot) for slot in slots)
    needs = "; 1 shift needs a change" if wrong == 1 else f"; {wrong} shifts need a change" if wrong else ""
    return f"{first}{needs}. The list below says when."


def _line(slots: Sequence[PlanSlot], start: datetime, end: datetime, own: set[str]) -> list[Row]:
    parts, at = [], start
    for slot in slots:
        begins, ends = max(slot.start, at), min(slot.end, end)
        if ends <= begins:
            continue
        if begins > at:
            parts.append(_part("no", begins - at))
        css = ("on" if slot.key in own else "") + (" bad" if _is_wrong(slot) else "")
        parts.append(_part(css, ends - begins))
        at = ends
    return [*parts, _part("no", end - at)] if at < end else parts


def _part(css: str, length: timedelta) -> Row:
    return {"c": css, "f": {"flex": round(length / HOUR, 2)}}


def _is_wrong(slot: PlanSlot) -> bool:
    return slot.is_gap or bool(TROUBLES & slot.marks)
