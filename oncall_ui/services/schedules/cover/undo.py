"""Undoes a settled request: who took the shift at once, later both together, managers as long as the shift lasts."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlmodel import Session

from oncall_ui.app import App
from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.cover.states import RequestState, Via
from oncall_ui.domain.schedules.planning.fact_words import TWO_AT_ONCE
from oncall_ui.errors import InvalidInput, NotAllowed, RequestClosed
from oncall_ui.hub import ScheduleChanged
from oncall_ui.models import Participant, Schedule, ShiftRequest, now
from oncall_ui.services.audit.record import record
from oncall_ui.services.schedules.access import may
from oncall_ui.services.schedules.cover import emails
from oncall_ui.services.schedules.cover.deal import FIELD, Deal, given_back, is_busy_after, move
from oncall_ui.services.schedules.cover.parts import held_slot
from oncall_ui.services.schedules.cover.rows import close, close_lost, lock_request, require
from oncall_ui.services.schedules.people import names_of
from oncall_ui.services.schedules.published.other_schedules import lock_people

ALONE = timedelta(minutes=10)
"""How long the taker may undo it without asking."""
UNDO = "undo"
FROZEN = "It’s too close to the shift to undo this. Ask a manager."
MOVED = "The shift has changed hands since, so this can’t be undone. Ask for cover instead."
OVER = "The shift is over, so this can’t be undone."


def undo(app: App, member_id: int, schedule_id: int, request_id: int, *, at: datetime | None = None) -> bool:
    """Gives everything back that isn't over. False: it waits for the other one, who may do the same to agree.

    Raises RequestClosed where it has changed hands since, InvalidInput where it is too late, and NotAllowed.
    """
    moment = at or now()
    with app.db.write() as session:
        schedule, request = lock_request(session, member_id, schedule_id, request_id)
        lock_people(session, [request.taker_id, request.holder_id])
        require(session, request, RequestState.TAKEN)
        is_done = _may_at_once(session, schedule, request, member_id, moment)
        if is_done:
            _undo(app, session, schedule, request, member_id, moment)
        else:
            mine = _side(session, request, member_id)
            request.undo_by = mine
            other = request.holder_id if mine == request.taker_id else request.taker_id
            emails.answered(app, session, request, UNDO, [other or 0], moment)
        record(
            session,
            AuditAction.SWAP_UNDONE if is_done else AuditAction.COVER_CHANGED,
            by=member_id,
            what=schedule.name,
            start=request.start.isoformat(),
            role=request.role,
            via=Via.PAGE.value,
        )
    app.hub.publish(ScheduleChanged(schedule_id))
    return is_done


def undo_until(schedule: Schedule, request: ShiftRequest) -> datetime:
    """How long those concerned may undo it together."""
    starts = [request.start, *([request.back_start] if request.back_start else [])]
    return min(starts) - timedelta(hours=schedule.freeze_hours)


def _may_at_once(session: Session, schedule: Schedule, request: ShiftRequest, member_id: int, at: datetime) -> bool:
    if may(session, member_id, request.schedule_id, Access.MANAGER):
        return True
    mine = _side(session, request, member_id)
    if mine == request.taker_id and request.settled_at and at - request.settled_at <= ALONE:
        return True
    if at >= undo_until(schedule, request):
        raise InvalidInput(FIELD, FROZEN)
    return request.undo_by not in {None, mine}


def _side(session: Session, request: ShiftRequest, member_id: int) -> int:
    """The participant of the member, who gave it or took it. Raises NotAllowed."""
    for participant in (request.taker_id, request.holder_id):
        row = session.get(Participant, participant or 0)
        if row is not None and row.member_id == member_id:
            return row.id or 0
    raise NotAllowed


def _undo(app: App, session: Session, schedule: Schedule, request: ShiftRequest, by: int, at: datetime) -> None:
    deal = _still_to_come(given_back(session, request), at)
    _require_same(session, schedule, deal)
    names = names_of(session, schedule.id or 0)
    for part, who in deal.moves.items():
        row = session.get_one(Participant, who)
        if row.member_id is None:
            raise InvalidInput(FIELD, f"{names[who]} isn’t on the schedule any more.")
        if is_busy_after(session, row, part, deal):
            raise InvalidInput(FIELD, f"{names[who]} {TWO_AT_ONCE}.")
    changes = move(session, schedule, request, deal, by=by, at=at, why="undone")
    close(request, RequestState.UNDONE, at)
    emails.taken(app, session, request, changes, by=by, at=at)
    emails.lost(app, session, close_lost(session, schedule.id or 0, at), at)


def _still_to_come(deal: Deal, at: datetime) -> Deal:
    """What is over stays as it was; of a running part what is left is given back. Raises InvalidInput."""
    minute = at.replace(second=0, microsecond=0)
    if deal.part.end <= minute or (deal.back and deal.back.end <= minute):
        raise InvalidInput(FIELD, OVER)
    back = replace(deal.back, start=max(deal.back.start, minute)) if deal.back else None
    return replace(deal, part=replace(deal.part, start=max(deal.part.start, minute)), back=back)


def _require_same(session: Session, schedule: Schedule, deal: Deal) -> None:
    for part, before in zip(deal.moves, (deal.holder, deal.taker), strict=False):
        slot = held_slot(session, schedule.id or 0, part.of_shift, part.role)
        if slot is None or set(slot.holders(part.start, part.end)) != {before}:
            raise RequestClosed(MOVED)
