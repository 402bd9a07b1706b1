"""What the database says about itself, and how long its callers wait, when it is not well."""

import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from psycopg.pq import TransactionStatus
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlmodel import Session

from oncall_ui.database.database import Database
from oncall_ui.database.postgres import BoundedConnection, allow_long_statements
from oncall_ui.database.problems import DatabaseProblem, problem_of
from oncall_ui.migrations import migrate
from tests.postgres import Cluster

IN_TIME = 2.5
"""Seconds: twice what we wait for a ping, or what a new connection may take, and a busy machine."""


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def db(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    if request.param == "sqlite":
        db = Database(f"sqlite:///{tmp_path / 'oncall.db'}")
    else:
        cluster: Cluster = request.getfixturevalue("postgres_cluster")
        db = Database(cluster.fresh_database())
    migrate(db)
    yield db
    db.close()


@pytest.fixture
def hanging(postgres_cluster: Cluster) -> Iterator[Database]:
    db = Database(postgres_cluster.fresh_database())
    migrate(db)
    yield db
    db.close()


def ask(db: Database, statement: str = "SELECT 1") -> DatabaseProblem | None:
    try:
        with db.read() as session:
            session.execute(text(statement))
    except DBAPIError as error:
        return problem_of(error)
    return None


def test_a_healthy_database_has_no_problem(db: Database) -> None:
    assert db.problem() is None
    assert db.answers()


def test_tests_that_count_on_an_order_nobody_asked_for_fail(db: Database) -> None:
    with db.write() as session:
        session.execute(text("CREATE TABLE sample AS SELECT 1 AS number UNION ALL SELECT 2"))
        found = list(session.scalars(text("SELECT number FROM sample")))
    assert found == ([1, 2] if db.is_shared else [2, 1])


def test_without_its_tables_or_with_others_it_is_not_ready(db: Database) -> None:
    for revision, expected in (("0001", DatabaseProblem.MIGRATIONS_MISSING), ("9999", DatabaseProblem.NEWER)):
        with db.write() as session:
            session.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})
        assert db.problem() is expected


def test_a_write_lock_that_stays_is_a_problem_and_one_that_passes_is_none(db: Database) -> None:
    with db.write() as session:
        session.execute(text("LOCK TABLE calendar" if db.engine.dialect.name == "postgresql" else "SELECT 1"))
        assert db.problem(0.5) is DatabaseProblem.LOCKED
    assert db.problem() is None


def test_parameters_are_in_no_error(db: Database) -> None:
    with pytest.raises(DBAPIError) as failed, db.write() as session:
        session.execute(text("INSERT INTO member (email) VALUES (:email)"), {"email": "secret@example.org"})
    assert "secret@example.org" not in f"{failed.value}"


@pytest.mark.parametrize(
    ("damage", "expected"),
    [
        (lambda path: path.unlink(), DatabaseProblem.MISSING),
        (lambda path: path.write_bytes(b"not a database, but long enough to look at" * 100), DatabaseProblem.DAMAGED),
    ],
)
def test_a_file_that_is_gone_or_damaged_is_named(tmp_path: Path, damage: object, expected: DatabaseProblem) -> None:
    path = tmp_path / "oncall.db"
    db = Database(f"sqlite:///{path}")
    migrate(db)
    db.engine.dispose()
    damage(path)  # type: ignore[operator]
    assert db.problem() is expected
    db.close()


def test_a_full_disk_is_named_for_as_long_as_writes_fail(tmp_path: Path) -> None:
    db = Database(f"sqlite:///{tmp_path / 'oncall.db'}")
    migrate(db)
    with pytest.raises(OperationalError), db.write() as session:
        session.execute(text("PRAGMA max_page_count = 1"))
        session.execute(text("CREATE TABLE big AS SELECT randomblob(1000000)"))
    assert db.problem() is DatabaseProblem.FULL
    db.close()


def test_a_file_on_a_read_only_disk_is_named(tmp_path: Path) -> None:
    db = Database(f"sqlite:///{tmp_path / 'oncall.db'}")
    migrate(db)
    db.close()
    read_only = Database(f"sqlite:///file:{tmp_path / 'oncall.db'}?mode=ro&uri=true")
    assert read_only.problem() is DatabaseProblem.READ_ONLY
    read_only.close()


def test_no_server_is_unreachable_and_a_wrong_name_is_refused(tmp_path: Path) -> None:
    db = Database("postgresql+psycopg://postgres@127.0.0.1:1/oncall")
    assert db.problem() is DatabaseProblem.UNREACHABLE
    db.close()


def test_a_network_that_swallows_packets_is_noticed_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        db = Database(f"postgresql+psycopg://oncall@127.0.0.1:{silent.getsockname()[1]}/oncall")
        began = time.monotonic()
        assert db.problem(0.5) is DatabaseProblem.HUNG
        assert ask(db) is DatabaseProblem.HUNG
        assert time.monotonic() - began < 0.5 + IN_TIME
        db.close()


