"""The one place where a part of a published slot changes hands: its rows, the ledger, and what other programs hear.

Used by managers' hand-overs, by what members agree on and by repairs. In the caller's transaction, which holds the
schedule's lock.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from oncall_ui.domain.schedules.destinations.kinds import EventKind
from oncall_ui.domain.schedules.plan_states import AssignmentCause
from oncall_ui.models import Assignment, Participant, PublishedShift, Schedule
from oncall_ui.services.schedules.destinations.outbox import queue_changes
from oncall_ui.services.schedules.ledger.lines import Cause, add_lines, lines_of_slot, written_of
from oncall_ui.services.schedules.people import periods_of
from oncall_ui.services.schedules.published.publish_slots import Change


@dataclass(frozen=True, slots=True)
class HeldSlot:
    """A slot of a published shift with who has it, by time; together the parts are the whole slot."""

    shift: PublishedShift
    role: str
    parts: Sequence[Assignment]

    def holders(self, start: datetime, end: datetime) -> list[int | None]:
        """Who has something of [start, end), by time."""
        return [part.participant_id for part in self.parts if part.start < end and part.end > start]


@dataclass(frozen=True, slots=True)
class Handed:
    """Who gets which part, None: nobody, and why. `at` is the moment that is recorded."""

    participant: int | None
    start: datetime
    end: datetime
    by: int | None
    at: datetime
    cause: AssignmentCause
    why: str
    cause_id: int | None = None
    is_accepted: bool = False


def held_slot(session: Session, schedule_id: int, start: datetime, role: str) -> HeldSlot | None:
    """The slot of the shift that starts then. None: there is none."""
    rows = session.exec(
        select(PublishedShift, Assignment)
        .join(Assignment, col(Assignment.shift_id) == col(PublishedShift.id))
        .where(PublishedShift.schedule_id == schedule_id, PublishedShift.start == start)
        .where(col(PublishedShift.cancelled_at).is_(None), col(Assignment.ended_at).is_(None))
        .where(Assignment.role == role)
        .order_by(col(Assignment.start), col(Assignment.id))
        .execution_options(populate_existing=True)
    ).all()
    return HeldSlot(rows[0][0], role, [part for _, part in rows]) if rows else None


def hand(session: Session, schedule: Schedule, slot: HeldSlot, new: Handed) -> list[Change]:
    """As `give`; other programs hear of it by itself."""
    changes = give(session, schedule, slot, new)
    queue_changes(
        session,
        schedule.id or 0,
        EventKind.ASSIGNMENT_CHANGED,
        changes,
        by=new.by,
        at=new.at,
        cause=new.cause.value,
    )
    return changes


def give(session: Session, schedule: Schedule, slot: HeldSlot, new: Handed) -> list[Change]:
    """Gives [start, end) of the slot to the participant; what lies beside it stays. Returns what each holder lost."""
    shift_id = slot.shift.id or 0
    written = written_of(session, [shift_id]).get((shift_id, slot.role), {})
    changes = _changes(slot, new)
    stay = [part for part in slot.parts if not _overlaps(part, new)]
    for part in slot.parts:
        if _overlaps(part, new):
            part.ended_at = new.at
            stay += _rests(part, new)
    added = Assignment(
        shift_id=shift_id,
        role=slot.role,
        participant_id=new.participant,
        start=new.start,
        end=new.end,
        recorded_at=new.at,
        cause=new.cause,
        cause_id=new.cause_id,
        is_accepted=new.is_accepted,
        by_id=new.by,
    )
    session.add_all([*(part for part in stay if part.id is None), added])
    periods = periods_of(session, schedule.id or 0)
    cause = Cause(new.by, new.at, new.why)
    add_lines(session, lines_of_slot(schedule, slot.shift, slot.role, [*stay, added], periods, written, cause))
    return changes


def is_busy(session: Session, participant: Participant, start: datetime, end: datetime, but: Sequence[int]) -> bool:
    """Whether their member has another slot at that time, of any schedule. `but`: assignments that don't count."""
    rows = (
        select(Assignment.id)
        .join(Participant, col(Assignment.participant_id) == col(Participant.id))
        .join(PublishedShift, col(Assignment.shift_id) == col(PublishedShift.id))
        .where(Participant.member_id == participant.member_id, col(Assignment.ended_at).is_(None))
        .where(col(PublishedShift.cancelled_at).is_(None))
        .where(col(Assignment.start) < end, col(Assignment.end) > start)
    )
    return any(row not in but for row in session.exec(rows))


def _changes(slot: HeldSlot, new: Handed) -> list[Change]:
    found = []
    for part in slot.parts:
        if _overlaps(part, new) and part.participant_id != new.participant:
            start, end = max(part.start, new.start), min(part.end, new.end)
            of_shift = None if start == slot.shift.start else slot.shift.start
            found.append(Change(start, end, slot.role, part.participant_id, new.participant, of_shift))
    return found


def _rests(part: Assignment, new: Handed) -> list[Assignment]:
    """What is left of a part before and after, each a row of its own."""
    kept = part.model_dump(exclude={"id", "ended_at", "start", "end", "recorded_at"})
    spans = ((part.start, min(part.end, new.start)), (max(part.start, new.end), part.end))
    return [Assignment(**kept, start=start, end=end, recorded_at=new.at) for start, end in spans if start < end]


def _overlaps(part: Assignment, new: Handed) -> bool:
    return part.start < new.end and part.end > new.start
