"""Whom an email tells about swaps and cover. It only puts notes into the outbox.

`sharing/messages/cover` writes them.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from oncall_ui.app import App
from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.cover.states import Answer, RequestState
from oncall_ui.domain.schedules.messages.kinds import MessageKind, Occasion
from oncall_ui.models import Participant, RequestAnswer, ScheduleAccess, ShiftRequest
from oncall_ui.services.schedules.messages.outbox import Note, put, reaches_members
from oncall_ui.services.schedules.published.email_queue import News, queue_emails
from oncall_ui.services.schedules.published.publish_slots import Change


def asked(app: App, session: Session, request: ShiftRequest, participant_id: int, at: datetime) -> datetime:
    """Returns when the email may be sent, which is when their time to answer begins."""
    note = f"asked:{request.id}:{participant_id}:{at.isoformat()}"
    rows = _tell(app, session, request, MessageKind.ASKED, [participant_id], note, at)
    return max([at, *rows])


def taken(
    app: App, session: Session, request: ShiftRequest, changes: Sequence[Change], *, by: int, at: datetime
) -> None:
    """To those whose shifts changed hands, and to those who were asked and didn't answer."""
    if reaches_members(app, session):
        queue_emails(session, News(request.schedule_id, by, Occasion.HANDED_OVER, changes), at)
    over(app, session, request, at)


def over(app: App, session: Session, request: ShiftRequest, at: datetime) -> None:
    """To those who were asked: there is nothing to answer any more."""
    waiting = session.exec(
        select(RequestAnswer)
        .where(RequestAnswer.request_id == request.id, col(RequestAnswer.asked_at).is_not(None))
        .where(RequestAnswer.participant_id != request.taker_id)
    )
    people = [row.participant_id for row in waiting if row.answer in {None, Answer.LATER, Answer.SWAP}]
    _tell(app, session, request, MessageKind.TAKEN, people, f"over:{request.id}", at)


def lost(app: App, session: Session, requests: Iterable[ShiftRequest], at: datetime) -> None:
    """To those who were asked about shifts that changed hands in another way."""
    for request in requests:
        over(app, session, request, at)


def answered(app: App, session: Session, request: ShiftRequest, what: str, people: Sequence[int], at: datetime) -> None:
    """`what` is a word that the email explains, see `domain/schedules/messages/cover`."""
    key = f"answered:{request.id}:{what}:{at.isoformat()}"
    _tell(app, session, request, MessageKind.ANSWERED, people, key, at, what)


def approval(app: App, session: Session, request: ShiftRequest, at: datetime) -> None:
    """To the managers who have to approve it."""
    rows = select(ScheduleAccess.member_id).where(
        ScheduleAccess.schedule_id == request.schedule_id, col(ScheduleAccess.access) == Access.MANAGER
    )
    for member_id in session.exec(rows) if reaches_members(app, session) else ():
        key = f"approval:{request.id}:{member_id}:{at.isoformat()}"
        _put(session, request, MessageKind.ANSWERED, member_id, key, at, RequestState.APPROVAL.value)


def _tell(
    app: App,
    session: Session,
    request: ShiftRequest,
    kind: MessageKind,
    people: Iterable[int],
    key: str,
    at: datetime,
    what: str = "",
) -> list[datetime]:
    """Returns when each may be sent. Nobody whose account is gone gets anything."""
    if not reaches_members(app, session):
        return []
    rows = session.exec(select(Participant).where(col(Participant.id).in_(list(people)))).all()
    found = [_put(session, request, kind, row.member_id, f"{key}:{row.id}", at, what) for row in rows if row.member_id]
    return [due for due in found if due is not None]


def _put(
    session: Session, request: ShiftRequest, kind: MessageKind, member_id: int, key: str, at: datetime, what: str
) -> datetime | None:
    payload = {"request": request.id, "what": what}
    until = max(request.start, at) if kind is MessageKind.ASKED else None
    note = Note(kind, member_id, request.schedule_id, payload, key, request.by_id, (request.start,), until)
    row = put(session, note, at)
    return row.due_at if row else None
