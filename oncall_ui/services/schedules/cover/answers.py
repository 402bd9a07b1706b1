"""What those who are asked say: the first valid answer wins, in one transaction, and the others learn it."""

from datetime import datetime

from sqlmodel import Session

from oncall_ui.app import App
from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.cover.states import Answer, RequestKind, RequestState, Via
from oncall_ui.errors import AgreeFirst, InvalidInput, NotAllowed
from oncall_ui.hub import ScheduleChanged
from oncall_ui.models import Participant, Schedule, ShiftRequest, now
from oncall_ui.services.audit.record import record
from oncall_ui.services.schedules.access import may
from oncall_ui.services.schedules.cover import emails
from oncall_ui.services.schedules.cover.counted import Part
from oncall_ui.services.schedules.cover.deal import FIELD, Checked, check, deal_of, settle
from oncall_ui.services.schedules.cover.rounds import advance, end
from oncall_ui.services.schedules.cover.rows import (
    acting_for,
    answer_row,
    back_of,
    lock_request,
    require,
    set_back,
    spend,
)
from oncall_ui.services.schedules.published.other_schedules import lock_people

PROPOSED = "proposed"
DECLINED = "declined"
REFUSED = "refused"
NO_SWAPS = "There is no swap to agree to any more."


def accept(
    app: App,
    member_id: int,
    schedule_id: int,
    request_id: int,
    *,
    in_return: Part | None = None,
    participant_id: int | None = None,
    is_accepted: bool = False,
    via: Via = Via.PAGE,
    link: str = "",
    at: datetime | None = None,
) -> bool:
    """Takes the part that was asked about, for nothing or for one of theirs; of an offer, gives it to who offers.

    A swap that breaks a limit of either, or that wasn't welcome, waits until the holder agrees; then False.
    `participant_id`: a manager answers for somebody. `link`: the token it came by.
    Raises RequestClosed where somebody was faster, AgreeFirst,
    InvalidInput with the reason where it can't be, and NotAllowed.
    """
    moment = at or now()
    with app.db.write() as session:
        schedule, request = lock_request(session, member_id, schedule_id, request_id)
        who = acting_for(session, member_id, schedule_id, participant_id)
        lock_people(session, [who.id, request.holder_id, request.taker_id])
        require(session, request, RequestState.OPEN)
        spend(session, link, moment)
        is_done = False
        if moment >= request.start:
            end(app, session, request, RequestState.STARTED, moment)
        else:
            is_done = _accept(
                app, session, schedule, request, who, in_return,
                by=member_id, via=via, is_accepted=is_accepted, at=moment,
            )  # fmt: skip
        closed = request.state is RequestState.STARTED
    app.hub.publish(ScheduleChanged(schedule_id))
    if closed:
        raise InvalidInput(FIELD, "The shift has begun, so this request is over.")
    return is_done


def _accept(
    app: App,
    session: Session,
    schedule: Schedule,
    request: ShiftRequest,
    who: Participant,
    in_return: Part | None,
    *,
    by: int,
    via: Via,
    is_accepted: bool,
    at: datetime,
) -> bool:
    is_offer = request.kind is RequestKind.OFFER
    if (who.id == request.holder_id) is not is_offer:
        raise NotAllowed
    taker = request.taker_id if is_offer else who.id
    back = back_of(session, request) if is_offer else in_return
    deal = deal_of(session, request, taker or 0, back)
    found = check(session, schedule, deal, at)
    _require_agreed(found, is_offer=is_offer, is_accepted=is_accepted, was_accepted=request.is_accepted)
    row = answer_row(session, request, who.id or 0, at)
    row.answer, row.answered_at, row.via = Answer.SWAP if back else Answer.TAKE, at, via
    if not is_offer and back and not _settles_at_once(session, request, found, by):
        set_back(session, row, schedule.id or 0, back)
        emails.answered(app, session, request, PROPOSED, [request.holder_id], at)
        _record(session, schedule, request, by, row.answer, via)
        return False
    settle(app, session, schedule, request, deal, by=by, via=via, is_accepted=not found.is_free, at=at)
    return True


def _require_agreed(found: Checked, *, is_offer: bool, is_accepted: bool, was_accepted: bool) -> None:
    """Who answers agrees to what it breaks for them; who offered did so when they offered."""
    mine, other = (found.holder, found.taker) if is_offer else (found.taker, "")
    if other and not was_accepted:
        raise InvalidInput(FIELD, f"{other}. They didn’t know when they offered it: ask them to offer it again.")
    if mine and not is_accepted:
        raise AgreeFirst(f"{mine}.")


def _settles_at_once(session: Session, request: ShiftRequest, found: Checked, by: int) -> bool:
    """Managers decide for both."""
    return (request.takes_swaps and found.is_free) or may(session, by, request.schedule_id, Access.MANAGER)


def agree(
    app: App, member_id: int, schedule_id: int, request_id: int, participant_id: int, *, at: datetime | None = None
) -> None:
    """The holder, or a manager, agrees to the swap that the participant proposed.

    Raises RequestClosed, InvalidInput where it can't be any more, and NotAllowed.
    """
    moment = at or now()
    with app.db.write() as session:
        schedule, request = lock_request(session, member_id, schedule_id, request_id)
        acting_for(session, member_id, schedule_id, request.holder_id)
        lock_people(session, [participant_id, request.holder_id])
        require(session, request, RequestState.OPEN)
        row = answer_row(session, request, participant_id, moment)
        back = back_of(session, row)
        if row.id is None or row.answer is not Answer.SWAP or back is None:
            raise InvalidInput(FIELD, NO_SWAPS)
        deal = deal_of(session, request, participant_id, back)
        found = check(session, schedule, deal, moment)
        settle(
            app, session, schedule, request, deal,
            by=member_id, via=Via.PAGE, is_accepted=not found.is_free, at=moment,
        )  # fmt: skip
    app.hub.publish(ScheduleChanged(schedule_id))


