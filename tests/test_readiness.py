"""Whether imports can work: each reason from the real thing, in time, and at no cost however often it is asked for."""

import asyncio
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from oncall_ui.app import App, open_app
from oncall_ui.database.problems import DatabaseProblem
from oncall_ui.migrations import migrate
from oncall_ui.readiness import NotReady, Readiness, Reason, SharedCheck, database_reason
from oncall_ui.settings import Settings
from oncall_ui.worker import Workers
from tests.monotonic import Clock, clock
from tests.postgres import Cluster

pytestmark = pytest.mark.slow  # waits for a database that hangs

__all__ = ["clock"]

PATIENCE = 30


@pytest.fixture
async def readiness(app: App, clock: Clock) -> Readiness:
    """Of an app whose looks end as they should, and whose workers have started."""
    migrate(app.db)
    assert await app.workers.answers(PATIENCE)
    return Readiness(app, lambda: 0.3, clock=clock)


def file_of(app: App) -> Path:
    return Path(str(app.db.engine.url.database))


async def reasons(readiness: Readiness, clock: Clock, *, after: float = 1.0) -> tuple[Reason, ...]:
    clock.seconds += after
    problem = await readiness.problem()
    return problem.reasons if problem else ()


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():
            await asyncio.sleep(0.01)


@pytest.mark.parametrize(
    ("seconds", "found"), [(None, (Reason.LOOKS_MISSING,)), (31.0, (Reason.LOOKS_MISSING,)), (29.0, ())]
)
async def test_without_jobs_another_process_must_look(
    readiness: Readiness, app: App, clock: Clock, seconds: float | None, found: tuple[Reason, ...]
) -> None:
    assert await reasons(Readiness(app, lambda: seconds, has_jobs=False, clock=clock), clock) == found


async def test_nothing_is_wrong_with_an_app_that_works(readiness: Readiness, clock: Clock) -> None:
    assert await reasons(readiness, clock) == ()


async def test_a_database_whose_file_is_gone(readiness: Readiness, app: App, clock: Clock) -> None:
    app.db.close()
    file_of(app).unlink()
    assert await reasons(readiness, clock) == (Reason.DATABASE_MISSING,)


async def test_a_database_that_is_damaged(readiness: Readiness, app: App, clock: Clock) -> None:
    app.db.close()
    file_of(app).write_bytes(b"not a database" * 1000)
    assert await reasons(readiness, clock) == (Reason.DATABASE_DAMAGED,)


async def test_a_database_whose_file_cannot_be_opened(readiness: Readiness, app: App, clock: Clock) -> None:
    app.db.close()
    file_of(app).unlink()
    file_of(app).mkdir()
    assert await reasons(readiness, clock) == (Reason.DATABASE_FILE_UNUSABLE,)


async def test_a_schema_without_the_latest_migration(readiness: Readiness, app: App, clock: Clock) -> None:
    with app.db.write() as session:
        session.connection().execute(text("UPDATE alembic_version SET version_num = '0001'"))
    assert await reasons(readiness, clock) == (Reason.DATABASE_MIGRATIONS_MISSING,)


