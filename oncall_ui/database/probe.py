"""Asks the database how it is, over a connection of its own and within a given time."""

import sqlite3
import threading
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Engine, event
from sqlalchemy.engine import ExceptionContext

from oncall_ui.database import postgres
from oncall_ui.database.problems import DatabaseProblem, detail_of, problem_of

REMEMBERED_SECONDS = 15
"""How long a write that failed for want of space counts: a small one may succeed meanwhile."""
SHORTEST_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Schema:
    """The revisions this app knows, and the one it needs."""

    newest: str
    known: frozenset[str]

    def problem(self, found: str | None) -> DatabaseProblem | None:
        if found == self.newest:
            return None
        return DatabaseProblem.MIGRATIONS_MISSING if found is None or found in self.known else DatabaseProblem.NEWER


@dataclass(frozen=True, slots=True)
class Answer:
    """`detail` is the driver's message in one line: without the URL's password, a statement or its parameters."""

    problem: DatabaseProblem | None
    detail: str = ""


class Probe:
    """One question at a time, in a thread of its own: looking up a host's name can't be limited otherwise."""

    def __init__(self, engine: Engine) -> None:
        self.schema: Schema | None = None
        self._engine = engine
        self._guard = threading.Lock()
        self._asking: _Question | None = None
        self._full_at: float | None = None
        event.listen(engine, "handle_error", self._remember)

    def ask(self, seconds: float) -> Answer:
        """Returns within `seconds`; HUNG if there is no answer by then. Callers at the same time share one question."""
        with self._guard:
            question = self._asking
            if question is None or question.answered.is_set():
                question = self._asking = _Question()
                work = (question, max(seconds * 0.9, SHORTEST_SECONDS))
                threading.Thread(target=self._answer, args=work, name="database probe", daemon=True).start()
        if not question.answered.wait(seconds):
            return Answer(DatabaseProblem.HUNG, f"no answer within {seconds:g} seconds")
        return question.answer

    def _answer(self, question: "_Question", seconds: float) -> None:
        try:
            question.answer = Answer(self._look(seconds) or self._recent())
        except Exception as error:  # noqa: BLE001 - whatever it is, the database can't be used
            question.answer = Answer(problem_of(error) or DatabaseProblem.UNREACHABLE, detail_of(error))
        finally:
            question.answered.set()

    def _look(self, seconds: float) -> DatabaseProblem | None:
        url, dialect = self._engine.url, self._engine.dialect
        args, parameters = dialect.create_connect_args(url)
        if url.get_backend_name() == "postgresql":
            found = _ask_postgresql(seconds, parameters)
        elif url.database and url.database != ":memory:":
            found = _ask_sqlite(seconds, args, parameters)
        else:
            return None
        return found if isinstance(found, DatabaseProblem) else self._compare(found)

    def _compare(self, revision: str | None) -> DatabaseProblem | None:
        return self.schema.problem(revision) if self.schema else None

    def _recent(self) -> DatabaseProblem | None:
        if self._full_at is not None and time.monotonic() - self._full_at < REMEMBERED_SECONDS:
            return DatabaseProblem.FULL
        return None

    def _remember(self, context: ExceptionContext) -> None:
        if problem_of(context.original_exception) is DatabaseProblem.FULL:
            self._full_at = time.monotonic()


class _Question:
    """`answer` is valid once `answered` is set."""

    def __init__(self) -> None:
        self.answered = threading.Event()
        self.answer = Answer(None)


def _ask_sqlite(seconds: float, args: Any, parameters: Mapping[str, Any]) -> str | DatabaseProblem | None:
    """The revision, after a write that is committed: only so a full disk shows."""
    path = str(args[0])
    if not path.startswith("file:") and not Path(path).exists():
        return DatabaseProblem.MISSING
    given = {**parameters, "timeout": seconds, "isolation_level": None, "check_same_thread": True}
    with closing(sqlite3.connect(path, **given)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        row = connection.execute("SELECT name FROM sqlite_master WHERE name = 'alembic_version'").fetchone()
        revision = connection.execute("SELECT version_num FROM alembic_version").fetchone() if row else None
        if revision:
            connection.execute("UPDATE alembic_version SET version_num = version_num")
        connection.execute("COMMIT")
    return str(revision[0]) if revision else None


def _ask_postgresql(seconds: float, parameters: Mapping[str, Any]) -> str | DatabaseProblem | None:
    """The revision, if the tables could be written to: no lock is in the way, and the server isn't a standby."""
    with closing(postgres.connect(**parameters)) as connection, connection.waiting_at_most(seconds):
        try:
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        except psycopg.errors.UndefinedTable:
            return None
        connection.execute(f"SET LOCAL lock_timeout = '{int(seconds * 900)}ms'")
        connection.execute("LOCK TABLE calendar, availability IN ROW EXCLUSIVE MODE")
        connection.rollback()
    return str(row[0]) if row else None
