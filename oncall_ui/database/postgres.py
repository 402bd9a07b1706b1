"""Connections to PostgreSQL that never wait for good: for a server that hangs, or packets that get lost, included.

The server's own timeouts (statement_timeout, …) end what takes too long while it is well. A stopped server or a network
that swallows packets keeps none of them, so that each wait for an answer is limited here, too.
"""

import contextlib
import hashlib
import os
import socket
import threading
import time
import traceback
from collections.abc import Iterator, Mapping
from typing import Any
from weakref import WeakSet

import psycopg
from psycopg.abc import PQGen
from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, InvalidatePoolError

from oncall_ui.database.problems import ServerSilent

CONNECT_SECONDS = 2
"""The least that psycopg offers, for each of the host's addresses."""
PING_SECONDS = 1.0
"""For a connection from the pool to show that it is alive. It is the only wait of most calls to a hung server."""
STATEMENT_SECONDS = 60
"""For one statement. An import replaces the availability of a large calendar in far less."""
MIGRATION_SECONDS = 3600
MIGRATIONS = 6
"""The kind of the advisory lock that migrating holds."""
LOCK_SECONDS = 10
"""For a lock: as long as on SQLite."""
IDLE_SECONDS = 120
"""For a transaction that does nothing: only one whose process hangs."""
SILENT_SECONDS = STATEMENT_SECONDS + 5
"""Longer than the server itself gives a statement, so that its own message arrives."""
POOL_SIZE, POOL_OVERFLOW, POOL_SECONDS = 10, 20, 1.5

DEFAULTS: Mapping[str, Any] = {
    "connect_timeout": CONNECT_SECONDS,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
    "application_name": "oncall-optimizer",
}
"""Parameters of libpq; what ONCALL_DATABASE_URL says wins."""
TIMEOUTS: Mapping[str, int] = {
    "statement_timeout": STATEMENT_SECONDS,
    "lock_timeout": LOCK_SECONDS,
    "idle_in_transaction_session_timeout": IDLE_SECONDS,
}
"""The server's, in seconds. Sent with SET, which a pooler such as PgBouncer passes on, unlike options."""


class BoundedConnection(psycopg.Connection[Any]):
    """Raises ServerSilent, and is closed, when the server says nothing for `silent_seconds` during a statement."""

    silent_seconds: float = SILENT_SECONDS
    is_fresh = True
    """Opened just now, so that it needs no ping."""

    def wait(self, gen: PQGen[Any], interval: float = 0.1, timeout: float | None = None) -> Any:
        limit = self.silent_seconds if timeout is None else timeout
        deadline = time.monotonic() + limit
        try:
            return super().wait(gen, interval, limit)
        except psycopg.OperationalError as error:
            if timeout is not None or error.sqlstate or time.monotonic() < deadline:
                raise
            self.pgconn.finish()
            raise ServerSilent(f"no answer within {limit:g} seconds") from None
        except psycopg.DatabaseError as error:
            # The detail quotes the row that failed, with everything in it. It belongs in no log.
            if error.diag.message_primary:
                error.args = (error.diag.message_primary,)
            raise

    @contextlib.contextmanager
    def waiting_at_most(self, seconds: float) -> Iterator[None]:
        """For each answer inside the block."""
        usual, self.silent_seconds = self.silent_seconds, seconds
        try:
            yield
        finally:
            self.silent_seconds = usual

    def run_outside_a_transaction(self, statements: str) -> None:
        """Raises psycopg.Error. The connection must be idle."""
        self.autocommit = True
        self.execute(statements)
        self.autocommit = False

    def abort(self) -> None:
        """From another thread: a call that waits on this connection fails at once."""
        with contextlib.suppress(OSError, psycopg.Error), socket.socket(fileno=os.dup(self.fileno())) as ours:
            ours.shutdown(socket.SHUT_RDWR)


