"""The live picture of the next shifts, and what is wrong with the rules, in words."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from oncall_ui.domain.availability.day_grid import monday_of
from oncall_ui.domain.schedules.planning.problem import FillKind, Shift
from oncall_ui.domain.schedules.shifts.from_rules import Pattern, ShiftRefused, generate
from pages.schedules.plan.weeks import WEEK, WEEK_HOURS, hours_since
from pages.widgets.dates import clock, count, day_words, short_day

WEEKS_SHOWN, SHIFTS_SAID = 4, 8
NAMED = 36
"""Hours a bar needs for its word."""
REST_TYPES = {"weekend", "holiday"}
NO_RULES = "No shifts yet. Add when the first one starts."


@dataclass(frozen=True, slots=True)
class Preview:
    """`refused` is the sentence about a shift that may not be; there is no picture then."""

    lead: str
    weeks: list[dict[str, Any]]
    next_shifts: tuple[str, ...]
    types: Mapping[str, int]
    warnings: tuple[str, ...] = ()
    refused: str = ""
    roles: int = 1


def preview(pattern: Pattern, first: date) -> Preview:
    """The shifts of the first weeks from `first` on, as the rules make them."""
    last = first + timedelta(weeks=WEEKS_SHOWN)
    try:
        found = generate(pattern, first, last)
    except ShiftRefused as error:
        return Preview("", [], (), {}, refused=str(error))
    if not found.shifts:
        return Preview(NO_RULES, [], (), {})
    days = f"{short_day(first)} to {short_day(last - timedelta(days=1))}"
    shifts = count(len(found.shifts), "shift")
    monday = monday_of(first)
    return Preview(
        lead=f"{days}, {shifts} with {count(len(pattern.roles), 'role')}",
        weeks=[_week(found.shifts, monday + number * WEEK, pattern) for number in range(WEEKS_SHOWN)],
        next_shifts=tuple(_said(shift, pattern) for shift in found.shifts[:SHIFTS_SAID]),
        types=Counter(shift.type for shift in found.shifts),
        warnings=found.warnings,
        roles=len(pattern.roles),
    )


def _said(shift: Shift, pattern: Pattern) -> str:
    """`Mon 7 Dec, 09:00 to Tue 8 Dec, 09:00 · weekday · 1 point`."""
    begins, ends = shift.start.astimezone(pattern.zone).date(), shift.end.astimezone(pattern.zone).date()
    until = clock(shift.end, pattern.zone)
    if ends != begins:
        until = f"{day_words(ends, begins)}, {until}"
    facts = [f"{day_words(begins, begins)}, {clock(shift.start, pattern.zone)} to {until}", shift.type]
    facts.append(count(shift.points, "point"))
    return " · ".join([*facts, shift.label] if shift.label else facts)


def _week(shifts: Sequence[Shift], monday: date, pattern: Pattern) -> dict[str, Any]:
    bars = []
    for shift in shifts:
        start = hours_since(monday, shift.start, pattern.zone)
        end = hours_since(monday, shift.end, pattern.zone)
        if end <= 0 or start >= WEEK_HOURS:
            continue
        wanted = [shift.fills[role].kind is not FillKind.NOBODY for role in pattern.roles]
        bars += [_bar(shift, start, end, level) for level, is_wanted in enumerate(wanted) if is_wanted]
    marked = [day for day in range(7) if monday + timedelta(days=day) in pattern.holidays]
    return {"key": monday.isoformat(), "label": short_day(monday), "s": bars, "hol": marked}


def _bar(shift: Shift, start: float, end: float, level: int) -> dict[str, Any]:
    css = ["oc-shift"]
    css += ["rest"] if shift.type in REST_TYPES else []
    css += ["second"] if level else []
    css += ["tail"] if start < 0 else []
    css += ["cut"] if end > WEEK_HOURS else []
    at = {"--a": max(start, 0), "--b": min(end, WEEK_HOURS), "--k": max(level, 1)}
    return {"c": " ".join(css), "at": at, "n": shift.type if level == 0 and start >= 0 and end - start >= NAMED else ""}
