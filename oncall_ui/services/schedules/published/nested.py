"""Schedules inside schedules: a role of a shift may be filled by a role of another schedule.

Such a slot is only looked through: who is on call there is shown here. Nothing of it is planned, published or counted.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlmodel import Session

from oncall_ui.domain.availability.window import zone_of
from oncall_ui.domain.schedules.planning.problem import FillKind
from oncall_ui.domain.schedules.shifts.from_rules import ShiftRefused, generate
from oncall_ui.domain.schedules.shifts.rules import inner_of
from oncall_ui.models import Schedule
from oncall_ui.services.schedules.nested_rules import nested_fillers
from oncall_ui.services.schedules.rules import one_offs_of, pattern_of, rules_of

AROUND = timedelta(days=8)
"""A shift that overlaps a span begins at most so long before it."""


@dataclass(frozen=True, slots=True)
class NestedSlot:
    """A role of a shift, and the role of the other schedule that fills it."""

    start: datetime
    end: datetime
    type: str
    points: int
    label: str
    role: str
    inner: Schedule
    inner_role: str


def nested_slots(session: Session, schedule: Schedule, start: datetime, end: datetime) -> list[NestedSlot]:
    """Those that overlap [start, end), by time. Empty where the rules are refused."""
    if not nested_fillers(session, schedule.id or 0):
        return []
    zone = zone_of(schedule.zone)
    first, last = (start - AROUND).astimezone(zone).date(), end.astimezone(zone).date() + timedelta(days=1)
    pattern = replace(
        pattern_of(session, schedule, first, last),
        rules=rules_of(session, schedule.id or 0),
        one_offs=one_offs_of(session, schedule.id or 0),
    )
    try:
        shifts = generate(pattern, first, last).shifts
    except ShiftRefused:
        return []
    found = []
    for shift in shifts:
        if shift.start < end and shift.end > start:
            for role, filler in shift.fills.items():
                inner_id, inner_role = inner_of(filler.name) if filler.kind is FillKind.SCHEDULE else (0, "")
                if inner := session.get(Schedule, inner_id) if inner_id else None:
                    about = (shift.start, shift.end, shift.type, shift.points, shift.label)
                    found.append(NestedSlot(*about, role, inner, inner_role))
    return found
