"""Connections to PostgreSQL that one test leaves to the next.

Opening one starts a process of the server's that first reads the catalog, which takes longer than what most tests ask
of it. Kept are those at rest in the pool of a database that is being closed, if it is the one that
`Cluster.emptied_database` gives out again; what is at work ends with its app as ever. Those that the server has ended
meanwhile are left out: a pool tries two connections that don't answer its ping, and then gives up.
"""

import select
from collections.abc import Iterator
from typing import Any

from psycopg.pq import TransactionStatus
from sqlalchemy.engine import make_url
from sqlalchemy.pool import QueuePool
from sqlalchemy.util import queue

from oncall_ui.database.database import Database
from oncall_ui.database.postgres import BoundedConnection, Gate

MOST = 8
"""More are never at work at once in a test, or hardly ever."""

_idle: list[BoundedConnection] = []
_address = ""
"""Of the database they are connected to."""


def keep_only(address: str) -> None:
    """From now on the connections of this database are kept, and of no other."""
    global _address  # noqa: PLW0603 - one server for a process, with one database that is emptied
    if address != _address:
        forget()
        _address = address


def forget() -> None:
    """Closes what is kept."""
    while _idle:
        _idle.pop().close()


def keep_connections() -> None:
    """From now on `Database.close` leaves what it can, and an engine takes it up before it opens another."""
    close, connect = Database.close, Gate._connect

    def leave(db: Database) -> None:
        if db.url == _address:
            for each in _at_rest(db):
                if len(_idle) < MOST:
                    _idle.append(each)
                else:
                    each.close()
        close(db)

    def take(gate: Gate, args: tuple[Any, ...], parameters: dict[str, Any]) -> BoundedConnection:
        while _idle and parameters.get("dbname") == make_url(_address).database:
            connection = _idle.pop()
            if _has_been_ended(connection):
                connection.close()
                continue
            with gate._guard:
                gate._open.add(connection)
            return connection
        return connect(gate, args, parameters)

    Database.close = leave  # type: ignore[method-assign, assignment]
    Gate._connect = take  # type: ignore[method-assign, assignment]


def _at_rest(db: Database) -> Iterator[BoundedConnection]:
    """Taken out of the pool, and out of the reach of `Gate.close`."""
    pool = db.engine.pool
    assert isinstance(pool, QueuePool)
    while True:
        try:
            record = pool._pool.get(block=False)
        except queue.Empty:
            return
        connection = record.dbapi_connection
        if isinstance(connection, BoundedConnection) and _is_at_rest(connection):
            record.dbapi_connection = None
            db._gate._open.discard(connection)
            yield connection


def _is_at_rest(connection: BoundedConnection) -> bool:
    return not connection.closed and connection.info.transaction_status is TransactionStatus.IDLE


def _has_been_ended(connection: BoundedConnection) -> bool:
    """By the server, which says so: to a connection at rest it has nothing else to say."""
    return bool(select.select([connection], [], [], 0)[0])
