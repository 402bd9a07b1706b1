"""Connections to PostgreSQL go from one test to the next, and only those that are well."""

import contextlib

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from oncall_ui.database.database import Database
from tests import kept
from tests.postgres import Cluster

pytestmark = pytest.mark.slow


def backend(db: Database) -> int:
    with db.read() as session:
        return int(session.execute(text("SELECT pg_backend_pid()")).scalar_one())


@pytest.fixture
def address(postgres_cluster: Cluster, migrated_postgres: str) -> str:
    return postgres_cluster.emptied_database(like=migrated_postgres)


def again(address: str) -> int:
    """The process of the server's that answers an app which is then closed."""
    db = Database(address)
    try:
        return backend(db)
    finally:
        db.close()


def test_the_next_app_has_the_connection_and_its_timeouts(address: str) -> None:
    found = again(address)
    db = Database(address)
    assert backend(db) == found
    with db.read() as session:
        assert session.execute(text("SHOW lock_timeout")).scalar_one() == "10s"
    db.close()


def test_one_that_the_server_ended_or_that_is_at_work_is_not_kept(address: str, postgres_cluster: Cluster) -> None:
    found = again(address)
    with postgres_cluster.connect() as server:
        server.execute("SELECT pg_terminate_backend(%s, 5000)", (found,))
    db = Database(address)
    other = backend(db)
    assert other != found
    with contextlib.suppress(OperationalError), db.read() as session:
        session.execute(text("SELECT 1"))
        db.close()
    assert again(address) != other


def test_however_many_the_server_ended_the_next_app_has_one_that_is_well(
    address: str, postgres_cluster: Cluster
) -> None:
    db = Database(address)
    with db.read() as one, db.read() as two, db.read() as three, db.read() as four:
        found = [session.execute(text("SELECT pg_backend_pid()")).scalar_one() for session in (one, two, three, four)]
    db.close()
    with postgres_cluster.connect() as server:
        for each in found:
            server.execute("SELECT pg_terminate_backend(%s, 5000)", (each,))
    assert again(address) not in found


def test_no_other_database_is_kept_open(address: str, postgres_cluster: Cluster) -> None:
    again(address)
    fresh = postgres_cluster.fresh_database()
    assert again(fresh) != again(fresh)
    kept.keep_only(fresh)
    assert again(fresh) == again(fresh)
    kept.keep_only(address)
