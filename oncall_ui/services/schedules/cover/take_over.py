"""Takes over a running shift, from this minute on. The only way a shift changes hands without the holder's click."""

from datetime import datetime

from oncall_ui.app import App
from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.cover.states import RequestKind, Via
from oncall_ui.errors import AgreeFirst, InvalidInput, NotAllowed
from oncall_ui.hub import ScheduleChanged
from oncall_ui.models import ShiftRequest, now
from oncall_ui.services.schedules.access import lock_schedule
from oncall_ui.services.schedules.cover.counted import Part
from oncall_ui.services.schedules.cover.deal import FIELD, Deal, check, settle
from oncall_ui.services.schedules.cover.parts import held_slot
from oncall_ui.services.schedules.cover.rows import acting_for
from oncall_ui.services.schedules.published.other_schedules import lock_people

NOT_RUNNING = "This shift isn’t running. Ask for it instead."
GAP = "Nobody has it. A manager can hand it to you."
YOURS = "This shift is theirs already."


def take_over(
    app: App,
    member_id: int,
    schedule_id: int,
    start: datetime,
    role: str,
    *,
    participant_id: int | None = None,
    is_accepted: bool = False,
    at: datetime | None = None,
) -> int:
    """What the holder of the slot has left of it now. It may be undone like what people agreed on; returns its id.

    `participant_id`: a manager does it for somebody. Raises AgreeFirst, InvalidInput where it can't be, and NotAllowed.
    """
    moment = at or now()
    minute = moment.replace(second=0, microsecond=0)
    with app.db.write() as session:
        schedule = lock_schedule(session, member_id, schedule_id, Access.MEMBER)
        taker = acting_for(session, member_id, schedule_id, participant_id)
        lock_people(session, [taker.id])
        slot = held_slot(session, schedule_id, start, role)
        if slot is None:
            raise NotAllowed
        running = next((part for part in slot.parts if part.start <= minute < part.end), None)
        if running is None:
            raise InvalidInput(FIELD, NOT_RUNNING)
        if running.participant_id is None:
            raise InvalidInput(FIELD, GAP)
        if running.participant_id == taker.id:
            raise InvalidInput(FIELD, YOURS)
        deal = Deal(Part(start, role, minute, running.end), running.participant_id, taker.id or 0)
        found = check(session, schedule, deal, moment)
        if found.taker and not is_accepted:
            raise AgreeFirst(f"{found.taker}.")
        request = ShiftRequest(
            schedule_id=schedule_id,
            kind=RequestKind.TAKE_OVER,
            shift_id=slot.shift.id or 0,
            role=role,
            start=minute,
            end=running.end,
            holder_id=deal.holder,
            by_id=member_id,
            created_at=moment,
        )
        session.add(request)
        session.flush()
        settle(
            app, session, schedule, request, deal,
            by=member_id, via=Via.PAGE, is_accepted=not found.is_free, at=moment,
        )  # fmt: skip
        number = request.id or 0
    app.hub.publish(ScheduleChanged(schedule_id))
    return number
