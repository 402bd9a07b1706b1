"""Pages, the API and log-ins while the database can't be used."""

import asyncio
import time
from pathlib import Path

import httpx
import pytest
from sqlalchemy.exc import ProgrammingError

from oncall_ui.app import App
from oncall_ui.database.database import Database
from oncall_ui.migrations import migrate
from oncall_ui.services.sharing.tokens import create_token
from oncall_ui.settings import Settings
from tests.conftest import PASSWORD, Person
from tests.pages.conftest import Browser
from tests.postgres import Cluster

IN_TIME = 2.8
"""Seconds: what a ping or a new connection may take, and what a busy machine adds."""
PAGES = ("/", "/calendars", "/team", "/login", "/privacy", "/help", "/feeds/none.ics")
TOUCHES_NOTHING = ("/healthz", "/static/tokens.css")


@pytest.fixture
def settings(tmp_path: Path, postgres_cluster: Cluster) -> Settings:
    url = postgres_cluster.fresh_database()
    db = Database(url)
    migrate(db)
    db.close()
    return Settings(_env_file=None, data_dir=tmp_path / "data", database_url=url)


async def test_while_postgresql_hangs_everything_says_so_in_time(
    browser: Browser, app: App, alice: Person, postgres_cluster: Cluster
) -> None:
    client = (await browser(alice)).http_client
    token = {"Authorization": f"Bearer {create_token(app, alice.id, 'Script')}"}
    form = {"email": alice.email, "password": PASSWORD}
    with postgres_cluster.hung():
        first = await timed(client, "GET", "/")
        answers = await asyncio.gather(*(timed(client, "GET", path) for path in PAGES))
        told, posted = await asyncio.gather(
            timed(client, "GET", "/api/v1/me/availability", headers=token), timed(client, "POST", "/login", data=form)
        )
        for path in TOUCHES_NOTHING:
            assert (await timed(client, "GET", path)).status_code == 200
    for path, answer in zip(("/", *PAGES, "/login"), (first, *answers, posted), strict=True):
        assert (path, answer.status_code) == (path, 503)
        assert "The database server doesn’t answer" in answer.text
        assert "Nothing you saved is lost" in answer.text
        assert answer.headers["retry-after"] == "5"
    assert (told.status_code, told.headers["content-type"]) == (503, "application/problem+json")
    assert told.json()["detail"].startswith("The database server doesn’t answer. Try again in a moment. Error id ")
    for path in ("/", "/login"):
        assert (await client.get(path)).status_code in {200, 303}, "it works again by itself"


async def test_a_bug_of_ours_is_not_taken_for_a_database_that_cannot_be_used(
    browser: Browser, app: App, alice: Person
) -> None:
    client = (await browser(alice)).http_client
    with app.db.write() as session:
        session.connection().exec_driver_sql("ALTER TABLE member RENAME COLUMN name TO called")
    with pytest.raises(ProgrammingError):  # answered with 500, and passed on for the log
        await client.get("/")


async def timed(client: httpx.AsyncClient, method: str, path: str, **more: object) -> httpx.Response:
    began = time.monotonic()
    answer = await client.request(method, path, **more)  # type: ignore[arg-type]
    assert time.monotonic() - began < IN_TIME, path
    return answer
