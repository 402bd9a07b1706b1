"""What a member does with what they connected: choose from it, read it again."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session, col, delete, select

from oncall_ui.app import App
from oncall_ui.domain.availability.rules import Mode
from oncall_ui.domain.imports.state import State
from oncall_ui.errors import NotAllowed
from oncall_ui.hub import CalendarChanged
from oncall_ui.models import Availability, Calendar, now
from oncall_ui.services.connections.views import owned


@dataclass(frozen=True, slots=True)
class Choice:
    """How a member wants one calendar to count."""

    is_on: bool
    mode: Mode
    counts_free: bool = False
    counts_all_day: bool = True


def choose(app: App, member_id: int, connection_id: int, choices: Mapping[int, Choice]) -> None:
    """Saves which calendars are on and how they count. What was changed is imported next; what is off is emptied."""
    with app.db.write() as session:
        owned(session, member_id, connection_id)
        calendars = session.exec(select(Calendar).where(Calendar.connection_id == connection_id)).all()
        if unknown := choices.keys() - {calendar.id for calendar in calendars}:
            raise NotAllowed(f"calendars of another connection: {unknown}")
        for calendar in calendars:
            if (choice := choices.get(calendar.id or 0)) is not None:
                _apply(session, calendar, choice)
    app.hub.publish(CalendarChanged(member_id, 0))


def sync_now(app: App, member_id: int, connection_id: int) -> None:
    """Makes every calendar of the connection that is on due, and read in full."""
    with app.db.write() as session:
        owned(session, member_id, connection_id)
        due = select(Calendar).where(Calendar.connection_id == connection_id, col(Calendar.is_on))
        for calendar in session.exec(due):
            calendar.next_import_at = now()
            calendar.cursor = {}
            if calendar.state is not State.IMPORTING:
                enter_anew(calendar, State.WAITING)
    app.hub.publish(CalendarChanged(member_id, 0))


def _apply(session: Session, calendar: Calendar, choice: Choice) -> None:
    before = Choice(calendar.is_on, calendar.mode, calendar.counts_free, calendar.counts_all_day)
    calendar.is_on, calendar.mode = choice.is_on, choice.mode
    calendar.counts_free, calendar.counts_all_day = choice.counts_free, choice.counts_all_day
    if not choice.is_on:
        session.exec(delete(Availability).where(col(Availability.calendar_id) == calendar.id))
        calendar.entries, calendar.events_read, calendar.cursor = 0, 0, {}
        calendar.why, calendar.hint, calendar.cause, calendar.problems = "", "", "", []
        forget_trouble(calendar)
        calendar.next_import_at, calendar.lease, calendar.last_read_at = None, None, None
        if calendar.state is not State.OFF:
            enter_anew(calendar, State.OFF)
    elif calendar.state is State.OFF or before != choice:
        calendar.next_import_at = now()
        calendar.lease = None  # an import under the old settings must not finish
        forget_trouble(calendar)
        enter_anew(calendar, State.WAITING)


def forget_trouble(calendar: Calendar) -> None:
    """Nothing is broken, doubted or written about any more."""
    calendar.broken_since, calendar.letters = None, 0
    calendar.doubt, calendar.answer, calendar.empty_since = {}, "", None


def enter_anew(calendar: Calendar, state: State) -> None:
    calendar.state, calendar.state_since, calendar.attempts = state, now(), 0
    calendar.progress, calendar.progress_share = 0, None
