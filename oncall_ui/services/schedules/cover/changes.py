"""What the person who asked may still do: ask everyone now, change how many are asked at a time, withdraw."""

from datetime import datetime

from oncall_ui.app import App
from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.domain.schedules.cover.states import Pace, RequestKind, RequestState, Via
from oncall_ui.errors import NotAllowed
from oncall_ui.hub import ScheduleChanged
from oncall_ui.models import now
from oncall_ui.services.audit.record import record
from oncall_ui.services.schedules.cover.rounds import advance, end
from oncall_ui.services.schedules.cover.rows import UNSETTLED, acting_for, lock_request, require


def set_pace(
    app: App, member_id: int, schedule_id: int, request_id: int, pace: Pace | None, *, at: datetime | None = None
) -> None:
    """From now on so many are asked at a time; None: by how near the shift is. Only who asked, and managers.

    Raises RequestClosed, and NotAllowed.
    """
    moment = at or now()
    with app.db.write() as session:
        schedule, request = lock_request(session, member_id, schedule_id, request_id)
        acting_for(session, member_id, schedule_id, request.holder_id)
        require(session, request, RequestState.OPEN)
        if request.kind is not RequestKind.COVER:
            raise NotAllowed
        request.pace = pace
        advance(app, session, schedule, request, moment)
        record(
            session,
            AuditAction.COVER_CHANGED,
            by=member_id,
            what=schedule.name,
            pace=pace.value if pace else "by time",
            start=request.start.isoformat(),
            via=Via.PAGE.value,
        )
    app.hub.publish(ScheduleChanged(schedule_id))


def withdraw(app: App, member_id: int, schedule_id: int, request_id: int, *, at: datetime | None = None) -> None:
    """Nobody is asked any more. Only who asked, and managers. Raises RequestClosed, and NotAllowed."""
    moment = at or now()
    with app.db.write() as session:
        schedule, request = lock_request(session, member_id, schedule_id, request_id)
        asker = request.taker_id if request.kind is RequestKind.OFFER else request.holder_id
        acting_for(session, member_id, schedule_id, asker)
        require(session, request, *UNSETTLED)
        end(app, session, request, RequestState.WITHDRAWN, moment)
        record(
            session,
            AuditAction.COVER_WITHDRAWN,
            by=member_id,
            what=schedule.name,
            start=request.start.isoformat(),
            role=request.role,
            via=Via.PAGE.value,
        )
    app.hub.publish(ScheduleChanged(schedule_id))
