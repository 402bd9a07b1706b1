"""Who holds what is published, as of now, and as a planning problem sees it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from oncall_ui.domain.schedules.planning.problem import (
    Problem,
    Slot,
)
from oncall_ui.models import Assignment, PublishedShift


@dataclass(frozen=True, slots=True)
class Live:
    """A published slot, or a part of it, with its shift."""

    shift: PublishedShift
    part: Assignment


def live_parts(session: Session, schedule_id: int, start: datetime, end: datetime) -> list[Live]:
    """Who holds the published slots that start in [start, end), as of now; sorted."""
    rows = session.exec(
        select(PublishedShift, Assignment)
        .join(Assignment, col(Assignment.shift_id) == col(PublishedShift.id))
        .where(PublishedShift.schedule_id == schedule_id, col(PublishedShift.cancelled_at).is_(None))
        .where(col(PublishedShift.start) >= start, col(PublishedShift.start) < end, col(Assignment.ended_at).is_(None))
        .order_by(col(PublishedShift.start), col(Assignment.role), col(Assignment.start), col(Assignment.id))
    )
    return [Live(shift, part) for shift, part in rows]


def roster_of_lives(lives: Iterable[Live], problem: Problem) -> dict[Slot, str]:
    """Who has which published slot of the problem; of one that is shared, who has most of it."""
    planned, found = {shift.start for shift in problem.shifts}, dict[Slot, tuple[timedelta, str]]()
    for live in lives:
        slot, length = Slot(live.shift.start, live.part.role), live.part.end - live.part.start
        if live.part.participant_id is None or slot.start not in planned or slot.role not in problem.roles:
            continue
        if slot not in found or length > found[slot][0]:
            found[slot] = length, str(live.part.participant_id)
    return {slot: person for slot, (_, person) in found.items()}


def keep_shared(problem: Problem, lives: Iterable[Live]) -> Problem:
    """Slots that several people share stay with the one who has most of them; the others have nothing else then."""
    parts: dict[Slot, list[Assignment]] = {}
    ends = {shift.start: shift.end for shift in problem.shifts}
    for live in lives:
        if live.shift.start in ends and live.part.role in problem.roles:
            parts.setdefault(Slot(live.shift.start, live.part.role), []).append(live.part)
    fixed, excluded = dict(problem.fixed), {slot: set(people) for slot, people in problem.excluded.items()}
    for slot, shared in parts.items():
        held = sorted(
            (part for part in shared if part.participant_id is not None), key=lambda part: part.start - part.end
        )
        if len(shared) < 2 or not held:
            continue
        busy = {str(part.participant_id) for part in held}
        for other in parts:
            if other != slot and other.start < ends[slot.start] and ends[other.start] > slot.start:
                excluded.setdefault(other, set()).update(busy)
        fixed[slot] = str(held[0].participant_id)
    for slot, person in fixed.items():
        excluded.get(slot, set()).discard(person)
    return replace(
        problem,
        fixed=fixed,
        excluded={slot: frozenset(people) for slot, people in excluded.items() if people},
    )
