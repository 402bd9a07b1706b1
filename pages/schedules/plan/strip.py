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


def strip_rows(slots: Sequence[PlanSlot], weeks: Weeks, who: int | None = None) -> list[Row]:
    """A row per week, in it a line per role, in it a part per slot, as wide as it is long.

    `slots` are sorted by start. Those of the participant `who` are highlighted; None: each member's own.
    """
    found = []
    for number in range(weeks.count):
        monday = weeks.first + number * A_WEEK
        start, end = start_of_day(monday, weeks.zone), start_of_day(monday + A_WEEK, weeks.zone)
        within = [slot for slot in slots if slot.start < end and slot.end > start]
        levels = sorted({slot.level for slot in slots})[:ROLES]
        css = "c" + (" now" if start <= weeks.now < end else " past" if end <= weeks.now else "")
        roles = [_line([slot for slot in within if slot.level == level], start, end) for level in levels]
        found.append(
            {"key": monday.isoformat(), "c": css, "week": monday.isocalendar().week, "who": who, "roles": roles}
        )
    return found


def strip_words(slots: Sequence[PlanSlot], rows: Sequence[Row], subject: str, who: int | None) -> str:
    """`subject`, with its verb, is whose are highlighted: `You are`, the participant `who`; empty: none are."""
    held = sum(any(part["h"] == who for line in row["roles"] for part in line) for row in rows)
    first = f"{subject} on call in {held} of these {len(rows)} weeks" if subject else f"The shifts of {len(rows)} weeks"
    wrong = sum(_is_wrong(slot) for slot in slots)
    needs = "; 1 shift needs a change" if wrong == 1 else f"; {wrong} shifts need a change" if wrong else ""
    return f"{first}{needs}. The list below says when."


def _line(slots: Sequence[PlanSlot], start: datetime, end: datetime) -> list[Row]:
    parts, at = [], start
    for slot in slots:
        begins, ends = max(slot.start, at), min(slot.end, end)
        if ends <= begins:
            continue
        if begins > at:
            parts.append(_part("no", begins - at))
        parts.append(_part("bad" if _is_wrong(slot) else "", ends - begins, slot.marked_for))
        at = ends
    return [*parts, _part("no", end - at)] if at < end else parts


def _part(css: str, length: timedelta, holder: int | None = None) -> Row:
    return {"c": css, "f": {"flex": round(length / HOUR, 2)}, "h": holder}


def _is_wrong(slot: PlanSlot) -> bool:
    return slot.is_gap or bool(TROUBLES & slot.marks)
