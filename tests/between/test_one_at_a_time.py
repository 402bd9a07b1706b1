"""What only one process of several does: migrating, the backup of the night, forgetting."""

import asyncio
import threading
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from oncall_ui.database.database import Database
from oncall_ui.database.postgres import lock_number
from oncall_ui.jobs import Jobs
from oncall_ui.migrations import alembic_config, migrate, schema
from tests.between.conftest import Open, Process
from tests.postgres import Cluster

pytestmark = pytest.mark.slow  # a PostgreSQL server


def with_backups(process: Process, folder: Path) -> Jobs:
    object.__setattr__(process.app, "settings", process.app.settings.model_copy(update={"backup_dir": folder}))
    return Jobs(process.app)


async def test_of_two_processes_one_makes_the_backup_of_the_night(process: Open, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    first, second = with_backups(process("worker"), folder), with_backups(process("worker"), folder)
    with process().app.db.alone("nightly backup") as is_ours:
        assert is_ours
        await first._back_up()
        assert not folder.exists(), "another process is making it"
    await asyncio.gather(first._back_up(), second._back_up())
    assert len(list(folder.iterdir())) == 1
    for jobs in (first, second):
        assert [each.source for each in jobs._app.outages.current()] == []


def test_what_a_process_had_to_itself_is_free_once_its_connection_is_gone(postgres_cluster: Cluster) -> None:
    address = postgres_cluster.fresh_database()
    one, other = Database(address), Database(address)
    with one.alone("this") as is_ours, one.alone("that") as is_that:
        with other.alone("this") as is_others:
            assert (is_ours, is_that, is_others) == (True, True, False)
        with postgres_cluster.connect() as connection:
            held = "FROM pg_locks WHERE locktype = 'advisory' AND database <> 0"
            connection.execute(f"SELECT pg_terminate_backend(pid) {held}".encode())
        with other.alone("this") as is_others:
            assert is_others
    with other.alone("this") as is_others:
        assert is_others
    one.close()
    other.close()


def test_processes_that_start_together_migrate_one_after_another(postgres_cluster: Cluster) -> None:
    address = postgres_cluster.fresh_database()
    db = Database(address)
    migrating = threading.Thread(target=migrate, args=(db,))
    with psycopg.connect(address.replace("+psycopg", "")) as other:
        other.execute("SELECT pg_advisory_xact_lock(%s)", (lock_number("migrations"),))
        other.execute("CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)")
        migrating.start()
        migrating.join(0.5)
        assert migrating.is_alive(), "it waits"
        other.execute("INSERT INTO alembic_version VALUES (%s)", (newest(db),))
    migrating.join(30)
    with db.engine.connect() as connection:
        assert connection.execute(text("SELECT to_regclass('calendar')")).scalar() is None, "it was done already"
    db.close()


def newest(db: Database) -> str:
    return schema(alembic_config(db)).newest
