"""Every row of one database into another one, and whether they arrived as they were."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import psycopg
from sqlalchemy import Connection, RowMapping, Table, func, select, text
from sqlmodel import SQLModel

import oncall_ui.models
from oncall_ui.keeping.failing import CannotKeep

AT_ONCE = 1000
PASSING = {"lease", "try_count"}
"""What processes agree on while they run is nothing to keep."""
TABLES = tuple(each for each in SQLModel.metadata.sorted_tables if each.name not in PASSING)
"""Every other table, each after those it refers to."""
assert oncall_ui.models  # whose import is what puts them there


@dataclass(frozen=True, slots=True)
class Content:
    """What a table holds: how many rows, and a sum over each of them that doesn't depend on their order."""

    rows: int
    digest: str


def copy_rows(source: Connection, target: Connection) -> dict[str, Content]:
    """In the caller's transactions, into tables without a row. Both schemas are the newest one.

    Returns what was copied, by table. Raises CannotKeep if it didn't arrive as it was.
    """
    copied = {table.name: _copy(table, source, target) for table in TABLES}
    for table in TABLES:
        if content_of(target, table) != copied[table.name]:
            raise CannotKeep(f"The rows of {table.name} didn’t arrive as they were, so nothing was changed. Try again.")
    _go_on_counting(target)
    return copied


def delete_rows(target: Connection) -> None:
    """All of them."""
    for table in reversed(TABLES):
        target.execute(table.delete())


def filled(connection: Connection) -> str:
    """The name of a table with a row in it; empty if there is none."""
    return next((table.name for table in TABLES if connection.scalar(select(func.count()).select_from(table))), "")


def content_of(connection: Connection, table: Table) -> Content:
    counter = _Counter()
    for row in connection.execute(select(table), execution_options={"yield_per": AT_ONCE}).mappings():
        counter.add(row)
    return counter.content


def _copy(table: Table, source: Connection, target: Connection) -> Content:
    counter = _Counter()
    found = source.execute(select(table), execution_options={"yield_per": AT_ONCE})
    for part in found.mappings().partitions(AT_ONCE):
        for row in part:
            counter.add(row)
        _put(table, part, target)
    return counter.content


def _put(table: Table, rows: Sequence[RowMapping], target: Connection) -> None:
    if target.dialect.name != "postgresql":
        target.execute(table.insert(), [dict(row) for row in rows])
        return
    # PostgreSQL's own way in for many rows; as text, in the values that an insert would send.
    processors = [column.type.dialect_impl(target.dialect).bind_processor(target.dialect) for column in table.columns]
    quote = target.dialect.identifier_preparer.quote
    columns = ", ".join(quote(column.name) for column in table.columns)
    driver = cast("psycopg.Connection[Any]", target.connection.driver_connection)
    copying = f"COPY {quote(table.name)} ({columns}) FROM STDIN"
    with driver.cursor() as cursor, cursor.copy(copying.encode()) as copy:
        for row in rows:
            values = zip(row.values(), processors, strict=True)
            copy.write_row([process(value) if process else value for value, process in values])


class _Counter:
    def __init__(self) -> None:
        self._rows, self._sum = 0, 0

    def add(self, row: Mapping[Any, Any]) -> None:
        self._rows += 1
        self._sum += int.from_bytes(hashlib.sha256(_in_words(row).encode()).digest()[:16])

    @property
    def content(self) -> Content:
        return Content(self._rows, f"{self._sum % 2**128:032x}")


def _in_words(row: Mapping[Any, Any]) -> str:
    """The same for the same values, whichever database they come from: its keys are columns, its times are UTC."""
    return json.dumps({str(name): value for name, value in row.items()}, sort_keys=True, default=repr)


def _go_on_counting(target: Connection) -> None:
    """PostgreSQL counts ids apart from its rows; the next one has to be free. SQLite looks at the rows."""
    if target.dialect.name != "postgresql":
        return
    for table in TABLES:
        for column in table.primary_key:
            sequence = target.scalar(
                text("SELECT pg_get_serial_sequence(:table, :column)"), {"table": table.name, "column": column.name}
            )
            highest = target.scalar(select(func.max(column))) if sequence else None
            if highest is not None:
                target.execute(text("SELECT setval(:sequence, :highest)"), {"sequence": sequence, "highest": highest})
