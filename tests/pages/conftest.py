"""Simulated browsers: NiceGUI's own, which run the pages without a network and see the tree of elements."""

import asyncio
import gc
from collections.abc import AsyncIterator, Awaitable, Callable

import httpx
import pytest
from nicegui import Client, core
from nicegui.testing import User, user_simulation

from oncall_ui.app import App
from pages import site
from tests.conftest import PASSWORD, Person

Browser = Callable[..., Awaitable[User]]


class PatientUser(User):
    """Waits for what a busy machine shows only after the page was sent."""

    async def open(self, path: str, *, clear_forward_history: bool = True) -> Client:
        client = await super().open(path, clear_forward_history=clear_forward_history)
        await idle()
        return client


async def idle(seconds: float = 20) -> None:
    """Returns once no page is reading."""
    deadline = asyncio.get_running_loop().time() + seconds
    while any(task.get_name() == "live view" for task in asyncio.all_tasks()):
        assert asyncio.get_running_loop().time() < deadline, "a page is still reading"
        await asyncio.sleep(0.02)


@pytest.fixture(scope="session", autouse=True)
def _small_heap() -> None:
    """The simulation collects garbage twice a test; what has been imported by now need not be looked through again."""
    gc.collect()
    gc.freeze()


@pytest.fixture
async def browser(app: App) -> AsyncIterator[Browser]:
    """`await browser(alice)` is a browser logged in as her, `await browser()` one logged in as nobody."""
    async with user_simulation():
        app.hub.start()
        site.register(app, is_ready=lambda: True)
        clients: list[httpx.AsyncClient] = []

        async def open_browser(person: Person | None = None) -> User:
            client = httpx.AsyncClient(transport=httpx.ASGITransport(core.app), base_url="http://test")
            clients.append(client)
            if person is not None:
                answer = await client.post("/login", data={"email": person.email, "password": PASSWORD})
                assert answer.headers["location"] == "/"
            return PatientUser(client)

        yield open_browser
        # What is told now would begin work that outlives this loop, and NiceGUI waits for such work without an end.
        app.hub.stop()
        for client in clients:
            await client.aclose()
