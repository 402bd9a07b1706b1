"""Calendars that wait for what has long come: a time no clock will show soon, or a key that is back."""

from collections.abc import Callable
from functools import partial

import structlog
from sqlalchemy import or_
from sqlmodel import col, select

from oncall_ui.app import App
from oncall_ui.domain.imports.clock import latest_times
from oncall_ui.domain.imports.failures import Cause
from oncall_ui.domain.imports.state import State
from oncall_ui.hub import CalendarChanged
from oncall_ui.models import Calendar, Connection, now
from oncall_ui.security.vault import VaultError
from oncall_ui.services.connections.credentials import unseal
from oncall_ui.services.imports import state
from oncall_ui.services.imports.damage import DATABASE_LOST, bare, set_aside
from oncall_ui.services.imports.record import import_interval

log = structlog.get_logger()

AT_ONCE = 200


def repair_times(app: App) -> int:
    """Corrects times that were written while the clock was far ahead, and makes their calendars due. How many.

    A few hundred at most; call it again for the rest. One query if there are none.
    """
    latest = latest_times(now(), import_interval(app), state.LEASE)
    ahead = or_(*(col(getattr(Calendar, name)) > moment for name, moment in latest.items()))
    found = select(Connection.member_id, Calendar.id).join(Calendar).where(ahead).limit(AT_ONCE)
    with app.db.read() as session:
        rows = session.exec(found).all()
    repair = partial(state.clock_was_ahead, interval=import_interval(app))
    repaired = sum(_change(app, member_id, calendar_id or 0, repair) for member_id, calendar_id in rows)
    if repaired:
        log.warning("the clock was ahead: calendars are due now", calendars=repaired)
    return repaired


def resume_unlocked(app: App) -> int:
    """Makes calendars due that needed their member because of a missing key, if it is there now. How many.

    Keys are read when the server starts, so once after that is enough.
    """
    waiting = (Calendar.state == State.NEEDS_YOU, Calendar.cause == Cause.KEY_LOST.value)
    columns = select(Connection.member_id, Calendar.id, Connection.sealed).join(Calendar).where(*waiting)
    with app.db.read() as session:
        rows = session.exec(columns.order_by(col(Calendar.id))).all()
    resumed = sum(
        _change(app, member_id, calendar_id or 0, state.key_found)
        for member_id, calendar_id, sealed in rows
        if _opens(app, sealed)
    )
    if resumed:
        log.info("a missing key is back: calendars are due now", calendars=resumed)
    return resumed


def _change(app: App, member_id: int, calendar_id: int, transition: Callable[[Calendar], bool]) -> bool:
    try:
        with app.db.write() as session:
            calendar = bare(session, calendar_id)
            is_changed = calendar is not None and transition(calendar)
    except DATABASE_LOST:
        raise
    except Exception:  # whatever is stored there: one calendar must not stop the others
        log.exception("calendar can't be repaired", calendar=calendar_id)
        set_aside(app, calendar_id)
        is_changed = True
    app.hub.publish(CalendarChanged(member_id, calendar_id))
    return is_changed


def _opens(app: App, sealed: str) -> bool:
    try:
        unseal(app, sealed)
    except (VaultError, ValueError):
        return False
    return True
