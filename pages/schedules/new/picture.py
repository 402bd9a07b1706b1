"""The live picture of the next shifts, and what is wrong with the rules, in words."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from oncall_ui.domain.schedules.problem import Shift
from oncall_ui.domain.schedules.shifts import ShiftRefused, generate
from pages.schedules.new.choices import Choices
from pages.schedules.plan.weeks import WEEK, WEEK_HOURS, hours_since
from pages.widgets.dates import clock, count, day_words, short_day

WEEKS_SHOWN, SHIFTS_SAID = 4, 8
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


def preview(choices: Choices, holidays: Mapping[date, str]) -> Preview:
    """The shifts of the first weeks as the rules make them."""
    first, last = choices.start, choices.start + timedelta(weeks=WEEKS_SHOWN)
    try:
        found = generate(choices.pattern(holidays), first, last)
    except ShiftRefused as error:
        return Preview("", [], (), {}, refused=str(error))
    if not found.shifts:
        return Preview(NO_RULES, [], (), {})
    days = f"{short_day(first)} to {short_day(last - timedelta(days=1))}"
    shifts = count(len(found.shifts), "shift")
    return Preview(
        lead=f"{days}, {shifts} with {count(len(choices.roles), 'role')}",
        weeks=[_week(found.shifts, first + number * WEEK, choices, holidays) for number in range(WEEKS_SHOWN)],
        next_shifts=tuple(_said(shift, choices) for shift in found.shifts[:SHIFTS_SAID]),
        types=Counter(shift.type for shift in found.shifts),
        warnings=found.warnings,
    )


def _said(shift: Shift, choices: Choices) -> str:
    """`Mon 7 Dec, 09:00 to Tue 8 Dec, 09:00 · weekday · 1 point`."""
    begins, ends = shift.start.astimezone(choices.zone).date(), shift.end.astimezone(choices.zone).date()
    until = clock(shift.end, choices.zone)
    if ends != begins:
        until = f"{day_words(ends, begins)}, {until}"
    facts = [f"{day_words(begins, begins)}, {clock(shift.start, choices.zone)} to {until}", shift.type]
    facts.append(count(shift.points, "point"))
    return " · ".join([*facts, shift.label] if shift.label else facts)


def _week(shifts: Sequence[Shift], monday: date, choices: Choices, holidays: Mapping[date, str]) -> dict[str, Any]:
    bars = []
    for shift in shifts:
        start = hours_since(monday, shift.start, choices.zone)
        end = hours_since(monday, shift.end, choices.zone)
        if end <= 0 or start >= WEEK_HOURS:
            continue
        for level in range(len(choices.roles)):
            bars.append(_bar(shift, start, end, level))
    marked = [day for day in range(7) if monday + timedelta(days=day) in holidays]
    return {"key": monday.isoformat(), "label": short_day(monday), "s": bars, "hol": marked}


def _bar(shift: Shift, start: float, end: float, level: int) -> dict[str, Any]:
    css = ["oc-shift"]
    css += ["rest"] if shift.type in REST_TYPES else []
    css += ["second"] if level else []
    css += ["tail"] if start < 0 else []
    css += ["cut"] if end > WEEK_HOURS else []
    at = {"--a": max(start, 0), "--b": min(end, WEEK_HOURS), "--k": max(level, 1)}
    return {"c": " ".join(css), "at": at, "n": shift.type if level == 0 and start >= 0 else ""}
