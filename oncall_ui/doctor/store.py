"""Checks of the database, of the keys to its secrets, and of its calendars."""

import sqlite3

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import func, text
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col, select

from oncall_ui.app import App
from oncall_ui.doctor.finding import Finding, Verdict
from oncall_ui.domain.imports.state import State
from oncall_ui.migrations import alembic_config
from oncall_ui.models import Calendar, Connection
from oncall_ui.security.vault import VaultError

DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def database(app: App) -> Finding:
    name = "Database"
    try:
        with app.db.engine.connect() as connection:
            kind = connection.dialect.name
            version = MigrationContext.configure(connection).get_current_revision()
            damage = connection.execute(text("PRAGMA quick_check")).scalar() if kind == "sqlite" else "ok"
    except SQLAlchemyError as error:
        # The driver's own message, which doesn't contain the URL with its password.
        cause = getattr(error, "orig", error)
        message = str(cause).splitlines()[0]
        if getattr(cause, "sqlite_errorcode", None) in DAMAGED:
            return _damaged(message)
        return Finding(name, Verdict.FAULT, f"It can’t be reached: {message}. Check ONCALL_DATABASE_URL.")
    newest = ScriptDirectory.from_config(alembic_config(app.db)).get_current_head()
    if damage != "ok":
        return _damaged(str(damage).splitlines()[-1])
    if version is None:
        return Finding(name, Verdict.FAULT, "It is empty. Start the app once: python run.py")
    if version != newest:
        return Finding(
            name, Verdict.FAULT, f"Its schema is {version}, but this app needs {newest}. Start the app: python run.py"
        )
    return Finding(name, Verdict.GOOD, f"{kind}, schema {version}")


def _damaged(how: str) -> Finding:
    return Finding("Database", Verdict.FAULT, f"It is damaged: {how}. Stop the app and restore the last backup.")


def keys(app: App) -> Finding:
    """Whether the stored credentials can be decrypted."""
    name = "Secret keys"
    lost = 0
    with app.db.read() as session:
        sealed = session.exec(select(Connection.sealed)).all()
    for each in sealed:
        try:
            app.vault.open(each)
        except VaultError:
            lost += 1
    if lost:
        return Finding(
            name,
            Verdict.FAULT,
            f"The credentials of {lost} of {len(sealed)} connections were encrypted with a key that is missing. Add it "
            "to ONCALL_SECRET_KEYS after the new one, or ask their members to reconnect them.",
        )
    former = sum(not app.vault.is_current(each) for each in sealed)
    if former:
        text = f"{former} of {len(sealed)} connections use a previous key; the next start moves them to the newest one."
        return Finding(name, Verdict.NOTE, text)
    return Finding(name, Verdict.GOOD, f"they decrypt all {len(sealed)} connections")


def calendars(app: App) -> Finding:
    name = "Calendars"
    with app.db.read() as session:
        on = session.exec(select(func.count()).select_from(Calendar).where(col(Calendar.is_on))).one()
        counted = select(Calendar.state, func.count()).where(col(Calendar.is_on)).group_by(col(Calendar.state))
        by_state = dict(session.exec(counted).all())
    needing, retrying = by_state.get(State.NEEDS_YOU, 0), by_state.get(State.RETRYING, 0)
    if not needing and not retrying:
        return Finding(name, Verdict.GOOD, f"{on} switched on, none broken")
    return Finding(name, Verdict.NOTE, f"{on} switched on: {needing} need their member, {retrying} retrying")
