"""The plan by weeks: a row a week, a column a day, hours to scale; ready for the one element that draws it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from oncall_ui.domain.availability.day_grid import monday_of
from pages.schedules.plan.shift import NOBODY, PlanSlot
from pages.widgets.dates import short_day

WEEK_HOURS = 168
WEEK = timedelta(days=7)

Row = dict[str, Any]


def week_rows(
    slots: Sequence[PlanSlot], first: date, weeks: int, zone: ZoneInfo, now: datetime, holidays: Mapping[date, str]
) -> list[Row]:
    """A row per week from the Monday of `first`. What that runs over Sunday goes on in the next row without a name."""
    monday = monday_of(first)
    entry = entry_point(slots, monday, weeks, zone, now)
    in_week: list[list[PlanSlot]] = [[] for _ in range(weeks)]
    for slot in slots:
        begins, ends = (_day_of(at, zone) - monday for at in (slot.start, slot.end))
        for number in range(max(begins // WEEK, 0), min(ends // WEEK + 1, weeks)):
            in_week[number].append(slot)
    return [_row(mine, monday + number * WEEK, zone, now, holidays, entry) for number, mine in enumerate(in_week)]


@lru_cache(maxsize=4096)  # a slot lies in the same place, dimmed or not
def hours_since(monday: date, at: datetime, zone: ZoneInfo) -> float:
    """Hours on the wall clock, so that a week in which the clocks change is as wide as any other."""
    local = at.astimezone(zone)
    return (local.date() - monday).days * 24 + local.hour + round(local.minute / 60, 2)


@lru_cache(maxsize=4096)
def _day_of(at: datetime, zone: ZoneInfo) -> date:
    return at.astimezone(zone).date()


def entry_point(slots: Sequence[PlanSlot], monday: date, weeks: int, zone: ZoneInfo, now: datetime) -> str:
    """The key of the slot that Tab goes to: the running one, else the first to come, else the last there is."""
    last = monday + weeks * WEEK
    shown = [slot for slot in slots if monday <= _day_of(slot.start, zone) < last]
    to_come = [slot for slot in shown if slot.end > now]
    return next((slot.key for slot in (*to_come[:1], *shown[-1:])), "")


def _row(
    slots: Sequence[PlanSlot], monday: date, zone: ZoneInfo, now: datetime, holidays: Mapping[date, str], entry: str
) -> Row:
    today = now.astimezone(zone).date()
    row: Row = {
        "key": monday.isoformat(),
        "label": short_day(monday),
        "week": f"week {monday.isocalendar().week}",
        "c": "wk past" if monday + WEEK <= today else "wk",
        "hol": [
            {"d": day, "t": holidays[monday + timedelta(days=day)]}
            for day in range(7)
            if monday + timedelta(days=day) in holidays
        ],
        "s": [bar for slot in slots if (bar := _bar(slot, monday, zone, now, entry))],
    }
    if monday <= today < monday + WEEK:
        row["now"] = round(hours_since(monday, now, zone), 2)
    return row


@lru_cache(maxsize=2048)  # most are as they were before a change; nobody changes one
def _bar(slot: PlanSlot, monday: date, zone: ZoneInfo, now: datetime, entry: str) -> Row | None:
    start, end = hours_since(monday, slot.start, zone), hours_since(monday, slot.end, zone)
    if end <= 0 or start >= WEEK_HOURS:
        return None
    css = slot.css + (" tail" if start < 0 else "") + (" cut" if end > WEEK_HOURS else "")
    at = {"--a": max(start, 0), "--b": min(end, WEEK_HOURS), "--k": max(slot.level, 1)}
    if start < 0:
        return {"rest": True, "c": css, "at": at, "h": slot.marked_for}
    holder = slot.holder
    return {
        "id": slot.key,
        "c": css,
        "h": slot.marked_for,
        "at": at,
        "role": slot.level,
        "t": slot.words(zone),
        "n": holder.short if holder else NOBODY.capitalize(),
        "i": holder.initials if holder else "",
        "p": holder.mark if holder else "",
        "m": slot.icons,
        "tab": 0 if slot.key == entry else -1,
        "now": slot.start <= now < slot.end,
    }
