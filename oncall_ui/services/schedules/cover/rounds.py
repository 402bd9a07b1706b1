"""Moves requests on: whose turn it is now, and which are over. A job looks when the next thing may happen."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from oncall_ui.app import App
from oncall_ui.domain.schedules.cover.rounds import TURN, Turn, next_round
from oncall_ui.domain.schedules.cover.states import Answer, RequestKind, RequestState
from oncall_ui.hub import ScheduleChanged
from oncall_ui.models import RequestAnswer, Schedule, ShiftRequest, now
from oncall_ui.services.schedules.cover import emails
from oncall_ui.services.schedules.cover.candidates import Candidate, candidates_of
from oncall_ui.services.schedules.cover.rows import UNSETTLED, answers_of, close, is_held, part_of

NOBODY = "nobody"
MOST = 100


def run_due_rounds(app: App, at: datetime | None = None) -> int:
    """Each request in a transaction of its own. Returns how many were looked at."""
    moment, seen = at or now(), 0
    for request_id in _due(app, moment):
        with app.db.write() as session:
            row = session.get_one(ShiftRequest, request_id)
            schedule = session.get_one(Schedule, row.schedule_id)
            session.refresh(schedule, with_for_update={"key_share": True})
            session.refresh(row)
            if row.state not in UNSETTLED or row.next_at is None or row.next_at > moment:
                continue
            advance(app, session, schedule, row, moment)
            schedule_id = row.schedule_id
        app.hub.publish(ScheduleChanged(schedule_id))
        seen += 1
    return seen


def advance(app: App, session: Session, schedule: Schedule, request: ShiftRequest, at: datetime) -> None:
    """Ends it where it is over, else asks those whose turn it is, and notes when to look again."""
    if at >= request.start:
        end(app, session, request, RequestState.STARTED, at)
    elif not is_held(session, request):
        end(app, session, request, RequestState.LOST, at)
    elif request.kind is RequestKind.OFFER or request.state is RequestState.APPROVAL:
        request.next_at = request.start
    else:
        _ask_next(app, session, schedule, request, at)


def end(app: App, session: Session, request: ShiftRequest, state: RequestState, at: datetime) -> None:
    """Closes it and tells those who were asked; the holder hears that nobody took it."""
    close(request, state, at)
    emails.over(app, session, request, at)
    if state is RequestState.STARTED and request.kind is RequestKind.COVER:
        emails.answered(app, session, request, state.value, [request.holder_id], at)


def _ask_next(app: App, session: Session, schedule: Schedule, request: ShiftRequest, at: datetime) -> None:
    candidates = candidates_of(session, schedule, part_of(session, request), at)
    rows = _ranked(session, request, candidates)
    found = next_round([_turn(row) for row in rows], request.start, at, request.pace)
    for place in found.ask:
        row = rows[place]
        row.asked_at, row.answer, row.answered_at, row.via = at, None, None, None
        due = emails.asked(app, session, request, row.participant_id, at)
        row.until = min(due + TURN, request.start)
    request.next_at = found.look_at
    session.flush()
    if not found.ask and not any(_turn(row).is_running(at) or row.answer is Answer.LATER for row in rows):
        emails.answered(app, session, request, NOBODY, [request.holder_id], request.created_at)


def _ranked(session: Session, request: ShiftRequest, candidates: Sequence[Candidate]) -> list[RequestAnswer]:
    """Those who were asked, in that order, then who could take it now, best first. Others have no turn."""
    rows = {row.participant_id: row for row in answers_of(session, request.id or 0)}
    able = {each.participant_id: rank for rank, each in enumerate(candidates) if each.is_asked}
    for participant, rank in able.items():
        row = rows.get(participant)
        if row is None:
            rows[participant] = RequestAnswer(request_id=request.id or 0, participant_id=participant, rank=rank)
            session.add(rows[participant])
        elif row.asked_at is None:
            row.rank, row.answer = rank, None
    for participant, row in rows.items():
        if participant not in able and (row.asked_at is None or row.answer is Answer.LATER):
            row.answer = Answer.CANT
    session.flush()
    return answers_of(session, request.id or 0)


def _turn(row: RequestAnswer) -> Turn:
    return Turn(row.asked_at, row.until, row.answer, row.answered_at)


def _due(app: App, moment: datetime) -> list[int]:
    with app.db.read() as session:
        rows = select(ShiftRequest.id).where(
            col(ShiftRequest.state).in_(UNSETTLED), col(ShiftRequest.next_at) <= moment
        )
        return [row or 0 for row in session.exec(rows.order_by(col(ShiftRequest.next_at)).limit(MOST))]
