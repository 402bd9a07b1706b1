"""The plan in words: the twin of the grid, and what phones show."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from oncall_ui.domain.availability.day_grid import monday_of
from pages.schedules.plan.shift import NOBODY, Mark, PlanSlot, role_words
from pages.widgets.dates import clock, day_words, short_day

Row = dict[str, Any]


def agenda_rows(slots: Sequence[PlanSlot], zone: ZoneInfo) -> list[Row]:
    """A row per week, a line per shift in it with everyone who holds a role. `slots` are sorted by start and role."""
    return [
        _week(monday, list(group), zone)
        for monday, group in groupby(slots, key=lambda slot: monday_of(slot.start.astimezone(zone).date()))
    ]


def _week(monday: date, slots: Sequence[PlanSlot], zone: ZoneInfo) -> Row:
    shifts = [_shift(list(group), zone) for _, group in groupby(slots, key=lambda slot: slot.start)]
    days = f"{short_day(monday)} to {short_day(monday + timedelta(days=6))}"
    return {"key": monday.isoformat(), "days": days, "week": f"week {monday.isocalendar().week}", "shifts": shifts}


def _shift(slots: Sequence[PlanSlot], zone: ZoneInfo) -> Row:
    first = slots[0]
    begins, ends = first.start.astimezone(zone).date(), first.end.astimezone(zone).date()
    day = day_words(begins, begins)
    until = clock(first.end, zone) if begins == ends else f"{day_words(ends, begins)}, {clock(first.end, zone)}"
    return {
        "key": first.key,
        "day": day,
        "hours": f"{clock(first.start, zone)} to {until}",
        "who": [_holder(slot, zone) for slot in slots],
        "notes": [note for slot in slots for note in _notes(slot)],
    }


def _holder(slot: PlanSlot, zone: ZoneInfo) -> Row:
    holder = slot.holder
    css = "oc-who" + (" second" if slot.level else "")
    return {
        "id": slot.key,
        "c": css,
        "n": holder.name if holder else NOBODY.capitalize(),
        "you": holder is not None and holder.is_me,
        "i": holder.initials if holder else "!",
        "p": holder.mark if holder else "oc-p nobody",
        "t": slot.words(zone),
    }


def _notes(slot: PlanSlot) -> list[str]:
    """What is wrong with it, in words."""
    if slot.is_gap:
        return [f"{role_words(slot.role)}: nobody is on call"]
    return [f"{slot.holder.short} is blocked now"] if slot.holder and Mark.CONFLICT in slot.marks else []
