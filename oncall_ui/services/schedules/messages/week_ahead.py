"""Notes Monday's overview to everyone on a schedule, and to viewers who asked for it."""

from collections.abc import Iterator
from datetime import datetime

from sqlmodel import Session, col, select

from oncall_ui.domain.availability.window import zone_of
from oncall_ui.domain.schedules.messages.kinds import MessageKind
from oncall_ui.domain.schedules.messages.timing import WEEK_AHEAD_NEWS, is_week_ahead_due
from oncall_ui.models import Member, Schedule, ScheduleAccess
from oncall_ui.services.accounts.quiet_hours import quiet_of
from oncall_ui.services.schedules.messages.outbox import Note


def week_ahead_notes(session: Session, moment: datetime) -> Iterator[Note]:
    """To those for whom it is Monday morning, whether they want it or not: that is asked when it is sent."""
    theirs = (
        select(ScheduleAccess.member_id)
        .join(Schedule, col(ScheduleAccess.schedule_id) == col(Schedule.id))
        .where(col(Schedule.archived_at).is_(None))
    )
    for member in session.exec(select(Member).where(col(Member.id).in_(theirs)).order_by(col(Member.id))):
        zone, member_id = zone_of(member.zone), member.id or 0
        if moment.astimezone(zone).weekday() != 0:
            continue
        if is_week_ahead_due(moment, zone, quiet_of(session, member_id)):
            yield _note(member_id, moment, moment.astimezone(zone).date().isoformat())


def _note(member_id: int, moment: datetime, monday: str) -> Note:
    kind = MessageKind.WEEK_AHEAD
    return Note(
        kind, member_id, None, {"monday": monday}, key=f"{kind}:{monday}:{member_id}", until=moment + WEEK_AHEAD_NEWS
    )
