"""Processes of one installation, in one test: each with an app, a hub and connections of its own."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from oncall_ui.app import App, open_app
from oncall_ui.between.processes import Processes
from oncall_ui.hub import Change, Missed
from oncall_ui.planner import Planner
from oncall_ui.settings import Settings
from oncall_ui.worker import Workers
from tests.conftest import QUICK_PASSWORDS
from tests.postgres import Cluster


@dataclass
class Process:
    """An installation's half: what its hub heard of member 3 and of everything else."""

    app: App
    processes: Processes
    of_member: list[Change] = field(default_factory=list)
    of_all: list[Change] = field(default_factory=list)
    of_schedules: list[Change] = field(default_factory=list)


Open = Callable[..., Process]


async def until(condition: Callable[[], object], seconds: float = 20) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.01)


@pytest.fixture
async def process(
    postgres_cluster: Cluster, migrated_postgres: str, tmp_path: Path, workers: Workers, planner: Planner
) -> AsyncIterator[Open]:
    address = postgres_cluster.emptied_database(like=migrated_postgres)
    opened: list[Process] = []

    def open_process(role: str = "web", looked: float | None = None, **times: float) -> Process:
        settings = Settings(_env_file=None, data_dir=tmp_path / "data", database_url=address)
        app = open_app(
            settings.model_copy(update={"role": role}), workers=workers, planner=planner, passwords=QUICK_PASSWORDS
        )
        app.hub.start()
        found = Process(app, Processes(app, (lambda: looked) if role != "web" else None, **times))
        app.hub.subscribe(3, found.of_member.extend)
        app.hub.subscribe_accounts(found.of_all.extend)
        app.hub.subscribe_schedules(found.of_schedules.extend)
        found.processes.start()
        opened.append(found)
        return found

    yield open_process
    for each in opened:
        await each.processes.stop()
        each.app.hub.stop()
        each.app.db.close()


async def acquainted(*processes: Process) -> None:
    """All have heard of each other, and have read again what they may have missed before."""
    await until(lambda: all(len(each.processes.others()) == len(processes) - 1 for each in processes))
    await until(lambda: all(Missed() in each.of_member for each in processes))
    for each in processes:
        await each.app.hub.flush()
        for heard in (each.of_member, each.of_all, each.of_schedules):
            heard.clear()
