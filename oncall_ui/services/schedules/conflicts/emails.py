"""Messages about shifts that need a change: noted together with the conflict, written when they are sent."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.conflicts.trouble import Trouble
from oncall_ui.domain.schedules.messages.kinds import MessageKind
from oncall_ui.domain.schedules.messages.timing import GATHER
from oncall_ui.domain.schedules.plan_states import AssignmentCause
from oncall_ui.models import Assignment, Member, Message, Participant, Schedule, ScheduleAccess, ShiftConflict
from oncall_ui.services.schedules.messages.outbox import Note, due_now, put


def queue_conflict_emails(
    session: Session, schedule: Schedule, rows: Sequence[ShiftConflict], moment: datetime
) -> None:
    """One message to each holder and to each manager. A gap that was published isn't news."""
    parts = parts_of(session, rows)
    told = [row for row in rows if not _is_published_gap(row, parts[row.assignment_id])]
    members = members_of(session, parts)
    managers = set(managers_of(session, schedule.id or 0)) if told else set()
    holders = {members.get(parts[row.assignment_id].participant_id or 0) for row in told}
    for member in session.exec(select(Member).where(col(Member.id).in_({*managers, *holders} - {None}))):
        theirs = [
            row
            for row in told
            if member.id in managers or members.get(parts[row.assignment_id].participant_id or 0) == member.id
        ]
        starts = tuple(part.start for row in theirs if (part := parts[row.assignment_id]).end > moment)
        _queue(session, schedule, member, [row.id or 0 for row in theirs], starts, moment)


def parts_of(session: Session, rows: Sequence[ShiftConflict]) -> dict[int, Assignment]:
    """What the conflicts are about, by id."""
    ids = {row.assignment_id for row in rows}
    return {part.id or 0: part for part in session.exec(select(Assignment).where(col(Assignment.id).in_(ids)))}


def members_of(session: Session, parts: Mapping[int, Assignment]) -> dict[int, int | None]:
    """Participant → member."""
    ids = {part.participant_id for part in parts.values()}
    rows = session.exec(select(Participant).where(col(Participant.id).in_(ids)))
    return {row.id or 0: row.member_id for row in rows}


def managers_of(session: Session, schedule_id: int) -> list[int]:
    rows = select(ScheduleAccess.member_id).where(
        ScheduleAccess.schedule_id == schedule_id, col(ScheduleAccess.access) == Access.MANAGER
    )
    return list(session.exec(rows))


def _queue(
    session: Session,
    schedule: Schedule,
    member: Member,
    ids: Sequence[int],
    starts: tuple[datetime, ...],
    moment: datetime,
) -> None:
    """Joins a message that still waits."""
    waiting = (
        select(Message)
        .where(Message.schedule_id == schedule.id, Message.member_id == member.id)
        .where(Message.kind == MessageKind.CONFLICT, col(Message.sent_at).is_(None))
        .order_by(col(Message.id).desc())
        .with_for_update()
    )
    row = session.exec(waiting).first()
    if row is not None:
        row.payload = {"conflicts": [*row.payload["conflicts"], *ids]}
        row.starts_at = min([*filter(None, [row.starts_at]), *starts], default=None)
        row.due_at = min(row.due_at, max(due_now(session, row, moment), moment + GATHER))
        session.add(row)
        return
    note = Note(MessageKind.CONFLICT, member.id or 0, schedule.id, {"conflicts": [*ids]}, starts=starts)
    if row := put(session, note, moment):
        row.due_at = max(row.due_at, moment + GATHER)


def _is_published_gap(row: ShiftConflict, part: Assignment) -> bool:
    return row.kind is Trouble.GAP and part.cause in {AssignmentCause.PLAN, AssignmentCause.REPAIR}
