"""Short texts between the processes that share a PostgreSQL database: its NOTIFY and LISTEN, on one channel.

Nothing is kept: a process that doesn't listen has missed it. Telling and listening block, and each has a connection of
its own, beside the pool, which is opened again after it was lost.
"""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import psycopg
from psycopg import sql
from sqlalchemy import Engine

from oncall_ui.database import postgres
from oncall_ui.database.postgres import BoundedConnection
from oncall_ui.database.problems import detail_of

LONGEST = 7999
"""Bytes of a text: PostgreSQL takes no more (NOTIFY)."""
ANSWER_SECONDS = 5.0
"""For the server to take a text, and to show that it is still there."""

Heard = Callable[[float], Iterator[str]]
"""The texts of the next so many seconds, each as it comes. Raises LineLost."""


class LineLost(Exception):
    """The server can't be reached, or was lost. The last texts may have been heard or not."""


class Line:
    """One channel. `tell` from one thread, `listening` from another, `close` from any."""

    def __init__(self, engine: Engine, channel: str) -> None:
        self._engine, self._channel = engine, channel
        self._telling: BoundedConnection | None = None
        self._listening: BoundedConnection | None = None
        self._is_closed = False

    def tell(self, texts: Sequence[str]) -> None:
        """All of them, or none. Raises LineLost."""
        try:
            if self._telling is None:
                self._telling = self._connect()
            with self._telling.waiting_at_most(ANSWER_SECONDS):
                told = "SELECT pg_notify(%s, text) FROM unnest(%s::text[]) AS text"
                self._telling.execute(told, (self._channel, list(texts)))
        except (psycopg.Error, OSError) as error:
            lost, self._telling = self._telling, None
            _close(lost)
            raise LineLost(detail_of(error)) from error

    @contextmanager
    def listening(self) -> Iterator[Heard]:
        """From now on nothing is missed, until this raises LineLost."""
        try:
            connection = self._listening = self._connect()
            with connection.waiting_at_most(ANSWER_SECONDS):
                connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(self._channel)))

            def heard(seconds: float) -> Iterator[str]:
                yield from (each.payload for each in connection.notifies(timeout=seconds))
                with connection.waiting_at_most(ANSWER_SECONDS):
                    connection.execute("SELECT 1")  # it may have been silent because it is gone

            yield heard
        except (psycopg.Error, OSError) as error:
            raise LineLost(detail_of(error)) from error
        finally:
            lost, self._listening = self._listening, None
            _close(lost)

    def close(self) -> None:
        """Ends what waits, with LineLost."""
        self._is_closed = True
        for connection in (self._telling, self._listening):
            if connection is not None:
                connection.abort()

    def _connect(self) -> BoundedConnection:
        if self._is_closed:
            raise OSError("the app is stopping")
        args, parameters = self._engine.dialect.create_connect_args(self._engine.url)
        connection = postgres.connect(*args, **parameters)
        connection.autocommit = True
        # Nothing is stored, so nothing has to be on the disk before it is heard.
        connection.execute("SET synchronous_commit = off")
        return connection


def _close(connection: BoundedConnection | None) -> None:
    if connection is not None:
        with contextlib.suppress(psycopg.Error, OSError):
            connection.close()
