"""What every test may ask for: an installation on a fresh database, the standing cast, a simulated browser.

Alice is the administrator, Bob a member, Mallory a member who wants what isn't hers.
"""

import gc
import logging
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests import absent

# It is there for import-linter; structlog reads it where it finds it, in each process for a tenth of a second.
os.environ["PYTHONPATH"] = absent.without("rich")

import structlog
from argon2 import PasswordHasher
from sqlalchemy import event as sql

os.environ.setdefault("NICEGUI_STORAGE_PATH", tempfile.mkdtemp(prefix="oncall-test-"))

from oncall_ui.app import App, open_app
from oncall_ui.database.database import Database
from oncall_ui.domain.accounts.login import LoginMethod
from oncall_ui.migrations import migrate
from oncall_ui.models import LoginSession, now
from oncall_ui.planner import Planner
from oncall_ui.reporting.log import configure as configure_log
from oncall_ui.security import recovery_codes
from oncall_ui.security.passwords import Passwords
from oncall_ui.security.tokens import hash_token, new_token
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from oncall_ui.services.accounts.members import member_view, valid_member
from oncall_ui.services.imports.fetching.in_worker import rehearse
from oncall_ui.settings import Settings
from oncall_ui.worker import Workers
from tests import economies
from tests.databases import migrated_postgres, postgres_cluster
from tests.fakes.feeds import FeedServer
from tests.fakes.google import google
from tests.fakes.graph import microsoft
from tests.fakes.openid import openid
from tests.fakes.radicale import Radicale
from tests.kept import keep_connections
from tests.unordered import read_backwards

economies.trust_one_authority()
economies.compile_each_statement_once()
economies.look_at_each_default_once()
economies.migrate_from_nothing_once()
economies.start_no_thread_for_no_counts()
economies.ask_a_server_once()
economies.parse_hosts_once()
economies.read_settings_where_there_are_some()
keep_connections()
read_backwards()
# What is imported and collected stays to the end: looking at it again and again takes a fifth of the time.
gc.set_threshold(20_000, 20, 40)
# As the app logs. Without it a traceback shows every local variable, and takes seconds.
configure_log("debug")

__all__ = ["google", "microsoft", "migrated_postgres", "openid", "postgres_cluster"]
"""Fixtures that are defined beside what they start."""

PASSWORD = "correct horse battery"
QUICK_PASSWORDS = Passwords(PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
"""Real hashes at a small cost: a tenth of a second per login is meant for attackers."""
recovery_codes.COST = 2
"""As small: ten codes come with every second factor."""


@dataclass(frozen=True)
class Person:
    """Somebody of the cast, logged in."""

    id: int
    email: str
    token: str
    me: LoggedIn


def pytest_sessionfinish() -> None:
    """In the end pytest looks for garbage ten times, among all that there is: what isn't garbage is set aside."""
    gc.collect()
    gc.freeze()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves out what `once_on_postgresql` says."""
    begun: set[str] = set()
    left: list[pytest.Item] = []
    for item in items:
        test, _, case = item.nodeid.partition("[")
        if item.get_closest_marker("once_on_postgresql") and case.startswith("postgresql"):
            if test in begun:
                left.append(item)
            begun.add(test)
    config.hook.pytest_deselected(items=left)
    gone = set(left)
    items[:] = [item for item in items if item not in gone]


@pytest.fixture(autouse=True)
def log_as_before() -> Iterator[None]:
    """Commands set up the log of their process, which here is that of all tests."""
    before, level = structlog.get_config(), logging.getLogger().level
    yield
    structlog.configure(**before)
    if logging.getLogger().level != level:  # which makes every logger look again
        logging.getLogger().setLevel(level)


@pytest.fixture(scope="session")
def workers() -> Iterator[Workers]:
    """One pool for all tests: starting a process takes longer than most of them."""
    pool = Workers(processes=1)
    pool.warm_up(rehearse)  # as the app does
    yield pool
    pool.stop()


class Borrowed:
    """The pool of all tests, for an app that stops its own in the end."""

    def __init__(self, pool: Workers) -> None:
        self._pool = pool

    def __getattr__(self, name: str) -> Any:
        return getattr(self._pool, name)

    def stop(self) -> None:
        """The next test needs it."""


@pytest.fixture(scope="session")
def planner() -> Iterator[Planner]:
    """One for all tests, too."""
    shared = Planner(seconds=20)
    yield shared
    shared.stop()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return economies.usual_settings(data_dir=tmp_path / "data")


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with every table and no row, to be copied: migrating takes longer than most tests."""
    path = tmp_path_factory.mktemp("migrated") / "oncall.db"
    db = Database(f"sqlite:///{path}")
    migrate(db)
    db.close()
    return path


@pytest.fixture
def app(settings: Settings, workers: Workers, planner: Planner, migrated: Path) -> Iterator[App]:
    """An installation with an empty database."""
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not settings.database_url:
        shutil.copy(migrated, settings.data_dir)
    installation = open_app(settings, workers=workers, planner=planner, passwords=QUICK_PASSWORDS)
    yield installation
    installation.db.close()


def person(app: App, name: str, *, is_admin: bool = False, zone: str = "Europe/Berlin") -> Person:
    """As `add_member` and `open_session` would have it, in one transaction; the audit log begins with the test."""
    email, token = f"{name.lower()}@example.org", new_token()
    member = valid_member(app, name=name, email=email, password=PASSWORD, zone=zone, is_admin=is_admin)
    member.last_seen_at = now()
    with app.db.write() as session:
        session.add(member)
        session.flush()
        session.add(LoginSession(id=hash_token(token), member_id=member.id or 0, method=LoginMethod.PASSWORD))
        me = LoggedIn(member_view(member), hash_token(token))
    return Person(me.member.id, email, token, me)


@pytest.fixture
def alice(app: App) -> Person:
    return person(app, "Alice", is_admin=True)


@pytest.fixture
def bob(app: App) -> Person:
    return person(app, "Bob")


@pytest.fixture
def mallory(app: App) -> Person:
    return person(app, "Mallory")


@pytest.fixture
def feeds() -> Iterator[FeedServer]:
    """A server of calendars that remembers, and fails the test when asked for what nobody prepared."""
    with FeedServer() as server:
        yield server


@pytest.fixture
def radicale(tmp_path: Path) -> Iterator[Radicale]:
    """A real CalDAV server with one user, alice, and no calendar."""
    with Radicale(tmp_path / "radicale") as server:
        yield server


@pytest.fixture
def questions(app: App) -> Iterator[list[str]]:
    """What the database is asked, as it is asked."""
    asked: list[str] = []

    def note(*said: Any) -> None:
        asked.append(str(said[2]))

    sql.listen(app.db.engine, "before_cursor_execute", note)
    yield asked
    sql.remove(app.db.engine, "before_cursor_execute", note)
