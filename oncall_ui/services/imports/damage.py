"""Rows that can’t be read: what a broken disk, a hand or an older version left in a column. They fail alone.

What the next import can restore is reset; for anything else the calendar says what is wrong.
"""

from collections.abc import Callable
from dataclasses import fields
from typing import Any

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlalchemy.orm import load_only
from sqlmodel import Session, SQLModel, col, select

from oncall_ui.app import App
from oncall_ui.domain.imports.clock import HAPPENED
from oncall_ui.domain.imports.failures import Cause, Failure, MemberMustAct, TryLater
from oncall_ui.domain.imports.suspected_loss import SuspectedLoss
from oncall_ui.models import Calendar, Connection
from oncall_ui.services.imports import state
from oncall_ui.services.imports.record import import_interval

log = structlog.get_logger()

DATABASE_LOST = (OperationalError, InterfaceError, NoConnection)
"""The whole database is the trouble, not one row."""
UNEXPECTED = "Something went wrong on this server. Its log says what."
ADDRESSES_LOST = "The addresses of this account were damaged on this server. Reconnect it."


def set_aside(app: App, calendar_id: int) -> None:
    """The calendar's row, or one it depends on, can't be used. What can be reset is; else the calendar says why.

    Publishes nothing.
    """
    with app.db.write() as session:
        if bare(session, calendar_id) is None:
            return
        if _can_be_used(session, calendar_id, Connection.addresses, _is_texts):
            if columns := repair(session, calendar_id):
                log.warning("damaged columns were reset", calendar=calendar_id, columns=sorted(columns))
            else:
                _fail(app, session, calendar_id, TryLater(Cause.BAD_RECORD, UNEXPECTED))
            return
        log.warning("the addresses of a connection were damaged", calendar=calendar_id)
        for each in _reset_addresses(session, calendar_id):
            repair(session, each)
            _fail(app, session, each, MemberMustAct(Cause.BAD_RECORD, ADDRESSES_LOST))


def repair_all(app: App, member_id: int) -> None:
    """As `repair`, for every calendar of this member."""
    with app.db.write() as session:
        theirs = select(Calendar.id).join(Connection).where(Connection.member_id == member_id)
        for calendar_id in session.exec(theirs.order_by(col(Calendar.id))).all():
            if columns := repair(session, calendar_id or 0):
                log.warning("damaged columns were reset", calendar=calendar_id, columns=sorted(columns))


def repair(session: Session, calendar_id: int) -> set[str]:
    """Resets the columns that can't be read, and returns their names. The next import reads everything."""
    damaged = {
        name
        for name, is_sound in _CHECKED.items()
        if not _can_be_used(session, calendar_id, _column(Calendar, name), is_sound)
    }
    if damaged and (calendar := bare(session, calendar_id)):
        state.damaged(calendar, damaged)
    return damaged


def bare(session: Session, calendar_id: int) -> Calendar | None:
    """The calendar, locked, with nothing loaded but its id: each other column is read when it is used."""
    row = select(Calendar).options(load_only(_column(Calendar, "id"))).where(Calendar.id == calendar_id)
    return session.exec(row.with_for_update()).first()


def require_sound(calendar: Calendar, connection: Connection) -> None:
    """Raises ValueError when a value that was read has a shape that no import writes."""
    wrong = [name for name, is_sound in _CHECKED.items() if not is_sound(getattr(calendar, name))]
    if wrong or not _is_texts(connection.addresses):
        raise ValueError(f"damaged: {', '.join(wrong) or 'addresses'}")


def _can_be_used(session: Session, calendar_id: int, column: Any, is_sound: Callable[[Any], bool]) -> bool:
    rows = select(column).select_from(Calendar).join(Connection).where(Calendar.id == calendar_id)
    try:
        return is_sound(session.exec(rows).one())
    except DATABASE_LOST:
        raise
    except Exception:  # noqa: BLE001 - however it can't be read
        return False


def _column(table: type[SQLModel], name: str) -> Any:
    return getattr(table, name)


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _is_cursor(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(each, str) for pair in value.items() for each in pair)


def _is_problems(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, dict) and each.keys() == _PROBLEM for each in value)


def _is_loss(value: Any) -> bool:
    return isinstance(value, dict) and value.keys() in (set(), _LOSS)


_PROBLEM = {"line", "message"}
_LOSS = {field.name for field in fields(SuspectedLoss)}
_CHECKED: dict[str, Callable[[Any], bool]] = {
    "state": lambda _: True,
    "cursor": _is_cursor,
    "problems": _is_problems,
    "suspected_loss": _is_loss,
    **dict.fromkeys((*HAPPENED, "lease_until", "next_import_at"), lambda _: True),
}
"""Columns that aren’t plain text or numbers, and that an import can restore: whether a value that was read is sound."""


def _fail(app: App, session: Session, calendar_id: int, failure: Failure) -> None:
    if calendar := bare(session, calendar_id):
        state.fail(calendar, failure, import_interval(app))


def _reset_addresses(session: Session, calendar_id: int) -> list[int]:
    """The connection's calendars that are on: without its own addresses, invitations would be judged wrongly."""
    ids = select(Calendar.connection_id).where(Calendar.id == calendar_id)
    bare = select(Connection).options(load_only(_column(Connection, "id")))
    connection = session.exec(bare.where(col(Connection.id).in_(ids))).one()
    connection.addresses = []
    theirs = select(Calendar.id).where(Calendar.connection_id == connection.id, col(Calendar.is_on))
    return [each for each in session.exec(theirs.order_by(col(Calendar.id))).all() if each is not None]
