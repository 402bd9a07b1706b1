"""The database: one engine, transactions that commit whole or not at all, and times that are always aware UTC."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import URL, DateTime, Dialect, Engine, TypeDecorator, create_engine, event
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import ArgumentError
from sqlmodel import Session

from oncall_ui.database import postgres
from oncall_ui.database.line import Line
from oncall_ui.database.probe import Answer, Probe, Schema
from oncall_ui.database.problems import DatabaseProblem

BUSY_MILLISECONDS = 10_000
POOL_SIZE, POOL_OVERFLOW = 10, 30
"""On SQLite: one for each thread, so that nobody waits for anything but the write lock."""


class UtcDateTime(TypeDecorator[datetime]):
    """Aware UTC in Python, on every database. Raises ValueError for a naive time, which would be silently wrong."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.utcoffset() is None:
            raise ValueError("only aware times can be stored")
        if value is None:
            return None
        in_utc = value.astimezone(UTC)
        return in_utc.replace(tzinfo=None) if dialect.name == "sqlite" else in_utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Database:
    """Transactions on one database. Blocking: call it from a thread, never on the event loop.

    No call waits for good, whatever the server does. They raise SQLAlchemy's OperationalError or TimeoutError;
    `database_problems.problem_of` names the cause.
    """

    def __init__(self, url: str) -> None:
        """Raises ValueError, with a sentence for the operator, for a URL of no known kind."""
        self.url = url
        self._gate = postgres.Gate()
        try:
            self.engine = _engine(url, self._gate)
        except (ArgumentError, ImportError) as error:
            # SQLAlchemy's own message may quote the URL, with its password.
            raise ValueError(
                "ONCALL_DATABASE_URL can’t be used. Write it like sqlite:////srv/oncall/oncall.db or "
                "postgresql+psycopg://oncall:PASSWORD@db.example.org/oncall"
            ) from error
        # SQLite takes its write lock at BEGIN, so that a transaction that reads first can't fail to upgrade later.
        self._writing = self.engine.execution_options(oncall_writes=True)
        self._reading = postgres.without_transactions(self.engine) if self.is_shared else self.engine
        self._probe = Probe(self.engine)

    @property
    def is_shared(self) -> bool:
        """Whether several processes may be at work on it."""
        return self.engine.dialect.name == "postgresql"

    @contextmanager
    def read(self) -> Iterator[Session]:
        """On PostgreSQL each question sees what is committed by then, as in a transaction of its default kind."""
        with Session(self._reading, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Commits when the block ends, rolls back when it raises."""
        with Session(self._writing, expire_on_commit=False) as session, session.begin():
            yield session

    def answers(self, seconds: float = 1.5) -> bool:
        """Whether it can be read and written. Returns within `seconds`, as `problem` does."""
        return self.problem(seconds) is None

    def problem(self, seconds: float = 1.5) -> DatabaseProblem | None:
        """Why it can't be read and written at the moment; None if it can.

        Returns within `seconds` whatever the server does, and never leaves more than one thread and one connection
        behind, which end by themselves. It asks over a connection of its own, so that a full pool doesn't matter, and
        callers at the same time share the answer: UNREACHABLE, REFUSED, HUNG (no answer in time), LOCKED (for all of
        the time), READ_ONLY, FULL, DAMAGED, MISSING, MIGRATIONS_MISSING or NEWER (another schema than `expect` named),
        BUSY (no connection left). `.what` and `.advice` of the result are sentences.
        """
        return self._probe.ask(seconds).problem

    def ask(self, seconds: float = 1.5) -> Answer:
        """As `problem`, with the driver's message."""
        return self._probe.ask(seconds)

    def expect(self, schema: Schema) -> None:
        """From now on `problem` compares the schema, too. Called once the migrations are done."""
        self._probe.schema = schema

    def line(self, channel: str) -> Line | None:
        """To the other processes that share this database; None on SQLite, which one process has to itself."""
        return Line(self.engine, channel) if self.is_shared else None

    @contextmanager
    def alone(self, name: str) -> Iterator[bool]:
        """For what one process at a time does: whether this one may, until the block ends. On SQLite it always may."""
        if not self.is_shared:
            yield True
            return
        with postgres.alone(self.engine, name) as is_ours:
            yield is_ours

    def close(self) -> None:
        """Ends the waits of other threads on PostgreSQL at once, and closes every connection."""
        self._gate.close()
        self.engine.dispose()


def _engine(address: str, gate: postgres.Gate) -> Engine:
    url = make_url(address)
    if url.get_backend_name() == "postgresql":
        return postgres.open_engine(url, gate)
    if url.get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True, hide_parameters=True)
    engine = create_engine(url, connect_args={"check_same_thread": False}, hide_parameters=True, **_sqlite_pool(url))
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _sqlite_pool(url: URL) -> dict[str, Any]:
    # A database in memory has one connection, and a pool of its own kind.
    in_memory = url.database in {None, "", ":memory:"}
    return {} if in_memory else {"pool_size": POOL_SIZE, "max_overflow": POOL_OVERFLOW}


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # _begin_sqlite sends BEGIN itself
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", f"busy_timeout={BUSY_MILLISECONDS}"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("oncall_writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
