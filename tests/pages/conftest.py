"""Simulated browsers: NiceGUI's own, which run the pages without a network and see the tree of elements.

Every test here runs on both databases, as those of tests/services do.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import httpx
import pytest
from nicegui import core
from nicegui.testing import User

from oncall_ui.app import App
from oncall_ui.domain.accounts.login import LoginMethod
from oncall_ui.readiness import Readiness
from oncall_ui.services.accounts.logging_in.sessions import open_session
from pages import refresh, site
from tests.conftest import PASSWORD, Person
from tests.databases import settings
from tests.pages.simulation import PatientUser, session_cookie, simulation

__all__ = ["settings"]

Browser = Callable[..., Awaitable[User]]
QUICK = "test_every_page.py"
"""All that a fast run takes from here: a simulated browser costs a fifth of a second, and there are hundreds."""


def pytest_itemcollected(item: pytest.Item) -> None:
    if Path(__file__).parent in item.path.parents and item.path.name != QUICK:
        item.add_marker(pytest.mark.slow)


@pytest.fixture
def readiness(app: App) -> Readiness:
    """Asks nobody by itself: nothing is wrong until a test asks it."""
    return Readiness(app, seconds_since_look=lambda: 0.0)


@pytest.fixture
async def browser(app: App, readiness: Readiness, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Browser]:
    """`await browser(alice)` is a browser logged in as her, `await browser()` one logged in as nobody.

    It has a session of its own, as if she had come in by the form; `by_form=True` fills that in, at half the price of a
    page, for tests of what else a log-in leaves behind.
    """
    # A page that rests isn't idle, and tests wait until it is.
    monkeypatch.setattr(refresh, "TEAM_PAUSE_SECONDS", 0.05)
    async with simulation():
        app.hub.start()
        site.register(app, readiness)
        clients: list[httpx.AsyncClient] = []

        async def open_browser(person: Person | None = None, *, by_form: bool = False) -> User:
            client = httpx.AsyncClient(transport=httpx.ASGITransport(core.app), base_url="http://test")
            clients.append(client)
            if person is not None and not by_form:
                client.cookies.set("session", session_cookie(open_session(app, person.id, LoginMethod.PASSWORD)))
            elif person is not None:
                answer = await client.post("/login", data={"email": person.email, "password": PASSWORD})
                assert answer.headers["location"] == "/"
            return PatientUser(client)

        yield open_browser
        # What is published now would start work that outlives this loop, and NiceGUI would wait for it forever.
        app.hub.stop()
        for client in clients:
            await client.aclose()
