"""The holder of a slot keeps it anyway. That is remembered for this block: they are asked again only if it grows."""

from oncall_ui.app import App
from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.conflicts.trouble import Ending
from oncall_ui.errors import NotAllowed, PlanOutdated
from oncall_ui.hub import ScheduleChanged
from oncall_ui.models import Assignment, Participant, ShiftConflict, now
from oncall_ui.services.audit.record import record
from oncall_ui.services.schedules.access import MAX_ID, lock_schedule, may
from oncall_ui.services.schedules.conflicts.views import KEEPABLE

OVER = "This shift doesn’t need a change any more."


def keep_anyway(app: App, member_id: int, schedule_id: int, conflict_id: int) -> None:
    """The holder has it although they are blocked, or although it breaks a limit; a manager says so for them.

    Raises NotAllowed for everybody else and where nobody can agree to it, and PlanOutdated once it is closed.
    """
    with app.db.write() as session:
        schedule = lock_schedule(session, member_id, schedule_id, Access.MEMBER)
        row = session.get(ShiftConflict, conflict_id) if 0 < conflict_id <= MAX_ID else None
        if row is None or row.schedule_id != schedule_id or row.kind not in KEEPABLE:
            raise NotAllowed
        part = session.get_one(Assignment, row.assignment_id)
        holder = session.get(Participant, part.participant_id or 0)
        of = holder.member_id if holder else None
        if of != member_id and not may(session, member_id, schedule_id, Access.MANAGER):
            raise NotAllowed
        if row.closed_at is not None:
            raise PlanOutdated(OVER)
        row.closed_at, row.how, row.by_id = now(), Ending.KEPT, member_id
        start = part.start.isoformat()
        record(
            session, AuditAction.CONFLICT_KEPT, by=member_id, about=of, what=schedule.name, start=start, role=part.role
        )
    app.hub.publish(ScheduleChanged(schedule_id))
