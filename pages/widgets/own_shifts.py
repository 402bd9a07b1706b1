"""A member's next shifts: the sentence about the first, and a list that is one element."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from nicegui import ui

from oncall_ui.services.schedules.published.overview import OwnShift
from pages.widgets.calendar_status import Status
from pages.widgets.dates import clock, day_words, moment_words, relative_day
from pages.widgets.people import first_name

SHOWN = 4
SOON_DAYS = 14
TYPES = {"weekend": "a weekend", "holiday": "a public holiday", "night": "a night", "week": "a week"}
LIST = """
<ul class="oc-rows oc-mine"><li v-for="s in props.row.s" :key="s.k"><b>{{ s.day }}<small>{{ s.hours }}</small></b
  ><span><a :href="s.href">{{ s.role }}</a><small>{{ s.more }}</small></span
  ><span :class="s.now ? 'rel now' : 'rel'">{{ s.rel }}</span></li></ul>
"""


class OwnShifts:
    """Drawn where it is created, patched by `show`; empty it takes no space."""

    def __init__(self) -> None:
        self.table = ui.table(rows=[], columns=[], row_key="key").classes("oc-entries")
        self.table.props("grid hide-header hide-pagination hide-bottom hide-no-data").add_slot("item", LIST)

    def show(self, shifts: Sequence[OwnShift], zone: ZoneInfo, now: datetime, *, named: bool) -> None:
        """The first few. `named`: with the name of the schedule, where there are several."""
        drawn = [own_line(shift, zone, now, named=named) for shift in shifts[:SHOWN]]
        rows = [{"key": "shifts", "s": drawn}] if drawn else []
        if rows != self.table.rows:
            self.table.rows = rows


def role_words(role: str) -> str:
    """`Primary` of `primary`."""
    return role[:1].upper() + role[1:]


def lead_of_shifts(shifts: Sequence[OwnShift], zone: ZoneInfo, now: datetime) -> Status | None:
    """`You are on call from tomorrow, 10:00` and the facts; None where that is more than two weeks ahead."""
    if not shifts:
        return None
    first, today = shifts[0], now.astimezone(zone).date()
    facts = f", {first.role} on {first.schedule}, until {_until(first, zone)}"
    if first.start <= now:
        return Status("is-idle oc-i-bell", "You are on call now", facts)
    day = first.start.astimezone(zone).date()
    if (day - today).days > SOON_DAYS:
        return None
    word = relative_day(day, today) if (day - today).days < 2 else day_words(day, today)
    return Status("is-idle oc-i-bell", f"You are on call from {word}, {clock(first.start, zone)}", facts)


def own_line(shift: OwnShift, zone: ZoneInfo, now: datetime, *, named: bool = False) -> dict[str, Any]:
    """The words of one, as a template draws them."""
    today, day = now.astimezone(zone).date(), shift.start.astimezone(zone).date()
    is_now = shift.start <= now
    others = ", ".join(first_name(name) for name in shift.others)
    more = [shift.schedule] if named else []
    more += [TYPES[shift.type]] if shift.type in TYPES else []
    more += [f"with {others}"] if others else []
    return {
        "k": f"{shift.schedule_id}-{shift.role}-{shift.start.isoformat()}",
        "day": day_words(day, today),
        "hours": f"{clock(shift.start, zone)} to {_until(shift, zone)}",
        "role": role_words(shift.role),
        "href": f"/schedules/{shift.schedule_id}",
        "more": ", ".join(more),
        "rel": "now" if is_now else relative_day(day, today),
        "now": is_now,
    }


def _until(shift: OwnShift, zone: ZoneInfo) -> str:
    """`18:00` of the same day, `Fri 10:00` within a week, else with the date."""
    begins, ends = (each.astimezone(zone) for each in (shift.start, shift.end))
    if begins.date() == ends.date():
        return f"{ends:%H:%M}"
    if (ends.date() - begins.date()).days < 7:
        return f"{ends:%a %H:%M}"
    return moment_words(shift.end, zone, begins.date())
