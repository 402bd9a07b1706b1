"""The notice on Home while no calendar can be read, and what /readyz answers meanwhile."""

import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from oncall_ui.app import App
from oncall_ui.readiness import Readiness, Reason
from tests.conftest import Person, settings
from tests.monotonic import Clock, clock
from tests.pages.conftest import Browser

__all__ = ["clock", "settings"]
"""On SQLite only, whose file can be put elsewhere; tests/test_readiness.py has every problem of both databases."""

HEADING = "Calendars aren’t being read"
FOR_MEMBERS = "What was read before still counts. Your administrator can see why on their Home page."


class Looks:
    """A scheduler that looks, or has stopped."""

    seconds = 0.3

    def since(self) -> float:
        return self.seconds


@pytest.fixture
def looks() -> Looks:
    return Looks()


@pytest.fixture
def readiness(app: App, clock: Clock, looks: Looks) -> Readiness:
    return Readiness(app, looks.since, clock=clock)


Ask = Callable[[], Awaitable[None]]


@pytest.fixture
async def ask(app: App, readiness: Readiness, clock: Clock) -> Ask:
    """A round of checks, as there is one every few seconds. In the first one all is well."""
    assert await app.workers.answers(30)
    assert await readiness.problem() is None

    async def again() -> None:
        clock.seconds += 1
        await readiness.problem()

    return again


async def test_administrators_see_the_reason_come_and_go(
    browser: Browser, alice: Person, looks: Looks, ask: Ask
) -> None:
    page = await browser(alice)
    await page.open("/")
    await page.should_not_see(HEADING)
    looks.seconds = 60
    await ask()
    await page.should_see(HEADING)
    await page.should_see(Reason.LOOKS_STOPPED.sentence)
    looks.seconds = 0.3
    await ask()
    await page.should_not_see(HEADING)


async def test_members_see_what_it_means_for_them(browser: Browser, bob: Person, looks: Looks, ask: Ask) -> None:
    page = await browser(bob)
    await page.open("/")
    looks.seconds = 60
    await ask()
    await page.should_see(HEADING)
    await page.should_see(FOR_MEMBERS)
    await page.should_not_see(Reason.LOOKS_STOPPED.what, retries=1)


async def test_a_page_that_is_opened_meanwhile_has_it(browser: Browser, alice: Person, looks: Looks, ask: Ask) -> None:
    looks.seconds = 60
    await ask()
    page = await browser(alice)
    await page.open("/")
    await page.should_see(Reason.LOOKS_STOPPED.sentence)


async def test_an_open_page_needs_no_database_to_show_it(app: App, browser: Browser, alice: Person, ask: Ask) -> None:
    page = await browser(alice)
    await page.open("/")
    file = Path(str(app.db.engine.url.database))
    app.db.close()
    file.rename(file.with_suffix(".kept"))
    await ask()
    await page.should_see(Reason.DATABASE_MISSING.sentence)
    file.with_suffix(".kept").rename(file)
    await ask()
    await page.should_not_see(HEADING)


async def test_a_disk_that_is_nearly_full_is_for_administrators(
    app: App, browser: Browser, alice: Person, bob: Person, readiness: Readiness, ask: Ask
) -> None:
    hers, his = await browser(alice), await browser(bob)
    await hers.open("/")
    await his.open("/")
    folder = app.settings.data_dir
    app.db.close()
    folder.rename(folder.with_suffix(".kept"))
    await ask()
    await hers.should_see(Reason.DATA_FOLDER_UNREADABLE.sentence)
    await his.should_see(HEADING)  # the database was in there, too
    folder.with_suffix(".kept").rename(folder)
    readiness.little_space = shutil.disk_usage(folder).total + 1
    await ask()
    await hers.should_see("Imports may stop soon")
    await hers.should_see(Reason.DISK_NEARLY_FULL.sentence)
    await his.should_not_see(HEADING)
    await his.should_not_see("Imports may stop soon", retries=1)


async def test_a_closed_page_is_forgotten(browser: Browser, alice: Person, readiness: Readiness) -> None:
    page = await browser(alice)
    client = await page.open("/")
    assert readiness.listeners
    client.delete()
    assert len(readiness.listeners) == 0


async def test_readyz_says_why_and_what_to_do(browser: Browser, looks: Looks, clock: Clock, ask: Ask) -> None:
    asker = (await browser()).http_client
    await ask()
    answer = await asker.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ready"})
    looks.seconds = 60
    clock.seconds += 1
    answer = await asker.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {
        "status": "not ready",
        "reasons": ["looks_stopped"],
        "details": [Reason.LOOKS_STOPPED.sentence],
    }
