"""Which published slots need a change, as members see them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, or_, select

from oncall_ui.app import App
from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.conflicts.trouble import Trouble
from oncall_ui.models import (
    Assignment,
    Member,
    Participant,
    PublishedShift,
    Schedule,
    ScheduleAccess,
    ShiftConflict,
    now,
)
from oncall_ui.services.schedules.access import access_of, open_schedule

KEEPABLE = {Trouble.BLOCKED, Trouble.LIMIT}
"""What a holder can agree to."""


@dataclass(frozen=True, slots=True)
class OpenConflict:
    """A published slot, or a part of it, that needs a change."""

    id: int
    schedule_id: int
    schedule: str
    zone: str
    trouble: Trouble
    about: Mapping[str, Any]
    """As in a ShiftConflict."""
    found_at: datetime
    shift_start: datetime
    role: str
    start: datetime
    end: datetime
    """Of the part."""
    participant_id: int | None
    name: str
    """Empty for a gap."""
    colour: int
    is_mine: bool
    may_keep: bool
    may_repair: bool
    """Whether the member manages the schedule."""


def read_conflicts(app: App, member_id: int, schedule_id: int) -> tuple[OpenConflict, ...]:
    """The schedule's, by time. Raises NotAllowed unless the member may see it."""
    with app.db.read() as session:
        open_schedule(session, member_id, schedule_id, Access.VIEWER)
        may_repair = (access_of(session, member_id, schedule_id) or Access.VIEWER).includes(Access.MANAGER)
        managed = {schedule_id} if may_repair else set[int]()
        return _found(session, member_id, managed, col(ShiftConflict.schedule_id) == schedule_id)


def conflicts_of(session: Session, member_id: int) -> tuple[OpenConflict, ...]:
    """Those of the member's own shifts and of the schedules they were made a manager of, by time."""
    rows = select(ScheduleAccess.schedule_id).where(
        ScheduleAccess.member_id == member_id, col(ScheduleAccess.access) == Access.MANAGER
    )
    managed = set(session.exec(rows))
    concerned = or_(col(ShiftConflict.schedule_id).in_(managed), col(Participant.member_id) == member_id)
    return _found(session, member_id, managed, concerned)


def _found(session: Session, member_id: int, managed: Collection[int], concerned: Any) -> tuple[OpenConflict, ...]:
    rows = session.exec(
        select(ShiftConflict, Assignment, PublishedShift, Schedule)
        .join(Assignment, col(ShiftConflict.assignment_id) == col(Assignment.id))
        .join(PublishedShift, col(Assignment.shift_id) == col(PublishedShift.id))
        .join(Schedule, col(ShiftConflict.schedule_id) == col(Schedule.id))
        .outerjoin(Participant, col(Assignment.participant_id) == col(Participant.id))
        .where(col(ShiftConflict.closed_at).is_(None), col(Schedule.archived_at).is_(None))
        .where(col(Assignment.end) > now(), concerned)
        .order_by(col(Assignment.start), col(Assignment.role), col(ShiftConflict.id))
    ).all()
    holders = _holders(session, {part.participant_id for _, part, _, _ in rows})
    found = []
    for row, part, shift, schedule in rows:
        holder = holders.get(part.participant_id or 0)
        is_mine, is_managed = holder is not None and holder.member_id == member_id, row.schedule_id in managed
        found.append(
            OpenConflict(
                id=row.id or 0,
                schedule_id=row.schedule_id,
                schedule=schedule.name,
                zone=schedule.zone,
                trouble=row.kind,
                about=row.about,
                found_at=row.found_at,
                shift_start=shift.start,
                role=part.role,
                start=part.start,
                end=part.end,
                participant_id=part.participant_id,
                name=holder.name if holder else "",
                colour=holder.colour if holder else 1,
                is_mine=is_mine,
                may_keep=row.kind in KEEPABLE and (is_mine or is_managed),
                may_repair=is_managed,
            )
        )
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Holder:
    member_id: int | None
    name: str
    colour: int


def _holders(session: Session, ids: Collection[int | None]) -> dict[int, _Holder]:
    """By participant."""
    rows = session.exec(
        select(Participant, Member.name)
        .outerjoin(Member, col(Participant.member_id) == col(Member.id))
        .where(col(Participant.id).in_(ids))
    )
    return {row.id or 0: _Holder(row.member_id, name or row.name, row.colour) for row, name in rows}
