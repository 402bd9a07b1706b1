"""A reading that lost nearly everything: kept back, and the member is asked. Why so: docs/decisions/0501."""

from sqlmodel import Session, select

from oncall_ui.app import App
from oncall_ui.domain.availability.rules import same_rules
from oncall_ui.domain.imports.state import State
from oncall_ui.domain.imports.suspected_loss import (
    ANSWER_WITHIN,
    KEPT,
    Answer,
    Doubt,
    ahead,
    content_of,
    is_same,
    is_suspicious,
)
from oncall_ui.domain.imports.wording import still_less
from oncall_ui.errors import NotAllowed
from oncall_ui.hub import CalendarChanged
from oncall_ui.models import Calendar, Connection, now
from oncall_ui.services.connections.choose import enter_anew
from oncall_ui.services.imports.diff import Exchange


def doubt_about(calendar: Calendar, read_as: str, exchange: Exchange, events_read: int) -> Doubt | None:
    """What is not believed of a reading; None: it is taken."""
    moment = now()
    had, has = ahead(exchange.stored, moment), ahead(exchange.wanted, moment)
    if not had or calendar.answer == Answer.TAKE or not same_rules(calendar.read_as, read_as):
        return None
    is_less = is_suspicious(had, has, events_read=events_read)
    known = Doubt(**calendar.doubt) if calendar.doubt else None
    if known is None and not is_less:
        return None
    met = Doubt(had, has, content_of(exchange.wanted, moment))
    if known is None or not is_same(known.content, met.content) or (has > known.has and not is_less):
        return met if is_less else None
    waited = moment - (calendar.empty_since or moment)
    return None if not calendar.answer and waited > ANSWER_WITHIN else known


def answer_doubt(app: App, member_id: int, calendar_id: int, answer: Answer) -> None:
    """Take: it is read again at once, and believed. Keep: nothing is asked again while the calendar stays like that.

    Nothing happens when the doubt is gone by itself meanwhile. Raises NotAllowed unless the calendar is the member's.
    """
    with app.db.write() as session:
        calendar = _owned(session, member_id, calendar_id)
        if not calendar.doubt:
            return
        calendar.answer = answer.value
        if answer is Answer.TAKE:
            _take(calendar)
        else:
            _keep(calendar)
    app.hub.publish(CalendarChanged(member_id, calendar_id))


def _take(calendar: Calendar) -> None:
    calendar.next_import_at, calendar.cursor = now(), {}
    calendar.why, calendar.cause = "", ""
    if calendar.state is not State.IMPORTING:
        enter_anew(calendar, State.WAITING)


def _keep(calendar: Calendar) -> None:
    # The member knows by now: there is nothing to write about.
    calendar.broken_since, calendar.letters = None, 0
    calendar.why, calendar.cause = still_less(calendar.name, Doubt(**calendar.doubt)), KEPT
    if calendar.state is State.NEEDS_YOU:
        calendar.state = State.RETRYING


def _owned(session: Session, member_id: int, calendar_id: int) -> Calendar:
    own = select(Calendar).join(Connection).where(Calendar.id == calendar_id, Connection.member_id == member_id)
    calendar = session.exec(own.with_for_update(of=Calendar)).first()
    if calendar is None:
        raise NotAllowed
    return calendar
