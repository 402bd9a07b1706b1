"""What only one process of several does: the backup of the night, forgetting."""

import asyncio
from pathlib import Path

import pytest

from oncall_ui.database.database import Database
from oncall_ui.jobs import Jobs
from tests.between.conftest import Open, Process
from tests.postgres import Cluster

WAIT = 30_000  # milliseconds until it is gone, at most

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
            connection.execute(f"SELECT pg_terminate_backend(pid, {WAIT}) {held}".encode())
        with other.alone("this") as is_others:
            assert is_others
    with other.alone("this") as is_others:
        assert is_others
    one.close()
    other.close()
