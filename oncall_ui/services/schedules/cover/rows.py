"""Requests as they are stored: found, locked, closed; who may act for whom; and which parts they are about."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, or_, select

from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.cover.states import Answer, RequestKind, RequestState
from oncall_ui.errors import NotAllowed, RequestClosed
from oncall_ui.models import Participant, PublishedShift, RequestAnswer, Schedule, ShiftRequest
from oncall_ui.services.schedules.access import MAX_ID, lock_schedule, may, open_schedule
from oncall_ui.services.schedules.cover.counted import Part
from oncall_ui.services.schedules.cover.parts import held_slot
from oncall_ui.services.schedules.messages.links import spend_link
from oncall_ui.services.schedules.people import names_of

ENDS = {
    RequestState.TAKEN: "{taker} was faster: it’s theirs now.",
    RequestState.APPROVAL: "{taker} was faster. A manager still has to approve it.",
    RequestState.UNDONE: "This was undone. Ask again if it’s still needed.",
    RequestState.WITHDRAWN: "This request was withdrawn.",
    RequestState.STARTED: "The shift has begun, so this request is over.",
    RequestState.LOST: "The shift changed hands in another way, so this request is over.",
}
UNSETTLED = (RequestState.OPEN, RequestState.APPROVAL)


def lock_request(
    session: Session, member_id: int, schedule_id: int, request_id: int, needed: Access = Access.MEMBER
) -> tuple[Schedule, ShiftRequest]:
    """Serialises with every other change of the schedule, so that the first answer wins. Raises NotAllowed."""
    schedule = lock_schedule(session, member_id, schedule_id, needed)
    row = session.get(ShiftRequest, request_id, populate_existing=True) if 0 < request_id <= MAX_ID else None
    if row is None or row.schedule_id != schedule_id:
        raise NotAllowed
    return schedule, row


def require(session: Session, request: ShiftRequest, *states: RequestState) -> None:
    """Raises RequestClosed unless it is in one of the states."""
    if request.state not in states:
        taker = names_of(session, request.schedule_id).get(request.taker_id or 0, "Somebody else")
        raise RequestClosed(ENDS.get(request.state, "This request is still open.").format(taker=taker))


def acting_for(session: Session, member_id: int, schedule_id: int, participant_id: int | None) -> Participant:
    """The member's own participant, or with `participant_id` another one, whom only managers act for.

    Raises NotAllowed.
    """
    rows = select(Participant).where(Participant.schedule_id == schedule_id)
    if participant_id is None:
        found = session.exec(rows.where(Participant.member_id == member_id)).first()
    else:
        found = session.exec(rows.where(Participant.id == min(participant_id, MAX_ID))).first()
    if found is None or found.member_id is None:
        raise NotAllowed
    if found.member_id != member_id and not may(session, member_id, schedule_id, Access.MANAGER):
        raise NotAllowed
    return found


def spend(session: Session, token: str, at: datetime) -> None:
    """Uses up the link of an answer, in its transaction: of two browsers with one link only one answers.

    Raises NotAllowed. Nothing happens without a token.
    """
    if token and spend_link(session, token, at) is None:
        raise NotAllowed


def own_participant(session: Session, member_id: int, schedule_id: int) -> int | None:
    """None: the member isn't on the schedule."""
    rows = select(Participant.id).where(Participant.schedule_id == schedule_id, Participant.member_id == member_id)
    return session.exec(rows).first()


def part_of(session: Session, request: ShiftRequest) -> Part:
    shift = session.get_one(PublishedShift, request.shift_id)
    return Part(shift.start, request.role, request.start, request.end)


def back_of(session: Session, row: ShiftRequest | RequestAnswer) -> Part | None:
    """What is given in return."""
    if row.back_shift_id is None or row.back_start is None or row.back_end is None:
        return None
    shift = session.get_one(PublishedShift, row.back_shift_id)
    return Part(shift.start, row.back_role, row.back_start, row.back_end)


