"""Rows that are read in no order come backwards from SQLite.

PostgreSQL promises no order without ORDER BY: a row may come sooner once one before it was changed, which happens now
and then. SQLite's answer always looks right. Backwards, code and tests that count on an order fail at once.
"""

from typing import Any

from sqlalchemy import event
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine import Engine


def read_backwards() -> None:
    """From now on, in each engine of this process."""

    @event.listens_for(Engine, "do_connect")
    def connect(dialect: Any, _record: object, args: Any, parameters: Any) -> Any:
        if not isinstance(dialect, SQLiteDialect_pysqlite):
            return None
        connection = dialect.connect(*args, **parameters)
        connection.execute("PRAGMA reverse_unordered_selects = ON")
        return connection