@pytest.mark.slow
def test_a_server_without_the_database_refuses(postgres_cluster: Cluster) -> None:
    db = Database(postgres_cluster.fresh_database().replace("/fresh", "/nosuch"))
    assert db.problem() is DatabaseProblem.REFUSED
    db.close()


@pytest.mark.slow
def test_a_hung_server_is_named_in_time_and_leaves_no_thread_or_connection(
    hanging: Database, postgres_cluster: Cluster
) -> None:
    before, connected = threading.active_count(), connections(postgres_cluster, hanging)
    with postgres_cluster.hung():
        for _ in range(4):
            began = time.monotonic()
            assert hanging.problem(0.5) is DatabaseProblem.HUNG
            assert time.monotonic() - began < 1
            assert threading.active_count() <= before + 1
    assert until(lambda: hanging.problem() is None)
    assert until(lambda: threading.active_count() <= before)
    assert until(lambda: connections(postgres_cluster, hanging) <= connected)


@pytest.mark.slow
def test_calls_to_a_hung_server_fail_in_time_and_work_again_with_it(
    hanging: Database, postgres_cluster: Cluster
) -> None:
    assert ask(hanging) is None, "the pool holds a connection"
    with postgres_cluster.hung():
        for _ in range(2):  # over a connection of the pool, then over a new one
            began = time.monotonic()
            assert ask(hanging) is DatabaseProblem.HUNG
            assert time.monotonic() - began < IN_TIME
    assert until(lambda: ask(hanging) is None)


@pytest.mark.slow
def test_a_hung_server_holds_up_one_thread_and_not_all(hanging: Database, postgres_cluster: Cluster) -> None:
    with postgres_cluster.hung(), ThreadPoolExecutor(8) as threads:
        assert ask(hanging) is DatabaseProblem.HUNG
        began = time.monotonic()
        first = threads.submit(ask, hanging)
        until(first.running)
        others = [threads.submit(ask, hanging) for _ in range(40)]
        assert {each.result() for each in (first, *others)} == {DatabaseProblem.HUNG}
        assert time.monotonic() - began < 2 * IN_TIME, "forty waited together, not one after the other"


@pytest.mark.slow
def test_a_long_statement_is_not_taken_for_a_hung_server(hanging: Database) -> None:
    assert ask(hanging, "SELECT pg_sleep(2.5)") is None


@pytest.mark.slow
def test_closing_ends_the_wait_of_other_threads(hanging: Database, postgres_cluster: Cluster) -> None:
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(ask, hanging, "SELECT pg_sleep(30)")
        assert until(lambda: running(postgres_cluster, "pg_sleep(30)"))
        began = time.monotonic()
        hanging.close()
        assert waiting.result() is DatabaseProblem.UNREACHABLE
        assert time.monotonic() - began < IN_TIME


@pytest.mark.slow
def test_the_servers_timeouts_are_set_and_those_of_the_operator_win(postgres_cluster: Cluster) -> None:
    url = postgres_cluster.fresh_database()
    db = Database(url)
    with db.read() as session:
        assert session.execute(text("SHOW statement_timeout")).scalar() == "1min"
        assert session.execute(text("SHOW lock_timeout")).scalar() == "10s"
    db.close()
    own = Database(f"{url}&options=-c%20statement_timeout%3D7s")
    with own.read() as session:
        assert session.execute(text("SHOW statement_timeout")).scalar() == "7s"
    own.close()


@pytest.mark.slow
def test_reading_needs_no_transaction_and_writing_has_one(postgres_cluster: Cluster) -> None:
    db = Database(postgres_cluster.fresh_database())
    driver = None

    def state(session: Session) -> TransactionStatus:
        nonlocal driver
        session.execute(text("SELECT 1"))
        used = session.connection().connection.driver_connection
        assert isinstance(used, BoundedConnection)
        assert used is (driver := driver or used), "one connection goes from hand to hand"
        return used.info.transaction_status

    for _ in range(2):
        with db.read() as session:
            assert state(session) is TransactionStatus.IDLE
        with db.write() as session:
            assert state(session) is TransactionStatus.INTRANS
    db.close()


@pytest.mark.slow
def test_migrations_may_take_longer_and_nothing_else_does(postgres_cluster: Cluster) -> None:
    db = Database(postgres_cluster.fresh_database())
    with db.engine.connect() as connection:
        allow_long_statements(connection)
        assert connection.execute(text("SHOW statement_timeout")).scalar() == "1h"
    with db.engine.connect() as connection:
        assert connection.execute(text("SHOW statement_timeout")).scalar() == "1min"
    db.close()


def until(condition: object, seconds: float = 20) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():  # type: ignore[operator]
            return True
        time.sleep(0.02)
    return False


def connections(cluster: Cluster, db: Database) -> int:
    with cluster.connect() as connection:
        row = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = %s", [db.engine.url.database]
        ).fetchone()
    assert row is not None
    return int(row[0])


def running(cluster: Cluster, statement: str) -> bool:
    with cluster.connect() as connection:
        found = connection.execute(
            "SELECT query FROM pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid()"
        ).fetchall()
    return any(statement in row[0] for row in found)
