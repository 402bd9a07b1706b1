"""What a member does with a connection: choose how its calendars count, have them read now."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, delete

from oncall_ui.app import App
from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.domain.availability.rules import Mode
from oncall_ui.domain.imports.state import State
from oncall_ui.errors import NotAllowed
from oncall_ui.hub import MemberChanged
from oncall_ui.models import Availability, Calendar
from oncall_ui.services.audit.record import record
from oncall_ui.services.connections.views import calendars_of, owned
from oncall_ui.services.imports import state


@dataclass(frozen=True, slots=True)
class Choice:
    """How a member wants one calendar to count."""

    is_on: bool
    mode: Mode
    counts_free: bool = False
    counts_all_day: bool = True


def choose(app: App, member_id: int, connection_id: int, choices: Mapping[int, Choice]) -> None:
    """Saves which calendars are on and how their events count.

    A calendar whose settings changed is imported next; one that is off loses its availability. Raises NotAllowed unless
    the connection is the member's and has all these calendars; then nothing is saved.
    """
    with app.db.write() as session:
        connection = owned(session, member_id, connection_id)
        calendars = calendars_of(session, connection_id)
        if unknown := choices.keys() - {calendar.id for calendar in calendars}:
            raise NotAllowed(f"calendars of another connection: {unknown}")
        changes: Counter[str] = Counter()
        for calendar in calendars:
            if (choice := choices.get(calendar.id or 0)) is not None:
                changes.update(_changes(calendar, choice))
                _apply(session, calendar, choice)
        if changes:
            record(session, AuditAction.CALENDARS_CHOSEN, by=member_id, what=connection.nickname, also=changes)
    app.hub.publish(MemberChanged(member_id))


def sync_now(app: App, member_id: int, connection_id: int) -> datetime | None:
    """Every calendar of the connection that is on is imported next, in full. Raises NotAllowed unless it is theirs.

    Those whose server has asked us to wait stay as they are; the latest time it asked for is returned.
    """
    with app.db.write() as session:
        owned(session, member_id, connection_id)
        calendars = [each for each in calendars_of(session, connection_id) if each.is_on]
        waits = {each.id: until for each in calendars if (until := state.waits_until(each))}
        for calendar in calendars:
            if calendar.id not in waits:
                state.sync_now(calendar)
    app.hub.publish(MemberChanged(member_id))
    return max(waits.values(), default=None)


def _changes(calendar: Calendar, choice: Choice) -> list[str]:
    """What the choice changes, as the audit log counts it: it names no calendars, they are the member's own."""
    before = _chosen(calendar)
    if before.is_on != choice.is_on:
        return ["switched_on" if choice.is_on else "switched_off"]
    return ["changed"] if before != choice else []


def _chosen(calendar: Calendar) -> Choice:
    return Choice(calendar.is_on, calendar.mode, calendar.counts_free, calendar.counts_all_day)


def _apply(session: Session, calendar: Calendar, choice: Choice) -> None:
    before = _chosen(calendar)
    calendar.is_on, calendar.mode = choice.is_on, choice.mode
    calendar.counts_free, calendar.counts_all_day = choice.counts_free, choice.counts_all_day
    if not choice.is_on:
        session.exec(delete(Availability).where(col(Availability.calendar_id) == calendar.id))
        calendar.entries, calendar.events_read, calendar.events_counted = 0, 0, 0
        calendar.hint, calendar.problems = "", []
        state.switch_off(calendar)
    elif calendar.state is State.OFF:
        state.switch_on(calendar)
    elif before != choice:
        state.settings_changed(calendar)
