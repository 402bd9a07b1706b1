"""Installations with rows in most tables, and what is in a database, value by value."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from oncall_ui.app import App
from oncall_ui.database.database import Database
from oncall_ui.keeping.copying import TABLES
from oncall_ui.services.accounts.second_factors.totp import begin_setup
from oncall_ui.settings import Settings
from tests.calendars import calendar, event
from tests.conftest import Person
from tests.databases import settings as on_both
from tests.fakes.feeds import FeedServer
from tests.postgres import Cluster
from tests.services.helpers.imports import connected
from tests.services.helpers.schedules import keep_schedule, participant_of, publish_by_hand

__all__ = ["on_both"]


@pytest.fixture
def settings(on_both: Settings, request: pytest.FixtureRequest) -> Settings:
    """On PostgreSQL a database of its own: one that tests before have used may still have a session of theirs."""
    if not on_both.database_url:
        return on_both
    cluster: Cluster = request.getfixturevalue("postgres_cluster")
    address = cluster.fresh_database(like=request.getfixturevalue("migrated_postgres"))
    return on_both.model_copy(update={"database_url": address})


Rows = dict[str, list[tuple[object, ...]]]


def rows_of(db: Database) -> Rows:
    with db.engine.connect() as connection:
        found = {table.name: [tuple(row) for row in connection.execute(select(table))] for table in TABLES}
    return {name: sorted(rows, key=repr) for name, rows in found.items()}


def rows_at(url: str) -> Rows:
    """Of a database that nobody uses."""
    db = Database(url)
    try:
        return rows_of(db)
    finally:
        db.close()


@pytest.fixture
async def full(app: App, alice: Person, bob: Person, feeds: FeedServer) -> App:
    """Members, a calendar that was read, a published schedule, an authenticator app."""
    await connected(app, alice, feeds.serve("/work.ics", calendar(event("noc"))))
    schedule = keep_schedule(app, alice, [alice, bob])
    publish_by_hand(app, alice, schedule, [participant_of(app, schedule, bob), None])
    begin_setup(app, bob.id)
    return app


@pytest.fixture
def elsewhere(settings: Settings, tmp_path: Path) -> Callable[[str], Settings]:
    """Settings of another, new installation, on SQLite or on the database of an address."""

    def new(url: str = "") -> Settings:
        changes = {"data_dir": tmp_path / "elsewhere", "database_url": url}
        return settings.model_copy(update=changes)

    return new
