"""The turns of a schedule's published shifts, and who is behind a participant."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from oncall_ui.domain.schedules.messages.turns import Part, Turn, turns_of
from oncall_ui.models import Assignment, Member, Participant, PublishedShift, Schedule
from oncall_ui.services.schedules.published.read import LONGEST_SHIFT

BEFORE = LONGEST_SHIFT + timedelta(days=1)
"""So much earlier is read, so that a turn that has begun before is known to be one."""
AFTER = timedelta(days=35)
"""How far the end of a turn is looked for."""


def live_schedules(session: Session) -> list[Schedule]:
    """Those that aren't archived."""
    rows = select(Schedule).where(col(Schedule.archived_at).is_(None))
    return list(session.exec(rows.order_by(col(Schedule.id))))


def turns_between(session: Session, schedule_id: int, start: datetime, end: datetime) -> list[Turn]:
    """Those that overlap [start, end), gaps too, by what is published from a week before to `end`."""
    first = start - BEFORE
    rows = session.exec(
        select(Assignment)
        .join(PublishedShift, col(Assignment.shift_id) == col(PublishedShift.id))
        .where(PublishedShift.schedule_id == schedule_id, col(PublishedShift.cancelled_at).is_(None))
        .where(col(PublishedShift.start) > first - LONGEST_SHIFT, col(PublishedShift.start) < end)
        .where(col(Assignment.ended_at).is_(None), col(Assignment.end) > first, col(Assignment.start) < end)
    )
    parts = [Part(row.role, row.participant_id, row.start, row.end, row.recorded_at) for row in rows]
    return [turn for turn in turns_of(parts) if turn.end > start]


def members_of(session: Session, schedule_id: int) -> Mapping[int, Member]:
    """Participant id → member, without those whose account is gone."""
    rows = session.exec(
        select(Participant.id, Member)
        .join(Member, col(Participant.member_id) == col(Member.id))
        .where(Participant.schedule_id == schedule_id)
    )
    return {participant or 0: member for participant, member in rows}


def gaps_between(session: Session, schedule: Schedule, start: datetime, end: datetime) -> list[Turn]:
    """What nobody has and begins before `end`. Roles that count no points may stay empty."""
    counted = {role["name"] for role in schedule.roles if role["percent"]}
    turns = turns_between(session, schedule.id or 0, start, end + AFTER)
    return [turn for turn in turns if turn.participant is None and turn.role in counted and turn.start < end]