@contextmanager
def locked(app: App) -> Iterator[None]:
    with closing(sqlite3.connect(file_of(app), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


async def test_a_lock_counts_once_it_lasts(readiness: Readiness, app: App, clock: Clock) -> None:
    assert await reasons(readiness, clock) == ()
    with locked(app):
        assert await reasons(readiness, clock) == ()
        assert await reasons(readiness, clock, after=4) == ()
        assert await reasons(readiness, clock, after=1) == (Reason.DATABASE_LOCKED,)
    assert await reasons(readiness, clock) == ()
    with locked(app):
        assert await reasons(readiness, clock, after=60) == ()


async def test_a_lock_from_the_beginning_counts_at_once(readiness: Readiness, app: App, clock: Clock) -> None:
    with locked(app):
        assert await reasons(readiness, clock) == (Reason.DATABASE_LOCKED,)


async def test_a_disk_that_is_nearly_full(app: App, readiness: Readiness, clock: Clock) -> None:
    more_than_there_is = shutil.disk_usage(app.settings.data_dir).total + 1
    full = Readiness(app, lambda: 0.3, little_space=more_than_there_is, clock=clock)
    assert await reasons(full, clock) == (Reason.DISK_NEARLY_FULL,)


async def test_the_disk_of_a_database_outside_the_data_folder(
    settings: Settings, workers: Workers, tmp_path: Path, clock: Clock
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    changed = settings.model_copy(update={"database_url": f"sqlite:///{elsewhere}/oncall.db"})
    app = open_app(changed, workers=workers)
    migrate(app.db)
    readiness = Readiness(app, lambda: 0.3, clock=clock)
    assert await reasons(readiness, clock) == ()
    app.db.close()
    shutil.rmtree(elsewhere)
    assert await reasons(readiness, clock) == (Reason.DATABASE_MISSING, Reason.DATA_FOLDER_UNREADABLE)


@pytest.mark.parametrize(
    ("seconds", "found"), [(9.9, ()), (10.1, (Reason.LOOKS_STOPPED,)), (None, (Reason.LOOKS_STOPPED,))]
)
async def test_looks_that_no_longer_end(
    app: App, readiness: Readiness, clock: Clock, seconds: float | None, found: tuple[Reason, ...]
) -> None:
    assert await reasons(Readiness(app, lambda: seconds, clock=clock), clock) == found


async def test_looks_that_cannot_end_without_a_database_are_no_reason(
    readiness: Readiness, app: App, clock: Clock
) -> None:
    stopped = Readiness(app, lambda: 60.0, clock=clock)
    kept = file_of(app).with_suffix(".kept")
    app.db.close()
    file_of(app).rename(kept)
    assert await reasons(stopped, clock) == (Reason.DATABASE_MISSING,)
    kept.rename(file_of(app))
    assert await reasons(stopped, clock, after=9) == ()
    assert await reasons(stopped, clock, after=1) == (Reason.LOOKS_STOPPED,)


async def test_it_answers_in_two_seconds_while_the_database_hangs(
    settings: Settings, workers: Workers, postgres_cluster: Cluster, clock: Clock
) -> None:
    changed = settings.model_copy(update={"database_url": postgres_cluster.fresh_database()})
    app = open_app(changed, workers=workers)
    try:
        migrate(app.db)
        readiness = Readiness(app, lambda: 0.3, clock=clock)
        assert await reasons(readiness, clock) == ()
        with postgres_cluster.hung():
            threads = threading.active_count()
            for _ in range(3):
                began = time.monotonic()
                assert await reasons(readiness, clock) == (Reason.DATABASE_HUNG,)
                assert time.monotonic() - began < 2
            assert threading.active_count() <= threads + 2
        assert await reasons(readiness, clock) == ()
    finally:
        app.db.close()


async def test_an_answer_holds_for_a_second(readiness: Readiness, app: App, clock: Clock) -> None:
    assert await reasons(readiness, clock) == ()
    app.db.close()
    file_of(app).unlink()
    assert await reasons(readiness, clock, after=0.9) == ()
    assert await reasons(readiness, clock, after=0.1) == (Reason.DATABASE_MISSING,)


async def test_all_who_ask_at_once_share_one_round(readiness: Readiness, app: App) -> None:
    app.db.close()
    file_of(app).unlink()
    first, *others = await asyncio.gather(*(readiness.problem() for _ in range(50)))
    assert first is not None
    assert all(other is first for other in others)


async def test_a_check_that_hangs_holds_one_thread(clock: Clock) -> None:
    go_on, began = threading.Event(), 0

    def hang() -> str:
        nonlocal began
        began += 1
        go_on.wait(PATIENCE)
        return "done"

    check = SharedCheck(hang)
    assert [await check.within(0.01, "late") for _ in range(5)] == ["late"] * 5
    assert began == 1
    go_on.set()
    assert await check.within(PATIENCE, "late") == "done"
    assert await check.within(PATIENCE, "late") == "done"
    assert began == 2


async def test_it_tells_and_logs_what_comes_and_goes_by_itself(readiness: Readiness, app: App) -> None:
    told: list[NotReady | None] = []
    watching = Readiness(app, lambda: 0.3, every=0.02, clock=lambda: time.monotonic() * 100)
    watching.watch(told.append)
    assert await watching.problem() is None
    kept = file_of(app).with_suffix(".kept")
    lines: list[MutableMapping[str, Any]]
    with capture_logs() as lines:
        watching.start()
        app.db.close()
        file_of(app).rename(kept)
        await until(lambda: len(told) == 1)
        kept.rename(file_of(app))
        await until(lambda: len(told) == 2)
        watching.stop()
    assert told[0] is not None
    assert told[0].reasons == (Reason.DATABASE_MISSING,)
    assert told[1] is None
    assert [(line["event"], line["source"], line["cause"]) for line in lines] == [
        ("outage began", "database", "The database is missing.")
    ]


async def test_what_isnt_there_at_the_start_is_no_outage_yet(app: App, clock: Clock) -> None:
    migrate(app.db)
    seconds: float | None = None
    starting = Readiness(app, lambda: seconds, clock=clock)
    assert Reason.LOOKS_STOPPED in await reasons(starting, clock)
    assert starting.shown is None
    assert Reason.LOOKS_STOPPED in await reasons(starting, clock, after=30)
    assert starting.shown is not None


async def test_once_started_an_outage_shows_at_once(readiness: Readiness, app: App, clock: Clock) -> None:
    await reasons(readiness, clock)
    app.db.close()
    file_of(app).unlink()
    await reasons(readiness, clock)
    assert readiness.shown is not None


async def test_who_no_longer_watches_is_not_told(readiness: Readiness, app: App, clock: Clock) -> None:
    await reasons(readiness, clock)
    told: list[NotReady | None] = []
    readiness.watch(told.append)()
    app.db.close()
    file_of(app).unlink()
    await reasons(readiness, clock)
    await asyncio.sleep(0)
    assert told == []


async def test_a_problem_keeps_its_beginning_while_its_reasons_change(
    app: App, readiness: Readiness, clock: Clock
) -> None:
    seconds = 60.0
    changing = Readiness(app, lambda: seconds, clock=clock)
    await reasons(changing, clock)
    first = await changing.problem()
    assert first is not None
    seconds = 0.0
    app.db.close()
    file_of(app).unlink()
    await reasons(changing, clock)
    assert await changing.problem() == NotReady((Reason.DATABASE_MISSING,), first.since)


def test_every_reason_says_what_is_wrong_and_what_to_do() -> None:
    assert {database_reason(problem) for problem in DatabaseProblem} <= set(Reason)
    for reason in Reason:
        assert reason.what.endswith(".")
        assert reason.advice.endswith(".")
        assert reason.source in {"database", "disk", "workers", "looks"}
        assert reason.sentence == f"{reason.what} {reason.advice}"


async def test_a_lock_that_doesnt_count_yet_ends_no_outage(readiness: Readiness, app: App, clock: Clock) -> None:
    await reasons(readiness, clock)
    app.outages.failed("database", "database is locked")
    with locked(app):
        assert await reasons(readiness, clock) == ()
        readiness.log()
    assert app.outages.current()[0].worked is None
    await reasons(readiness, clock)
    readiness.log()
    assert app.outages.current()[0].worked is not None
