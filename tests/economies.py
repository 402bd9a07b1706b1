"""What every test would do again though it comes out the same: done once for all tests of a process.

None of it changes what is tested. Each is worth a tenth of the time of those it concerns, or more. What only pages need
is in tests/pages/simulation.py.
"""

import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import MethodType, SimpleNamespace
from typing import Any

import certifi
from alembic.runtime.migration import MigrationContext
from limits.storage import memory
from pydantic._internal import _fields
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource
from sqlalchemy import Connection, Dialect, Engine, event
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache

from oncall_ui.database import database
from oncall_ui.database.postgres import Gate
from oncall_ui.security.http.public_addresses import AllowedHosts
from oncall_ui.settings import Settings

STATEMENTS = 5_000
"""More than the app has."""
RUN_MIGRATIONS = MigrationContext.run_migrations
"""For tests of the migrations themselves, which put it back."""


def trust_one_authority() -> None:
    """Each HTTP client of a test would otherwise read all authorities of the world, for 30 ms, to talk to loopback."""
    end = "-----END CERTIFICATE-----\n"
    first = Path(certifi.where()).read_text(encoding="utf-8").split(end)[0] + end
    path = Path(tempfile.mkdtemp(prefix="oncall-test-")) / "authority.pem"
    path.write_text(first, encoding="utf-8")
    certifi.where = lambda: str(path)


def compile_each_statement_once() -> None:
    """Each test has a database of its own, for which SQLAlchemy would turn every statement into SQL again.

    What it keeps is kept by dialect, of which every engine has its own; here two of a kind are one.
    """
    for kind in (SQLiteDialect_pysqlite, PGDialect_psycopg):
        kind.__eq__ = lambda one, other: type(one) is type(other)  # type: ignore[method-assign]
        kind.__hash__ = lambda one: hash(type(one))  # type: ignore[method-assign, assignment]
    compiled: Any = LRUCache(STATEMENTS)
    opened = database._engine

    def open_engine(address: str, gate: Gate) -> Engine:
        engine = opened(address, gate)
        engine._compiled_cache = compiled
        return engine

    database._engine = open_engine


def usual_settings(**what: Path | str) -> Settings:
    """Read and validated once; `what` is as it should be."""
    return _usual_settings().model_copy(update=what)


@cache
def _usual_settings() -> Settings:
    return Settings(_env_file=None, allowed_private_hosts="127.0.0.1")


def ask_a_server_once() -> None:
    """What it is and can do, SQLAlchemy asks over the first connection of each engine, that is in each test."""
    for kind in (SQLiteDialect_pysqlite, PGDialect_psycopg):
        kind.initialize = _once(kind.initialize)  # type: ignore[method-assign]


def _once(initialize: Callable[[Any, Connection], None]) -> Callable[[Any, Connection], None]:
    known: dict[str, Any] = {}

    def remembered(dialect: Dialect, connection: Connection) -> None:
        if not known:
            before = dict(vars(dialect))
            initialize(dialect, connection)
            known.update({name: value for name, value in vars(dialect).items() if before.get(name) is not value})
        vars(dialect).update(known)

    return remembered


def migrate_from_nothing_once() -> None:
    """What the migrations make of an empty database, Alembic works out again each time; here it is said again.

    A database that has a version, or is to have another than the newest, is migrated as ever.
    """
    said: dict[str, list[tuple[str, Any]]] = {}

    def run_migrations(context: MigrationContext, **more: Any) -> None:
        connection, kind = context.connection, context.dialect.name
        to_newest = context.opts.get("destination_rev") == "head" and context.opts["fn"].__name__ == "upgrade"
        if connection is None or not to_newest or context.get_current_heads():
            RUN_MIGRATIONS(context, **more)
        elif kind in said:
            for statement, parameters in said[kind]:
                connection.exec_driver_sql(statement, parameters)
        else:
            with _listening(connection) as heard:
                RUN_MIGRATIONS(context, **more)
            said[kind] = [(statement, parameters) for statement, parameters in heard if "SELECT" not in statement[:6]]

    MigrationContext.run_migrations = run_migrations  # type: ignore[method-assign, assignment]


@contextmanager
def _listening(connection: Connection) -> Iterator[list[tuple[str, Any]]]:
    """What is executed inside the block."""
    heard: list[tuple[str, Any]] = []

    def hear(
        _connection: Connection, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool
    ) -> None:
        heard.append((statement, parameters))

    event.listen(connection, "before_cursor_execute", hear)
    try:
        yield heard
    finally:
        event.remove(connection, "before_cursor_execute", hear)


def parse_hosts_once() -> None:
    """Each app reads the same two lists of hosts, whose names are looked at as those of URLs."""
    AllowedHosts.parse = cache(AllowedHosts.parse)  # type: ignore[method-assign]


def read_settings_where_there_are_some() -> None:
    """All of them are looked for among the variables of the environment, in nearly every test, and none is there."""

    def sources(
        _cls: type[Settings],
        _settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: EnvSettingsSource,
        dotenv_settings: EnvSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        if any(name.startswith("oncall_") for name in (*env_settings.env_vars, *dotenv_settings.env_vars)):
            return init_settings, env_settings, dotenv_settings, file_secret_settings
        return (init_settings,)

    Settings.settings_customise_sources = classmethod(sources)  # type: ignore[method-assign, assignment]


def look_at_each_default_once() -> None:
    """Each row that is made asks each factory of a default for its parameters, for a tenth of a millisecond."""
    vars(_fields)["takes_validated_data_argument"] = cache(_fields.takes_validated_data_argument)


def start_no_thread_for_no_counts() -> None:
    """Each app has a rate limiter, which starts with a thread that looks for counts that are over."""

    def timer(seconds: float, look: MethodType) -> threading.Timer:
        made = threading.Timer(seconds, look)
        if not hasattr(look.__self__, "timer"):  # it is being made
            made.start = lambda: None  # type: ignore[method-assign]
        return made

    vars(memory)["threading"] = SimpleNamespace(Timer=timer, RLock=threading.RLock)
