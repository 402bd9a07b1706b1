"""A member's own published shifts, of every schedule."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from oncall_ui.app import App
from oncall_ui.models import Assignment, Participant, PublishedShift, Schedule


@dataclass(frozen=True, slots=True)
class MyShift:
    """A published shift of a member."""

    schedule_id: int
    schedule: str
    role: str
    type: str
    start: datetime
    end: datetime


def my_shifts(app: App, member_id: int, start: datetime, end: datetime) -> tuple[MyShift, ...]:
    """The member's own shifts of every schedule that overlap [start, end), by time."""
    with app.db.read() as session:
        return tuple(shifts_of_member(session, member_id, start, end))


def shifts_of_member(session: Session, member_id: int, start: datetime, end: datetime) -> list[MyShift]:
    rows = session.exec(
        select(Assignment, PublishedShift, Schedule)
        .join(PublishedShift, col(Assignment.shift_id) == col(PublishedShift.id))
        .join(Schedule, col(PublishedShift.schedule_id) == col(Schedule.id))
        .join(Participant, col(Assignment.participant_id) == col(Participant.id))
        .where(Participant.member_id == member_id, col(Assignment.ended_at).is_(None))
        .where(col(PublishedShift.cancelled_at).is_(None), col(Schedule.archived_at).is_(None))
        .where(col(Assignment.start) < end, col(Assignment.end) > start)
        .order_by(col(Assignment.start), col(Assignment.id))
    )
    return [
        MyShift(schedule.id or 0, schedule.name, part.role, shift.type, part.start, part.end)
        for part, shift, schedule in rows
    ]
