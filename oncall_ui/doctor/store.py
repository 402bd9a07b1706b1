"""The database, what is sealed in it, and how its calendars are."""

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
        # The driver's own words; the address, which holds a password, is not among them.
        cause = getattr(error, "orig", error)
        said = str(cause).splitlines()[0]
        if getattr(cause, "sqlite_errorcode", None) in DAMAGED:
            return _damaged(said)
        return Finding(name, Verdict.FAULT, f"It doesn’t answer: {said}. Check ONCALL_DATABASE_URL.")
    newest = ScriptDirectory.from_config(alembic_config(app.db)).get_current_head()
    if damage != "ok":
        return _damaged(str(damage).splitlines()[-1])
    if version is None:
        return Finding(name, Verdict.FAULT, "It is empty. Start the app once: python run.py")
    if version != newest:
        return Finding(
            name, Verdict.FAULT, f"Its schema is {version}, this app’s {newest}. Start the app: python run.py"
        )
    return Finding(name, Verdict.GOOD, f"{kind}, schema {version}")


def _damaged(how: str) -> Finding:
    return Finding("Database", Verdict.FAULT, f"It is damaged: {how}. Stop the app and restore the last backup.")


def keys(app: App) -> Finding:
    """Whether what is sealed can be opened."""
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
            f"{lost} of {len(sealed)} connections were sealed with a key that isn’t here. Add the earlier key to "
            "ONCALL_SECRET_KEYS behind the new one, or have their members reconnect them.",
        )
    former = sum(not app.vault.is_current(each) for each in sealed)
    if former:
        said = f"{former} of {len(sealed)} connections are sealed with a former key; the next start seals them anew."
        return Finding(name, Verdict.NOTE, said)
    return Finding(name, Verdict.GOOD, f"they open all {len(sealed)} connections")


def calendars(app: App) -> Finding:
    name = "Calendars"
    with app.db.read() as session:
        on = session.exec(select(func.count()).select_from(Calendar).where(col(Calendar.is_on))).one()
        counted = select(Calendar.state, func.count()).where(col(Calendar.is_on)).group_by(col(Calendar.state))
        by_state = dict(session.exec(counted).all())
    needing, retrying = by_state.get(State.NEEDS_YOU, 0), by_state.get(State.RETRYING, 0)
    if not needing and not retrying:
        return Finding(name, Verdict.GOOD, f"{on} switched on, none of them broken")
    return Finding(name, Verdict.NOTE, f"{on} switched on, {needing} need their member, {retrying} are being retried")
