"""The plan in words: the twin of the grid, and what phones show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import groupby
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from oncall_ui.domain.availability.day_grid import last_day, monday_of
from oncall_ui.domain.imports.wording import WEEKDAYS
from oncall_ui.domain.schedules.planning.fact_words import NOT_THERE
from pages.schedules.plan.shift import NOBODY, Mark, PlanSlot, role_words
from pages.widgets.dates import clock, day_words, short_day

Row = dict[str, Any]
WEEK_DAYS = 7
NO_HOLIDAYS: Mapping[date, str] = MappingProxyType({})


def agenda_rows(
    slots: Sequence[PlanSlot],
    zone: ZoneInfo,
    now: datetime | None = None,
    holidays: Mapping[date, str] = NO_HOLIDAYS,
) -> list[Row]:
    """A row per week, a line per shift in it with everyone who holds a role. `slots` are sorted by start and role.

    The shift that runs `now`, and those on a holiday, say so.
    """
    tags = _Tags(zone, now, holidays)
    return [
        _week(monday, list(group), tags)
        for monday, group in groupby(slots, key=lambda slot: monday_of(slot.start.astimezone(zone).date()))
    ]


@dataclass(frozen=True, slots=True)
class _Tags:
    """What is said of a shift beside who has it."""

    zone: ZoneInfo
    now: datetime | None
    holidays: Mapping[date, str]

    def of(self, slot: PlanSlot) -> Row:
        if self.now is not None and slot.start <= self.now < slot.end:
            return {"tag": "now", "now": True}
        day, last = slot.start.astimezone(self.zone).date(), last_day(slot.end, self.zone)
        found = next((name for each, name in self.holidays.items() if day <= each <= last), "")
        return {"tag": found} if found else {}


def _week(monday: date, slots: Sequence[PlanSlot], tags: _Tags) -> Row:
    shifts = [_shift(list(group), tags) for _, group in groupby(slots, key=lambda slot: slot.start)]
    days = f"{short_day(monday)} to {short_day(monday + timedelta(days=6))}"
    return {"key": monday.isoformat(), "days": days, "week": f"week {monday.isocalendar().week}", "shifts": shifts}


def _shift(slots: Sequence[PlanSlot], tags: _Tags) -> Row:
    first, zone = slots[0], tags.zone
    begins, ends = first.start.astimezone(zone).date(), first.end.astimezone(zone).date()
    day = day_words(begins, begins)
    day_after = WEEKDAYS[ends.weekday()] if (ends - begins).days < WEEK_DAYS else f"{day_words(ends, begins)},"
    until = clock(first.end, zone) if begins == ends else f"{day_after} {clock(first.end, zone)}"
    return {
        "key": first.key,
        "day": day,
        "from": clock(first.start, zone),
        "to": f"to {until}",
        "who": [_holder(slot, zone) for slot in slots],
        "notes": [note for slot in slots for note in _notes(slot)],
        **tags.of(first),
    }


@lru_cache(maxsize=2048)  # as the bars of a week
def _holder(slot: PlanSlot, zone: ZoneInfo) -> Row:
    holder = slot.holder
    css = "oc-who" + (" second" if slot.level else "") + (" nobody" if slot.is_gap else " open" if slot.is_open else "")
    return {
        "id": slot.key,
        "c": css,
        "n": holder.name if holder else NOBODY.capitalize(),
        "h": holder.id if holder else None,
        "i": holder.initials if holder else "!" * slot.is_gap,
        "p": holder.mark if holder else "oc-p nobody" if slot.is_gap else "oc-p open",
        "m": slot.icons if holder else [],
        "t": slot.words(zone),
    }


def _notes(slot: PlanSlot) -> list[str]:
    """What is wrong with it, in words."""
    if slot.is_gap:
        return [f"{role_words(slot.role)}: nobody is on call"]
    said = {Mark.CONFLICT: "is blocked now", Mark.LEFT: NOT_THERE, Mark.LIMIT: "breaks a limit"}
    return [f"{slot.holder.short} {words}" for mark, words in said.items() if slot.holder and mark in slot.marks]
