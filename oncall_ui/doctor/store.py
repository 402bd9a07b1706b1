"""Checks of the database, of the keys to its secrets, and of its calendars."""

from sqlalchemy import func, text
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col, select

from oncall_ui.app import App
from oncall_ui.database.problems import DatabaseProblem, detail_of
from oncall_ui.doctor.finding import Finding, Verdict
from oncall_ui.domain.imports.state import State
from oncall_ui.migrations import alembic_config, schema
from oncall_ui.models import Calendar, Connection, Totp
from oncall_ui.readiness import database_reason
from oncall_ui.security.vault import VaultError

PATIENCE_SECONDS = 5
"""For the database: the app may just be writing."""


def database(app: App, *, is_new: bool) -> Finding:
    """Reads, writes, and compares the schema, as /readyz does; and looks through all of a SQLite file.

    `is_new`: nothing was ever set up in the data folder.
    """
    name = "Database"
    known = schema(alembic_config(app.db))
    app.db.expect(known)
    answer = app.db.ask(PATIENCE_SECONDS)
    if answer.problem is None:
        damage = _damage(app)
        if damage is not None:
            return Finding(name, Verdict.FAULT, _sentence(app, DatabaseProblem.DAMAGED, damage))
        return Finding(name, Verdict.GOOD, f"{app.db.engine.dialect.name}, schema {known.newest}")
    if answer.problem is DatabaseProblem.MISSING and is_new:
        return Finding(name, Verdict.FAULT, "There is none yet. Start the app once: python run.py")
    return Finding(name, Verdict.FAULT, _sentence(app, answer.problem, answer.detail))


def _sentence(app: App, problem: DatabaseProblem, detail: str) -> str:
    reason = database_reason(problem, is_file=app.db.engine.dialect.name == "sqlite")
    return f"{reason.what.removesuffix('.')} ({detail}). {reason.advice}" if detail else reason.sentence


def _damage(app: App) -> str | None:
    """What SQLite finds wrong with the file, or None."""
    if app.db.engine.dialect.name != "sqlite":
        return None
    try:
        with app.db.engine.connect() as connection:
            found = str(connection.execute(text("PRAGMA quick_check(1)")).scalar())
    except SQLAlchemyError as error:
        return detail_of(error)
    return None if found == "ok" else found.splitlines()[-1]


def keys(app: App) -> Finding:
    """Whether the stored credentials can be decrypted."""
    name = "Secret keys"
    lost = 0
    with app.db.read() as session:
        sealed = session.exec(select(Connection.sealed)).all()
        apps = session.exec(select(Totp.sealed)).all()
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
    if lost_apps := sum(not app.vault.opens(each) for each in apps):
        return Finding(
            name,
            Verdict.FAULT,
            f"The authenticator apps of {lost_apps} of {len(apps)} members were stored with a key that is missing. Add "
            "it to ONCALL_SECRET_KEYS after the new one, or reset these members’ second factor.",
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
