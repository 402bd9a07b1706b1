"""A page that has closed is gone, without Python's collector, whatever it was doing."""

import asyncio
import gc
import threading
import weakref

import pytest
from nicegui import Client

from oncall_ui.app import App
from pages.refresh import LiveView
from pages.session import Presence
from tests.conftest import Person
from tests.pages.conftest import Browser
from tests.pages.helpers.forms import until
from tests.pages.helpers.home import add_calendar
from tests.pages.simulation import settled


def client_of(path: str) -> Client:
    found = [each for each in Client.instances.values() if each._request is not None and each.request.url.path == path]
    return found[-1]


@pytest.mark.parametrize("path", ["/calendars", "/"])
async def test_it_goes_at_once(browser: Browser, app: App, bob: Person, path: str) -> None:
    for name in ("Work", "Home"):
        add_calendar(app, bob, name)
    user = await browser(bob)
    await user.http_client.get(path)
    await settled(app.hub)
    client = client_of(path)
    left, elements = weakref.ref(client), [weakref.ref(each) for each in client.elements.values()]
    gc.disable()
    try:
        client.delete()
        del client
        await until(lambda: left() is None)
        alive = [each for each in elements if each() is not None]
        assert len(alive) <= len(elements) / 10, [str(each()) for each in alive]
    finally:
        gc.enable()


@pytest.mark.parametrize("moment", ["asking", "reading"])
async def test_what_it_reads_when_it_closes_is_shown_nowhere(
    browser: Browser,
    app: App,
    bob: Person,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    moment: str,
) -> None:
    is_there, goes_on = threading.Event(), threading.Event()
    seen: list[str] = []
    ask = Presence.ask

    async def slow(presence: Presence) -> None:
        is_there.set()
        await asyncio.to_thread(goes_on.wait)
        await ask(presence)

    def read(_wanted: object) -> str:
        seen.append("read")
        is_there.set()
        goes_on.wait()
        return "shown"

    user = await browser(bob)
    client = await user.open("/help")
    if moment == "asking":
        monkeypatch.setattr(Presence, "ask", slow)
    try:
        with client:
            LiveView(app, bob.me, read, seen.append).refresh()
        await until(is_there.is_set)
        client.delete()
    finally:
        goes_on.set()
    await settled(app.hub)
    assert seen == (["read"] if moment == "reading" else [])
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


async def test_it_may_be_closed_for_two_reasons_at_once(browser: Browser, bob: Person) -> None:
    user = await browser(bob)
    await user.http_client.get("/help")
    client = client_of("/help")
    for _ in range(2):
        client.delete()
    assert client.id not in Client.instances
