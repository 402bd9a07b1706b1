"""Loads what an earlier release stored into a database of its schema, on SQLite and PostgreSQL."""

import json
import re
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
from alembic import command
from alembic.script import ScriptDirectory
from psycopg import sql
from sqlalchemy.engine import make_url

from oncall_ui.database.database import Database
from oncall_ui.migrations import alembic_config
from tests.upgrades.samples import fill

HERE = Path(__file__).parent
SCRIPTS = ScriptDirectory(str(HERE.parents[1] / "oncall_ui" / "migrations"))
REVISIONS = [each.revision for each in SCRIPTS.walk_revisions()][::-1]
"""Oldest first."""
BASED_ON = dict.fromkeys(("0009", "0010", "0011", "0012", "0013"), "0008") | {"0017": "0016"}
"""Revisions that landed together with a later one, so that no release had them as its newest: the rows are those of the
revision before, upgraded, and a sample in each table that they add."""
VERSION = "alembic_version"
TABLES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite^_%' ESCAPE '^'",
    "postgresql": "SELECT tablename FROM pg_tables WHERE schemaname = 'public'",
}

Rows = Mapping[str, list[dict[str, Any]]]


def fixture(revision: str) -> Path:
    return HERE / f"{BASED_ON.get(revision, revision)}.sql"


def keys_of(revision: str) -> list[str]:
    """Those that open what is sealed in it."""
    return re.findall(r"^-- key (\S+)$", fixture(revision).read_text(encoding="utf-8"), re.MULTILINE)


def load(revision: str, path: Path) -> Database:
    """A SQLite database as that release left it."""
    with closing(sqlite3.connect(path)) as file:
        file.executescript(fixture(revision).read_text(encoding="utf-8"))
    db = Database(f"sqlite:///{path}")
    if revision in BASED_ON:
        command.upgrade(alembic_config(db), revision)
        with closing(sqlite3.connect(path)) as file:
            fill(file)
            file.commit()
    return db


def upgraded(url: str, revision: str) -> None:
    """Without what comes after it."""
    db = Database(url)
    command.upgrade(alembic_config(db), revision)
    db.close()


def carry(source: Database, target: Database) -> None:
    """The same rows into a PostgreSQL database of the same revision, which has none."""
    with (
        closing(sqlite3.connect(name_of(source))) as there,
        psycopg.connect(target.url.replace("+psycopg", "")) as here,
    ):
        here.execute("SET session_replication_role = replica")  # in any order
        columns = here.execute(
            "SELECT table_name, column_name, data_type, column_default FROM information_schema.columns "
            "WHERE table_schema = 'public' AND table_name <> 'alembic_version'"
        ).fetchall()
        for table in sorted({table for table, *_ in columns}):
            types = {name: kind for of_table, name, kind, _ in columns if of_table == table}
            found = there.execute(f'SELECT * FROM "{table}"')
            names = [each[0] for each in found.description]
            rows = [[_of_type(types[name], value) for name, value in zip(names, row, strict=True)] for row in found]
            into = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
                sql.Identifier(table),
                sql.SQL(", ").join(map(sql.Identifier, names)),
                sql.SQL(", ").join(sql.Placeholder() * len(names)),
            )
            here.cursor().executemany(into, rows)
        for table, name, _, default in columns:
            if str(default).startswith("nextval"):
                highest = "SELECT setval(pg_get_serial_sequence({0}, {1}), max({2})) FROM {3}"
                parts = (sql.Literal(table), sql.Literal(name), sql.Identifier(name), sql.Identifier(table))
                here.execute(sql.SQL(highest).format(*parts))


def content(db: Database) -> Rows:
    """Every row of every table there is."""
    with db.engine.connect() as connection:
        tables = sorted(connection.exec_driver_sql(TABLES[db.engine.dialect.name]).scalars())
        found = {name: connection.exec_driver_sql(f'SELECT * FROM "{name}"').mappings().all() for name in tables}
    return {
        name: [{str(column): _plain(value) for column, value in row.items()} for row in rows]
        for name, rows in found.items()
    }


def revision_of(rows: Rows) -> str:
    (row,) = rows[VERSION]
    return str(row["version_num"])


def name_of(db: Database) -> str:
    """Of its file, or of the database on its server."""
    return str(make_url(db.url).database)


def _of_type(kind: str, value: Any) -> Any:
    """As PostgreSQL wants it: SQLite has numbers for true and false, and times without their zone."""
    if value is None:
        return None
    if kind == "boolean":
        return bool(value)
    return f"{value}+00" if kind == "timestamp with time zone" else value


def _plain(value: Any) -> Any:
    """JSON is text in SQLite."""
    if isinstance(value, str) and value[:1] in {"{", "["}:
        return json.loads(value)
    return bytes(value) if isinstance(value, memoryview) else value
