"""Real processes on one PostgreSQL: a worker without pages, and a web process without jobs."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from oncall_ui.between.processes import Processes
from oncall_ui.cli.main import main
from oncall_ui.hub import CalendarChanged, Change, SessionEnded
from oncall_ui.models import now
from oncall_ui.services.imports.figures import read_figures
from oncall_ui.working import NICENESS
from tests.calendars import calendar, event
from tests.conftest import PASSWORD
from tests.e2e.server import Server
from tests.fakes.feeds import FeedServer
from tests.postgres import Cluster

pytestmark = pytest.mark.slow

EMAIL = "alice@example.org"


@pytest.fixture(scope="module")
def worker(
    postgres_cluster: Cluster, migrated_postgres: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    folder, address = tmp_path_factory.mktemp("roles"), postgres_cluster.fresh_database(like=migrated_postgres)
    with Server(folder, database_url=address, settings={"ONCALL_ROLE": "worker"}, warm=True) as running:
        yield running


@pytest.fixture(scope="module")
def web(worker: Server) -> Iterator[Server]:
    """It is ready because it hears from the worker."""
    folder, address = worker.log.parent, worker.database_url
    with Server(folder, database_url=address, settings={"ONCALL_ROLE": "web"}, warm=True) as running:
        running.add_member(EMAIL, "Alice", PASSWORD, admin=True)
        yield running


@asynccontextmanager
async def heard(server: Server) -> AsyncIterator[list[Change]]:
    """What a third process hears of the first member."""
    changes: list[Change] = []
    with server.beside() as app:
        app.hub.start()
        app.hub.subscribe(1, changes.extend)
        third = Processes(app, None)
        third.start()
        async with asyncio.timeout(20):
            while len(third.others()) < 2:
                await asyncio.sleep(0.02)
        yield changes
        await third.stop()
        app.hub.stop()


async def until(change: type[Change], changes: list[Change]) -> None:
    async with asyncio.timeout(30):
        while not any(isinstance(each, change) for each in changes):
            await asyncio.sleep(0.02)


@pytest.mark.parametrize(("path", "status"), [("/healthz", 200), ("/readyz", 200), ("/metrics", 200)])
def test_a_worker_says_how_it_is(worker: Server, path: str, status: int) -> None:
    assert httpx.get(f"{worker.base_url}{path}", trust_env=False).status_code == status


@pytest.mark.parametrize("path", ["/", "/login", "/setup", "/api/v1/openapi.json", "/docs", "/openapi.json"])
def test_a_worker_has_no_pages(worker: Server, path: str) -> None:
    assert httpx.get(f"{worker.base_url}{path}", trust_env=False).status_code == 404


def test_a_worker_lets_pages_go_first(worker: Server, web: Server) -> None:
    own, others = (os.getpriority(os.PRIO_PROCESS, each.pid) for each in (web, worker))
    assert others == min(own + NICENESS, 19)


async def test_a_worker_imports_and_other_processes_hear_of_it(web: Server, feeds: FeedServer) -> None:
    async with heard(web) as changes:
        await asyncio.to_thread(
            web.connect_ics, EMAIL, "Work", feeds.serve("/w.ics", calendar(event("noc"))), save=True
        )
        await until(CalendarChanged, changes)
        with web.beside() as app:
            async with asyncio.timeout(30):
                while not any(
                    each.value for each in read_figures(app, now()) if each.labels.get("state") == "up_to_date"
                ):
                    await asyncio.sleep(0.05)


async def test_a_session_that_ends_in_one_process_ends_on_the_pages_of_all(web: Server) -> None:
    async with heard(web) as changes, httpx.AsyncClient(base_url=web.base_url, trust_env=False) as browser:
        answer = await browser.post("/login", data={"email": EMAIL, "password": PASSWORD})
        assert answer.headers["location"] == "/"
        answer = await browser.post("/logout", headers={"origin": web.base_url})
        assert answer.headers["location"] == "/login", answer.text
        await until(SessionEnded, changes)


@pytest.mark.parametrize("role", ["web", "worker"])
def test_a_role_without_postgresql_is_refused_before_anything_starts(
    role: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ONCALL_ROLE", role)
    monkeypatch.setenv("ONCALL_DATA_DIR", str(tmp_path / "data"))
    assert main(["serve"]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"ONCALL_ROLE={role} needs PostgreSQL") and said.count("\n") == 1
    assert not (tmp_path / "data").exists()