def set_back(session: Session, row: ShiftRequest | RequestAnswer, schedule_id: int, back: Part | None) -> None:
    """Raises NotAllowed where there is no such slot."""
    if back is None:
        row.back_shift_id, row.back_role, row.back_start, row.back_end = None, "", None, None
        return
    slot = held_slot(session, schedule_id, back.of_shift, back.role)
    if slot is None:
        raise NotAllowed
    row.back_shift_id, row.back_role, row.back_start, row.back_end = slot.shift.id, back.role, back.start, back.end


def answers_of(session: Session, request_id: int) -> list[RequestAnswer]:
    """Those who were asked first, in that order, then those who weren't yet."""
    rows = session.exec(
        select(RequestAnswer)
        .where(RequestAnswer.request_id == request_id)
        .order_by(col(RequestAnswer.rank), col(RequestAnswer.id))
    ).all()
    return sorted(rows, key=lambda row: (row.asked_at is None, row.asked_at.timestamp() if row.asked_at else 0))


def answer_row(session: Session, request: ShiftRequest, participant_id: int, at: datetime) -> RequestAnswer:
    """Theirs; somebody who answers without having been asked gets a row, too."""
    rows = select(RequestAnswer).where(
        RequestAnswer.request_id == request.id, RequestAnswer.participant_id == participant_id
    )
    row = session.exec(rows).first()
    if row is None:
        last = len(answers_of(session, request.id or 0))
        row = RequestAnswer(request_id=request.id or 0, participant_id=participant_id, rank=last, asked_at=at)
        session.add(row)
    return row


def is_held(session: Session, request: ShiftRequest) -> bool:
    """Whether the holder of the part is still the one it is about."""
    part = part_of(session, request)
    slot = held_slot(session, request.schedule_id, part.of_shift, part.role)
    if slot is None or part.end > slot.shift.end:
        return False
    return set(slot.holders(part.start, part.end)) == {request.holder_id}


def close(request: ShiftRequest, state: RequestState, at: datetime) -> None:
    request.state, request.closed_at, request.next_at = state, at, None


def close_lost(session: Session, schedule_id: int, at: datetime) -> list[ShiftRequest]:
    """Ends the requests about parts that changed hands in another way. To be called after every such change."""
    session.flush()
    rows = session.exec(
        select(ShiftRequest).where(ShiftRequest.schedule_id == schedule_id, col(ShiftRequest.state).in_(UNSETTLED))
    ).all()
    lost = [row for row in rows if not is_held(session, row)]
    for row in lost:
        close(row, RequestState.LOST, at)
    return lost


def forget(session: Session, participant_id: int, member_id: int, at: datetime) -> None:
    """Somebody’s account goes: what they asked for is withdrawn, their notes are erased, and nobody waits for them."""
    rows = session.exec(
        select(ShiftRequest).where(
            col(ShiftRequest.state).in_(UNSETTLED),
            or_(
                ShiftRequest.holder_id == participant_id,
                (col(ShiftRequest.taker_id) == participant_id) & (col(ShiftRequest.kind) == RequestKind.OFFER),
            ),
        )
    )
    for row in rows:
        close(row, RequestState.WITHDRAWN, at)
    for row in session.exec(select(ShiftRequest).where(ShiftRequest.by_id == member_id, ShiftRequest.note != "")):
        row.note = ""
    for answer in session.exec(
        select(RequestAnswer).where(RequestAnswer.participant_id == participant_id, col(RequestAnswer.answer).is_(None))
    ):
        answer.answer = Answer.CANT


def visible(session: Session, member_id: int, schedule_id: int) -> Schedule:
    """For those who may ask and answer. Raises NotAllowed."""
    return open_schedule(session, member_id, schedule_id, Access.MEMBER)


def open_requests(session: Session, schedule_id: int) -> Sequence[ShiftRequest]:
    """Those that aren't settled, by the start of their parts."""
    return session.exec(
        select(ShiftRequest)
        .where(ShiftRequest.schedule_id == schedule_id, col(ShiftRequest.state).in_(UNSETTLED))
        .order_by(col(ShiftRequest.start), col(ShiftRequest.id))
    ).all()
