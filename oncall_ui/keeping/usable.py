"""What has to be true of a database before something is done with all of it."""

import sqlite3
import time
from contextlib import closing
from pathlib import Path

from sqlalchemy import text

from oncall_ui.database.database import Database
from oncall_ui.database.postgres import DEFAULTS
from oncall_ui.database.problems import DatabaseProblem
from oncall_ui.keeping.failing import CannotKeep
from oncall_ui.migrations import alembic_config, schema

PATIENCE_SECONDS = 5
"""For another process that is just writing."""
ENDING_SECONDS = 2
"""PostgreSQL lists the sessions of an app for a moment after it has ended."""
RUNNING = "The app is running. Stop it first: what it writes meanwhile would be lost."


def require_usable(db: Database, *, is_current: bool = False, is_replaced: bool = False) -> None:
    """Raises CannotKeep if it can't be read and written, or is of a newer version; `is_current`: or of an earlier one.

    `is_replaced`: what is in it isn't needed any more.

    After `require_stopped`: asking takes a connection of its own.
    """
    db.expect(schema(alembic_config(db)))
    problem = db.problem(PATIENCE_SECONDS)
    if problem is DatabaseProblem.MIGRATIONS_MISSING:
        if is_current:
            raise CannotKeep("The database is of an earlier version. Start the app once, which brings it up to date.")
    elif problem is DatabaseProblem.NEWER and is_replaced:
        raise CannotKeep(
            "The database was upgraded by a newer version of the app, and this one doesn’t know what to replace. "
            "Create an empty one, set ONCALL_DATABASE_URL to it, then restore."
        )
    elif problem is not None:
        raise CannotKeep(f"{problem.what.removesuffix('.')}, so nothing was done. {problem.advice}")


def require_stopped(db: Database) -> None:
    """Raises CannotKeep while the app uses it: what it writes meanwhile would be lost."""
    url = db.engine.url
    if url.get_backend_name() == "sqlite":
        path = Path(str(url.database))
        is_used = path.exists() and _is_open(path)
    else:
        is_used = _has_sessions(db)
        deadline = time.monotonic() + ENDING_SECONDS
        while is_used and time.monotonic() < deadline:
            time.sleep(0.1)
            is_used = _has_sessions(db)
    if is_used:
        raise CannotKeep(RUNNING)


def _is_open(path: Path) -> bool:
    """Anyone who has a SQLite database in WAL mode open holds a lock on it, also while it reads and writes nothing."""
    with closing(sqlite3.connect(path, timeout=1, isolation_level=None)) as file:
        try:
            file.execute("PRAGMA locking_mode=EXCLUSIVE")
            file.execute("BEGIN EXCLUSIVE")
            file.execute("ROLLBACK")
        except sqlite3.DatabaseError as error:  # one that is damaged is open nowhere
            return error.sqlite_errorname == "SQLITE_BUSY"
        return False


def _has_sessions(db: Database) -> bool:
    with db.engine.connect() as connection:
        return bool(
            connection.scalar(
                text(
                    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                    "AND pid <> pg_backend_pid() AND application_name = :name"
                ),
                {"name": DEFAULTS["application_name"]},
            )
        )
