"""What runs by itself goes on after a stop, without the database, and when the clock is set. On both databases."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.pool import QueuePool
from sqlmodel import col, select, update
from structlog.testing import capture_logs

from oncall_ui.app import App
from oncall_ui.domain.imports.failures import Cause
from oncall_ui.domain.imports.state import State
from oncall_ui.jobs import Jobs
from oncall_ui.models import Calendar, Connection, now
from oncall_ui.services.imports.claim import claim_due
from oncall_ui.services.imports.fetching.places import PLACES, Lane
from tests.calendars import calendar, event
from tests.conftest import Person
from tests.fakes.feeds import FeedServer
from tests.postgres import Cluster
from tests.services.helpers.imports import connected, import_due, make_due, only_calendar
from tests.services.helpers.silent import add_calendars, add_members, silent_servers

pytestmark = pytest.mark.slow  # waits for the next look

ENOUGH = 60


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(ENOUGH):
        while not await asyncio.to_thread(condition):
            await asyncio.sleep(0.05)


def rows(app: App) -> list[Calendar]:
    with app.db.read() as session:
        return list(session.exec(select(Calendar).order_by(col(Calendar.id))).all())


def are(app: App, state: State) -> bool:
    return all(row.state is state for row in rows(app))


@contextlib.contextmanager
def locked(app: App) -> Iterator[None]:
    """Nobody else can write meanwhile; nor read the calendars on PostgreSQL."""
    is_sqlite = app.db.engine.dialect.name == "sqlite"
    with app.db.engine.connect() as connection:
        if is_sqlite:
            connection.exec_driver_sql("ROLLBACK")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.execute(text("LOCK TABLE calendar IN ACCESS EXCLUSIVE MODE"))
        yield


@contextlib.contextmanager
def lost(app: App, request: pytest.FixtureRequest) -> Iterator[None]:
    """The database is gone: its folder, or it takes no connections and ends those it has."""
    if app.db.engine.dialect.name == "sqlite":
        app.db.engine.dispose()
        folder = app.settings.data_dir
        away = Path(f"{folder}-away")
        folder.rename(away)
        yield
        away.rename(folder)
        return
    cluster: Cluster = request.getfixturevalue("postgres_cluster")
    name = make_url(app.db.url).database
    with cluster.connect() as server:
        server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
        yield
        server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")


async def test_a_stop_releases_the_leases_and_the_next_start_takes_them_up_at_once(app: App, jobs: Jobs) -> None:
    fresh, retries = PLACES[Lane.FRESH], PLACES[Lane.RETRIES]
    count = fresh + retries
    members = add_members(app, count)
    with silent_servers(count) as silent:
        add_calendars(app, members[:fresh], silent[:fresh])
        add_calendars(app, members[fresh:], silent[fresh:], attempts=3)
        due = [row.next_import_at for row in rows(app)]
        jobs.start()
        await until(lambda: are(app, State.IMPORTING))
        began = time.monotonic()
        await jobs.stop()
        assert time.monotonic() - began < 5
        found = rows(app)
        assert {(row.state, row.lease, row.lease_until) for row in found} == {(State.WAITING, None, None)}
        assert [row.attempts for row in found] == [0] * fresh + [3] * retries
        assert [row.next_import_at for row in found] == due
        assert len(claim_due(app, 100)) == count


async def test_a_stop_takes_no_longer_when_the_database_hangs(app: App, jobs: Jobs) -> None:
    with silent_servers(1) as silent:
        add_calendars(app, add_members(app, 1), silent)
        jobs.start()
        await until(lambda: are(app, State.IMPORTING))
        with locked(app):
            began = time.monotonic()
            await jobs.stop()
            assert time.monotonic() - began < 6


async def test_what_is_claimed_during_a_stop_is_released_too(app: App, jobs: Jobs) -> None:
    await jobs.look()
    pool = app.db.engine.pool
    assert isinstance(pool, QueuePool)
    with silent_servers(1) as silent:
        add_calendars(app, add_members(app, 1), silent)
        with locked(app):
            looking = asyncio.create_task(jobs.look())
            await until(lambda: pool.checkedout() > 1)
            await asyncio.sleep(0.3)  # from the last query to the claim, which waits
            looking.cancel()
            stopping = asyncio.create_task(jobs.stop())
            await asyncio.sleep(0.1)
        await stopping
        await asyncio.gather(looking, return_exceptions=True)
        await until(lambda: pool.checkedout() == 0)
    (row,) = rows(app)
    assert (row.state, row.lease) == (State.WAITING, None)


async def test_without_its_database_it_looks_on_and_goes_on_by_itself(
    app: App, alice: Person, feeds: FeedServer, jobs: Jobs, request: pytest.FixtureRequest
) -> None:
    connection_id = await connected(app, alice, feeds.serve("/work.ics", calendar(event("noc"))))
    assert jobs.seconds_since_look() is None
    jobs.start()
    await until(lambda: are(app, State.UP_TO_DATE))
    await until(lambda: (jobs.seconds_since_look() or ENOUGH) < 0.9)
    with capture_logs() as lines:
        with lost(app, request):
            await until(lambda: (jobs.seconds_since_look() or 0) > 3)
        await until(lambda: (jobs.seconds_since_look() or ENOUGH) < 0.9)
        make_due(app)
        before = now()
        await until(lambda: (only_calendar(app, alice, connection_id).last_read_at or before) > before)
    assert [line["source"] for line in lines if line["event"] == "outage began"] == ["database"]
    assert [line["event"] for line in lines if line["log_level"] != "debug" and line["event"] != "imported"] == [
        "outage began"
    ], "one line for all the looks that failed, and no traceback"


async def test_a_clock_that_is_set_back_stops_nothing(app: App, alice: Person, feeds: FeedServer, jobs: Jobs) -> None:
    connection_id = await connected(app, alice, feeds.serve("/work.ics", calendar(event("noc"))))
    jobs.start()
    await until(lambda: are(app, State.UP_TO_DATE))
    hour = timedelta(hours=1)
    (row,) = rows(app)
    assert row.last_read_at and row.next_import_at
    moved = {"last_read_at": row.last_read_at + hour, "next_import_at": row.next_import_at + hour}
    with app.db.write() as session:
        session.exec(update(Calendar).values(state_since=row.state_since + hour, **moved))
    ahead = row.last_read_at + hour
    await until(lambda: (only_calendar(app, alice, connection_id).last_read_at or ahead) < now())
    assert len(feeds.requests) == 3, "connected, imported, and imported again"


async def test_a_key_that_is_back_at_the_start_is_enough(
    app: App, alice: Person, feeds: FeedServer, jobs: Jobs
) -> None:
    connection_id = await connected(app, alice, feeds.serve("/work.ics", calendar(event("noc"))))
    with app.db.write() as session:
        sealed = session.exec(select(Connection.sealed)).one()
        session.exec(update(Connection).values(sealed="gAAAAAB-of-another-key"))
    await import_due(app)
    assert only_calendar(app, alice, connection_id).cause is Cause.KEY_LOST
    with app.db.write() as session:
        session.exec(update(Connection).values(sealed=sealed))
    jobs.start()
    await until(lambda: are(app, State.UP_TO_DATE))


async def test_a_look_that_hangs_shows(app: App, jobs: Jobs) -> None:
    jobs.start()
    await until(lambda: jobs.seconds_since_look() is not None)
    with silent_servers(1) as silent:
        add_calendars(app, add_members(app, 1), silent)
        with locked(app), app.db.read() if app.db.engine.dialect.name == "sqlite" else contextlib.nullcontext():
            await until(lambda: (jobs.seconds_since_look() or 0) > 3)
        await until(lambda: (jobs.seconds_since_look() or ENOUGH) < 0.9)
        await jobs.stop()
