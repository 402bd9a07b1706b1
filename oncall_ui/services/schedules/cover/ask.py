"""Asks for cover of a slot or a part of it, or offers to take somebody else's."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from oncall_ui.app import App
from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.cover.rounds import pace_of
from oncall_ui.domain.schedules.cover.states import Pace, RequestKind, Via
from oncall_ui.domain.schedules.ledger.lines import MILLI
from oncall_ui.errors import AgreeFirst, InvalidInput, NotAllowed
from oncall_ui.hub import ScheduleChanged
from oncall_ui.models import Participant, RequestAnswer, Schedule, ShiftRequest, now
from oncall_ui.services.audit.record import record
from oncall_ui.services.schedules.access import lock_schedule
from oncall_ui.services.schedules.cover import emails
from oncall_ui.services.schedules.cover.candidates import Candidate, candidates_of
from oncall_ui.services.schedules.cover.counted import Part
from oncall_ui.services.schedules.cover.deal import Deal, check
from oncall_ui.services.schedules.cover.parts import HeldSlot, held_slot
from oncall_ui.services.schedules.cover.rounds import advance
from oncall_ui.services.schedules.cover.rows import UNSETTLED, acting_for, own_participant, set_back, visible
from oncall_ui.services.schedules.ledger.lines import slot_points
from oncall_ui.services.schedules.people import names_of
from oncall_ui.services.text_input import checked_line

FROM, NOTE = "From", "Note"
LONGEST_NOTE = 200
A_MINUTE = timedelta(minutes=1)
WITHIN = "Choose times within the shift, the later one second."
BEGUN = "This has begun. Choose a time that is still to come."
SHARED = "Several people have this part. Choose what one of them has."
GAP = "Nobody has this part, so there is nobody to ask for it."
TWICE = "There is a request about this already. Withdraw it first."
OWN = "This shift is theirs already."


@dataclass(frozen=True, slots=True)
class Asking:
    """What asking for cover of a part would mean. `points` go with it; `pace`: how many are asked at a time."""

    part: Part
    shift_end: datetime
    type: str
    points: float
    holder_id: int
    holder: str
    candidates: tuple[Candidate, ...]
    pace: Pace


def read_asking(
    app: App,
    member_id: int,
    schedule_id: int,
    start: datetime,
    role: str,
    span: tuple[datetime, datetime] | None = None,
    *,
    at: datetime | None = None,
) -> Asking:
    """Who could take it, in the order they would be asked, and who can't. Raises InvalidInput, and NotAllowed.

    Without `span` it is about what the member has of the slot, else what the next holder has of it.
    """
    moment = at or now()
    with app.db.read() as session:
        schedule = visible(session, member_id, schedule_id)
        slot = _slot(session, schedule_id, start, role)
        part = _part(slot, span, moment, own_participant(session, member_id, schedule_id))
        holder = _holder(slot, part)
        return Asking(
            part=part,
            shift_end=slot.shift.end,
            type=slot.shift.type,
            points=slot_points(schedule, slot.shift, role) * _share(part, slot) / MILLI,
            holder_id=holder,
            holder=names_of(session, schedule_id).get(holder, ""),
            candidates=tuple(candidates_of(session, schedule, part, moment)),
            pace=pace_of(part.start, moment),
        )


def ask_for_cover(
    app: App,
    member_id: int,
    schedule_id: int,
    start: datetime,
    role: str,
    span: tuple[datetime, datetime] | None = None,
    *,
    note: str = "",
    takes_swaps: bool = True,
    pace: Pace | None = None,
    at: datetime | None = None,
) -> int:
    """Of what the member has of the slot, or of `span` of it; its holder keeps it until somebody takes it.

    Returns the request's id. Managers may ask for anybody. Raises InvalidInput, and NotAllowed.
    """
    moment = at or now()
    with app.db.write() as session:
        schedule = lock_schedule(session, member_id, schedule_id, Access.MEMBER)
        slot = _slot(session, schedule_id, start, role)
        part = _part(slot, span, moment, own_participant(session, member_id, schedule_id))
        holder = acting_for(session, member_id, schedule_id, _holder(slot, part))
        request = _request(session, slot, part, RequestKind.COVER, member_id, note, moment)
        request.takes_swaps, request.pace = takes_swaps, pace
        session.flush()
        _record(session, schedule, request, member_id, holder)
        advance(app, session, schedule, request, moment)
        found = request.id or 0
    app.hub.publish(ScheduleChanged(schedule_id))
    return found


def offer_to_take(
    app: App,
    member_id: int,
    schedule_id: int,
    start: datetime,
    role: str,
    span: tuple[datetime, datetime] | None = None,
    *,
    in_return: Part | None = None,
    note: str = "",
    participant_id: int | None = None,
    is_accepted: bool = False,
    at: datetime | None = None,
) -> int:
    """Asks its holder; with `in_return` they get that one for it. Returns the request's id.

    `participant_id`: a manager offers it for somebody. Raises AgreeFirst where it breaks a limit or meets a block of
    who offers, InvalidInput where it can't be, and NotAllowed.
    """
    moment = at or now()
    with app.db.write() as session:
        schedule = lock_schedule(session, member_id, schedule_id, Access.MEMBER)
        taker = acting_for(session, member_id, schedule_id, participant_id)
        slot = _slot(session, schedule_id, start, role)
        part = _part(slot, span, moment, own_participant(session, member_id, schedule_id))
        holder = _holder(slot, part)
        if holder == taker.id:
            raise InvalidInput(FROM, OWN)
        found = check(session, schedule, Deal(part, holder, taker.id or 0, in_return), moment)
        if found.taker and not is_accepted:
            raise AgreeFirst(f"{found.taker}.")
        request = _request(session, slot, part, RequestKind.OFFER, member_id, note, moment)
        request.taker_id, request.is_accepted = taker.id, bool(found.taker)
        set_back(session, request, schedule_id, in_return)
        session.flush()
        session.add(RequestAnswer(request_id=request.id or 0, participant_id=holder, rank=0, asked_at=moment))
        request.next_at = request.start
        emails.asked(app, session, request, holder, moment)
        _record(session, schedule, request, member_id, session.get_one(Participant, holder))
        number = request.id or 0
    app.hub.publish(ScheduleChanged(schedule_id))
    return number


def _request(
    session: Session, slot: HeldSlot, part: Part, kind: RequestKind, by: int, note: str, at: datetime
) -> ShiftRequest:
    if kind is RequestKind.COVER:
        _refuse_second(session, slot, part)
    words = f"Enter a note of up to {LONGEST_NOTE} characters."
    row = ShiftRequest(
        schedule_id=slot.shift.schedule_id,
        kind=kind,
        shift_id=slot.shift.id or 0,
        role=slot.role,
        start=part.start,
        end=part.end,
        holder_id=_holder(slot, part),
        by_id=by,
        note=checked_line(note, NOTE, longest=LONGEST_NOTE, sentence=words) if note.strip() else "",
        created_at=at,
    )
    session.add(row)
    return row


def _refuse_second(session: Session, slot: HeldSlot, part: Part) -> None:
    rows = select(ShiftRequest.id).where(
        ShiftRequest.shift_id == slot.shift.id,
        ShiftRequest.role == slot.role,
        ShiftRequest.kind == RequestKind.COVER,
        col(ShiftRequest.state).in_(UNSETTLED),
        col(ShiftRequest.start) < part.end,
        col(ShiftRequest.end) > part.start,
    )
    if session.exec(rows).first() is not None:
        raise InvalidInput(FROM, TWICE)


def _record(session: Session, schedule: Schedule, request: ShiftRequest, by: int, holder: Participant) -> None:
    record(
        session,
        AuditAction.COVER_ASKED,
        by=by,
        about=holder.member_id,
        what=schedule.name,
        kind=request.kind.value,
        start=request.start.isoformat(),
        end=request.end.isoformat(),
        role=request.role,
        via=Via.PAGE.value,
    )


def _slot(session: Session, schedule_id: int, start: datetime, role: str) -> HeldSlot:
    slot = held_slot(session, schedule_id, start, role)
    if slot is None:
        raise NotAllowed
    return slot


def _part(slot: HeldSlot, span: tuple[datetime, datetime] | None, at: datetime, me: int | None) -> Part:
    """In whole minutes, within the shift, still to come."""
    start, end = span or _stretch(slot, at, me)
    start, end = start.replace(second=0, microsecond=0), end.replace(second=0, microsecond=0)
    if not slot.shift.start <= start < end <= slot.shift.end:
        raise InvalidInput(FROM, WITHIN)
    if start <= at:
        raise InvalidInput(FROM, BEGUN)
    return Part(slot.shift.start, slot.role, start, end)


def _stretch(slot: HeldSlot, at: datetime, me: int | None) -> tuple[datetime, datetime]:
    """What the member has of the slot without a break, else the next holder; from the next minute on."""
    soon = at.replace(second=0, microsecond=0) + A_MINUTE
    ahead = [part for part in slot.parts if part.end > soon]
    if not ahead:
        raise InvalidInput(FROM, BEGUN)
    first = next((part for part in ahead if part.participant_id == me), ahead[0])
    end = first.end
    for part in ahead:
        if part.start == end and part.participant_id == first.participant_id:
            end = part.end
    start = first.start if first.start > at else soon
    return start, end


def _holder(slot: HeldSlot, part: Part) -> int:
    holders = set(slot.holders(part.start, part.end))
    if len(holders) > 1:
        raise InvalidInput(FROM, SHARED)
    (holder,) = holders
    if holder is None:
        raise InvalidInput(FROM, GAP)
    return holder


def _share(part: Part, slot: HeldSlot) -> float:
    return (part.end - part.start) / (slot.shift.end - slot.shift.start)