class Gate:
    """Opens connections. While the server is silent one thread at a time tries; the others fail at once.

    So a hung server holds up one thread, not all of those that pages and jobs share, and is noticed to be back by the
    first attempt that succeeds.
    """

    def __init__(self) -> None:
        self.is_silent = False
        self._trying = threading.Lock()
        self._open: WeakSet[BoundedConnection] = WeakSet()
        self._guard = threading.Lock()
        self._is_closed = False

    def connect(self, *args: Any, **parameters: Any) -> BoundedConnection:
        """As psycopg.connect. Raises ServerSilent when there is no answer in time, or another thread waits for it."""
        if self._is_closed:
            raise psycopg.OperationalError("the app is stopping")
        if not self.is_silent:
            return self._connect(args, parameters)
        if not self._trying.acquire(blocking=False):
            raise ServerSilent("no answer so far")
        try:
            return self._connect(args, parameters)
        finally:
            self._trying.release()

    def check(self, connection: BoundedConnection) -> None:
        """That a connection from the pool is alive. Raises InvalidatePoolError if a new one should be tried."""
        if connection.is_fresh:
            connection.is_fresh = False
            return
        if self.is_silent:
            raise InvalidatePoolError
        try:
            with connection.waiting_at_most(PING_SECONDS):
                connection.run_outside_a_transaction("")
        except ServerSilent:
            self.is_silent = True
            raise
        except psycopg.Error:
            raise InvalidatePoolError from None

    def close(self) -> None:
        """Ends every wait on a connection opened here, and opens no more."""
        self._is_closed = True
        with self._guard:
            waiting = list(self._open)
        for connection in waiting:
            connection.abort()

    def _connect(self, args: tuple[Any, ...], parameters: dict[str, Any]) -> BoundedConnection:
        try:
            connection = connect(*args, **parameters)
        except ServerSilent:
            self.is_silent = True
            raise
        self.is_silent = False
        with self._guard:
            self._open.add(connection)
        return connection


def connect(*args: Any, **given: Any) -> BoundedConnection:
    """A connection with all timeouts set. `given` are libpq's parameters, as the URL has them, which win over ours.

    Raises psycopg.OperationalError; ServerSilent if there is no answer.
    """
    try:
        connection = BoundedConnection.connect(*args, **{**DEFAULTS, **given})
    except psycopg.errors.ConnectionTimeout as error:
        # The frames and the error hold each other, and the half-open connection, until garbage is collected.
        traceback.clear_frames(error.__traceback__)
        raise ServerSilent("no answer to a new connection") from None
    own_options = str(given.get("options", ""))
    wanted = (f"SET {name} = '{seconds}s'" for name, seconds in TIMEOUTS.items() if name not in own_options)
    try:
        with connection.waiting_at_most(CONNECT_SECONDS):
            connection.run_outside_a_transaction("; ".join(wanted))
    except BaseException:
        connection.close()
        raise
    return connection


def allow_long_statements(connection: Connection) -> None:
    """For migrations. The connection isn't used for anything else afterwards. Does nothing on other databases."""
    driver = connection.connection.driver_connection
    if isinstance(driver, BoundedConnection):
        connection.detach()
        driver.silent_seconds = MIGRATION_SECONDS + 5
        driver.run_outside_a_transaction(f"SET statement_timeout = '{MIGRATION_SECONDS}s'")


def wait_for_others(connection: Connection) -> None:
    """Of several processes that migrate at once, one does while the others wait, then find it done.

    Until the transaction ends. Does nothing on other databases, where the first to write keeps the others waiting.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{MIGRATION_SECONDS}s'")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({MIGRATIONS}, 0)")
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'")


def open_engine(url: URL, gate: Gate) -> Engine:
    """An engine whose connections come through `gate`. Its check replaces the pool's pre-ping, which waits for good."""
    engine = create_engine(
        url, pool_size=POOL_SIZE, max_overflow=POOL_OVERFLOW, pool_timeout=POOL_SECONDS, hide_parameters=True
    )

    def open_one(_dialect: object, _record: object, args: Any, parameters: dict[str, Any]) -> BoundedConnection:
        return gate.connect(*args, **parameters)

    def check_out(connection: Any, _record: object, _proxy: object) -> None:
        gate.check(connection)

    event.listen(engine, "do_connect", open_one)
    event.listen(engine, "checkout", check_out)
    return engine


def without_transactions(engine: Engine) -> Engine:
    """The same connections for what only reads: BEGIN and ROLLBACK would be two more answers to wait for."""
    return engine.execution_options(isolation_level="AUTOCOMMIT")


@contextlib.contextmanager
def alone(engine: Engine, name: str) -> Iterator[bool]:
    """See Database. The server gives the lock to others once this process, or its connection, is gone."""
    number = lock_number(name)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        is_ours = bool(connection.exec_driver_sql(f"SELECT pg_try_advisory_lock({number})").scalar())
        try:
            yield is_ours
        finally:
            if is_ours:
                _give_back(connection, number)


def lock_number(name: str) -> int:
    """PostgreSQL's advisory locks have numbers of 64 bits."""
    digest = hashlib.sha256(f"oncall-optimizer {name}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


def _give_back(connection: Connection, number: int) -> None:
    try:
        connection.exec_driver_sql(f"SELECT pg_advisory_unlock({number})")
    except DBAPIError:
        connection.invalidate()  # whatever holds it is closed, and must not go back into the pool