def decline(
    app: App,
    member_id: int,
    schedule_id: int,
    request_id: int,
    *,
    participant_id: int | None = None,
    via: Via = Via.PAGE,
    link: str = "",
    at: datetime | None = None,
) -> None:
    """The next one is asked; an offer is over. Raises RequestClosed, and NotAllowed."""
    _put_off(app, member_id, schedule_id, request_id, Answer.NO, participant_id, via, link, at or now())


def ask_later(
    app: App,
    member_id: int,
    schedule_id: int,
    request_id: int,
    *,
    participant_id: int | None = None,
    via: Via = Via.PAGE,
    link: str = "",
    at: datetime | None = None,
) -> None:
    """The next one is asked; if nobody takes it, they are asked again. Raises RequestClosed, and NotAllowed."""
    _put_off(app, member_id, schedule_id, request_id, Answer.LATER, participant_id, via, link, at or now())


def _put_off(
    app: App,
    member_id: int,
    schedule_id: int,
    request_id: int,
    answer: Answer,
    participant_id: int | None,
    via: Via,
    link: str,
    at: datetime,
) -> None:
    with app.db.write() as session:
        schedule, request = lock_request(session, member_id, schedule_id, request_id)
        who = acting_for(session, member_id, schedule_id, participant_id)
        require(session, request, RequestState.OPEN)
        spend(session, link, at)
        row = answer_row(session, request, who.id or 0, at)
        if row.id is None:
            raise NotAllowed  # nobody asked them
        row.answer, row.answered_at, row.via = answer, at, via
        set_back(session, row, schedule_id, None)
        _record(session, schedule, request, member_id, answer, via)
        if request.kind is RequestKind.OFFER and answer is Answer.NO:
            end(app, session, request, RequestState.WITHDRAWN, at)
            emails.answered(app, session, request, DECLINED, [request.taker_id or 0], at)
        else:
            advance(app, session, schedule, request, at)
    app.hub.publish(ScheduleChanged(schedule_id))


def refuse_swap(
    app: App, member_id: int, schedule_id: int, request_id: int, participant_id: int, *, at: datetime | None = None
) -> None:
    """The holder, or a manager, doesn't want the swap that the participant proposed; the next one is asked.

    Raises RequestClosed, and NotAllowed.
    """
    moment = at or now()
    with app.db.write() as session:
        schedule, request = lock_request(session, member_id, schedule_id, request_id)
        acting_for(session, member_id, schedule_id, request.holder_id)
        require(session, request, RequestState.OPEN)
        row = answer_row(session, request, participant_id, moment)
        if row.id is None or row.answer is not Answer.SWAP:
            raise NotAllowed
        row.answer = Answer.NO
        set_back(session, row, schedule_id, None)
        _record(session, schedule, request, member_id, Answer.NO, Via.PAGE)
        emails.answered(app, session, request, REFUSED, [participant_id], moment)
        advance(app, session, schedule, request, moment)
    app.hub.publish(ScheduleChanged(schedule_id))


def approve(
    app: App, member_id: int, schedule_id: int, request_id: int, *, is_approved: bool, at: datetime | None = None
) -> None:
    """A manager approves what was agreed on, or doesn't: then the next one is asked.

    Raises RequestClosed, InvalidInput where it can't be any more, and NotAllowed.
    """
    moment = at or now()
    with app.db.write() as session:
        schedule, request = lock_request(session, member_id, schedule_id, request_id, Access.MANAGER)
        lock_people(session, [request.taker_id, request.holder_id])
        require(session, request, RequestState.APPROVAL)
        taker, back = request.taker_id or 0, back_of(session, request)
        if is_approved:
            deal = deal_of(session, request, taker, back)
            found = check(session, schedule, deal, moment)
            settle(
                app, session, schedule, request, deal,
                by=member_id, via=Via.PAGE, is_accepted=not found.is_free, at=moment,
            )  # fmt: skip
        else:
            _record(session, schedule, request, member_id, Answer.NO, Via.PAGE)
            _take_back_approval(app, session, schedule, request, taker, moment)
    app.hub.publish(ScheduleChanged(schedule_id))


def _take_back_approval(
    app: App, session: Session, schedule: Schedule, request: ShiftRequest, taker: int, at: datetime
) -> None:
    emails.answered(app, session, request, REFUSED, [taker, request.holder_id], at)
    if request.kind is RequestKind.OFFER:
        end(app, session, request, RequestState.WITHDRAWN, at)
        return
    row = answer_row(session, request, taker, at)
    row.answer, row.answered_at = Answer.NO, at
    request.state, request.taker_id, request.settled_by = RequestState.OPEN, None, None
    set_back(session, request, schedule.id or 0, None)
    advance(app, session, schedule, request, at)


def _record(session: Session, schedule: Schedule, request: ShiftRequest, by: int, answer: Answer, via: Via) -> None:
    holder = session.get_one(Participant, request.holder_id)
    record(
        session,
        AuditAction.COVER_ANSWERED,
        by=by,
        about=holder.member_id,
        what=schedule.name,
        answer=answer.value,
        start=request.start.isoformat(),
        role=request.role,
        via=via.value,
    )
