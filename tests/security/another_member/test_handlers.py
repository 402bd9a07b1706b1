"""Every handler of every page, fired by a browser whose session has ended: nothing changes.

A page stays open when its session runs out or is ended elsewhere, and its websocket with it. Generated from the
registered pages and the elements they draw: a new handler is fired by itself.
"""

import asyncio
from typing import Any

import pytest
from nicegui import Client, ui
from nicegui.testing import User

from oncall_ui.app import App
from tests.conftest import Person
from tests.databases import settings
from tests.pages.conftest import Browser
from tests.pages.helpers.seeing import elements, end_logins
from tests.pages.simulation import PATIENCE, PatientUser, under_way
from tests.security.another_member.test_routes import filled
from tests.security.another_member.world import Hers, everything, give

pytestmark = pytest.mark.slow  # every page

__all__ = ["settings"]

WITHOUT_SESSION = {
    "/login",
    "/login/forgot",
    "/setup",
    "/invite/{token}",
    "/reset/{token}",
    "/confirm/{token}",
    "/asks/{token}",
}
"""Pages that need no login; their forms are sent as any route is, see test_routes.py."""
STUCK_SECONDS = 3
"""A handler that does nothing for so long waits for a browser that isn't there."""
ARGUMENTS: tuple[Any, ...] = ({}, "x")
"""What a browser may send with an event; a handler that can't use one of them fails before it does anything."""


class StayingUser(PatientUser):
    """Goes nowhere once `stays` is set: a hostile browser doesn't leave when the page sends it to /login."""

    stays = False

    async def open(self, path: str, *, clear_forward_history: bool = True) -> Client:
        if self.stays and self.client is not None:
            return self.client
        return await super().open(path, clear_forward_history=clear_forward_history)


def pages() -> list[str]:
    return sorted({*Client.page_routes.values()} - WITHOUT_SESSION)


def fire_everything(user: User, hers: Hers, fired: set[tuple[str, str]]) -> None:
    """As a browser does, by the ids it knows: every handler that isn't in `fired` yet, where it is put."""
    assert user.client is not None
    for element in elements(user):
        for listener in list(element._event_listeners.values()):
            if listener.handler is None or (element.client.id, listener.id) in fired:
                continue
            fired.add((element.client.id, listener.id))
            for arguments in (*ARGUMENTS, hers["calendar_id"]):
                with user.client:
                    _fire(element, listener.id, arguments)


def _fire(element: ui.element, listener_id: str, arguments: Any) -> None:
    if element.is_deleted:
        return
    try:
        element._handle_event({"listener_id": listener_id, "args": arguments})
    except (TypeError, ValueError, KeyError, IndexError, AttributeError, AssertionError):
        return  # not what this handler is sent


async def opened(browser: Browser, app: App, person: Person) -> tuple[User, Hers]:
    user = await browser(person)
    return user, give(app, person)


async def test_nothing_changes_once_the_session_has_ended(app: App, browser: Browser, alice: Person) -> None:
    user, hers = await opened(browser, app, alice)
    visitors: list[tuple[str, StayingUser]] = []
    for path in pages():
        visitor = StayingUser(user.http_client)
        await visitor.open(filled(path, hers))
        visitor.stays = True
        visitors.append((path, visitor))
    await quiet(app)
    end_logins(app, alice)
    before, fired = everything(app), set[tuple[str, str]]()
    for path, visitor in visitors:
        # Twice: the first time may have opened dialogs, whose buttons are then pressed.
        for _ in range(2):
            fire_everything(visitor, hers, fired)
            await quiet(app)
        assert everything(app) == before, path
    assert len(fired) > 100, "the pages have far more handlers: none are found"


@pytest.mark.parametrize("path", ["/privacy", "/calendars"])
async def test_the_same_events_change_something_while_it_lasts(
    app: App, browser: Browser, alice: Person, path: str
) -> None:
    """What is fired above does reach the handlers."""
    user, hers = await opened(browser, app, alice)
    visitor = StayingUser(user.http_client)
    await visitor.open(path)
    visitor.stays = True  # one of the buttons leads away, and may be faster than what the others do
    before, fired = everything(app, _is_presence), set[tuple[str, str]]()
    for _ in range(2):
        fire_everything(visitor, hers, fired)
        await quiet(app)
    assert everything(app, _is_presence) != before


async def quiet(app: App) -> None:
    """Returns when what was pressed has been handled, or waits for somebody, as a dialog does."""
    await app.hub.flush()
    async with asyncio.timeout(PATIENCE):
        while passing := {task for task in under_way() if not _asks_somebody(task)}:
            done, _ = await asyncio.wait(passing, timeout=STUCK_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            if not done:
                return


def _asks_somebody(task: asyncio.Task[Any]) -> bool:
    """Whether it waits in a dialog."""
    inner: Any = task.get_coro()
    while inner is not None:
        if getattr(inner, "__qualname__", "") == "Dialog.__await__":
            return True
        inner = getattr(inner, "cr_await", None) or getattr(inner, "gi_yieldfrom", None)
    return False


def _is_presence(table: str, _row: dict[str, Any]) -> bool:
    """Rows that change when a member is only seen."""
    return table in {"login_session", "member"}
