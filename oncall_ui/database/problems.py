"""What can be wrong with the database: one name for each problem, found from the driver's error, and words for it."""

import sqlite3
from enum import StrEnum

import psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

DATABASE_ERRORS: tuple[type[Exception], ...] = (DBAPIError, PoolTimeout)
"""What a call to the database may raise; `problem_of` tells a database that can't be used from a bug of ours."""


class DatabaseProblem(StrEnum):
    """Why the database can't be used. `what` is a sentence for anybody, `advice` one for the operator."""

    UNREACHABLE = "unreachable"
    """Nothing answers there, or the file can't be opened."""
    REFUSED = "refused"
    """The server refuses the user name or the password, or has no such database."""
    HUNG = "hung"
    """The server was reached, or seemed to be, and doesn't answer."""
    BUSY = "busy"
    """All connections are in use."""
    LOCKED = "locked"
    """Another process or transaction has held a lock for longer than we wait."""
    READ_ONLY = "read_only"
    FULL = "full"
    DAMAGED = "damaged"
    MISSING = "missing"
    """The SQLite file is gone."""
    MIGRATIONS_MISSING = "migrations_missing"
    """Its schema is older than this app needs, or it has none."""
    NEWER = "newer"
    """Its schema was made by a newer release."""

    @property
    def what(self) -> str:
        return _WHAT[self]

    @property
    def advice(self) -> str:
        return _ADVICE[self]


_WHAT = {
    DatabaseProblem.UNREACHABLE: "The database can’t be reached.",
    DatabaseProblem.REFUSED: "The database server refuses this app.",
    DatabaseProblem.HUNG: "The database server doesn’t answer.",
    DatabaseProblem.BUSY: "The database is busy.",
    DatabaseProblem.LOCKED: "The database is locked.",
    DatabaseProblem.READ_ONLY: "The database is read-only.",
    DatabaseProblem.FULL: "The database’s disk is full.",
    DatabaseProblem.DAMAGED: "The database is damaged.",
    DatabaseProblem.MISSING: "The database is missing.",
    DatabaseProblem.MIGRATIONS_MISSING: "The database’s schema is too old for this version of the app.",
    DatabaseProblem.NEWER: "The database was upgraded by a newer version of the app.",
}
_ADVICE = {
    DatabaseProblem.UNREACHABLE: "Check that it runs, and ONCALL_DATABASE_URL.",
    DatabaseProblem.REFUSED: "Check the user, the password and the database’s name in ONCALL_DATABASE_URL.",
    DatabaseProblem.HUNG: "Check the server and the network between.",
    DatabaseProblem.BUSY: "Wait a moment. If it stays busy, look for long transactions.",
    DatabaseProblem.LOCKED: "End the process or transaction that holds the lock.",
    DatabaseProblem.READ_ONLY: "Make its file and folder writable for this user, or connect to the primary server.",
    DatabaseProblem.FULL: "Free some disk space.",
    DatabaseProblem.DAMAGED: "Stop the app and restore the last backup.",
    DatabaseProblem.MISSING: "Restore the last backup.",
    DatabaseProblem.MIGRATIONS_MISSING: "Restart the app, which upgrades it.",
    DatabaseProblem.NEWER: "Start the newer version, or restore a backup made before the upgrade.",
}

_SQLITE = {
    sqlite3.SQLITE_BUSY: DatabaseProblem.LOCKED,
    sqlite3.SQLITE_LOCKED: DatabaseProblem.LOCKED,
    sqlite3.SQLITE_READONLY: DatabaseProblem.READ_ONLY,
    sqlite3.SQLITE_FULL: DatabaseProblem.FULL,
    sqlite3.SQLITE_CORRUPT: DatabaseProblem.DAMAGED,
    sqlite3.SQLITE_NOTADB: DatabaseProblem.DAMAGED,
    sqlite3.SQLITE_CANTOPEN: DatabaseProblem.UNREACHABLE,
    sqlite3.SQLITE_PERM: DatabaseProblem.UNREACHABLE,
    sqlite3.SQLITE_IOERR: DatabaseProblem.UNREACHABLE,
}
"""By primary result code (https://www.sqlite.org/rescode.html)."""
_POSTGRESQL = {
    "25006": DatabaseProblem.READ_ONLY,
    "28000": DatabaseProblem.REFUSED,
    "28P01": DatabaseProblem.REFUSED,
    "3D000": DatabaseProblem.REFUSED,
    "42P01": DatabaseProblem.MIGRATIONS_MISSING,
    "53100": DatabaseProblem.FULL,
    "53300": DatabaseProblem.BUSY,
    "55P03": DatabaseProblem.LOCKED,
    "57014": DatabaseProblem.BUSY,
    "XX001": DatabaseProblem.DAMAGED,
    "XX002": DatabaseProblem.DAMAGED,
}
"""By SQLSTATE (appendix A of PostgreSQL's manual)."""
_LOGIN_REFUSED = ("password authentication failed", "no password supplied", "does not exist", "no pg_hba.conf entry")


class ServerSilent(psycopg.OperationalError):
    """The server sent nothing for as long as we wait; the connection is closed."""


def problem_of(error: BaseException | None) -> DatabaseProblem | None:
    """The problem behind an error of a driver or of SQLAlchemy; None if the database is not to blame, as for a bug."""
    if isinstance(error, PoolTimeout):
        return DatabaseProblem.BUSY
    cause = getattr(error, "orig", None) or error
    if isinstance(cause, sqlite3.Error):
        return _sqlite_problem(cause)
    if isinstance(cause, psycopg.Error):
        return _postgresql_problem(cause)
    return None


def detail_of(error: BaseException) -> str:
    """The driver's own message in one line, without the URL, the statement and its parameters."""
    lines = str(getattr(error, "orig", None) or error).splitlines()
    return lines[0].strip() if lines else type(error).__name__


def _sqlite_problem(error: sqlite3.Error) -> DatabaseProblem | None:
    code = getattr(error, "sqlite_errorcode", None)
    if code is not None:
        return _SQLITE.get(code & 0xFF)
    return None


def _postgresql_problem(error: psycopg.Error) -> DatabaseProblem | None:
    if isinstance(error, (ServerSilent, psycopg.errors.ConnectionTimeout)):
        return DatabaseProblem.HUNG
    if error.sqlstate:
        # Class 08: connection exceptions; 57P: the server stops or starts.
        known = _POSTGRESQL.get(error.sqlstate)
        return known or (DatabaseProblem.UNREACHABLE if error.sqlstate.startswith(("08", "57P")) else None)
    # A failed log-in has no SQLSTATE in libpq.
    if isinstance(error, psycopg.OperationalError):
        refused = "FATAL" in str(error) and any(words in str(error) for words in _LOGIN_REFUSED)
        return DatabaseProblem.REFUSED if refused else DatabaseProblem.UNREACHABLE
    return None
