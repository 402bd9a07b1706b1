"""Keeps a page of the whole team up: read again when anybody's calendars changed, in a thread, not too often."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Generic, TypeVar

from nicegui import background_tasks, ui

from oncall_ui.app import App
from oncall_ui.errors import NotLoggedIn
from oncall_ui.hub import Change, MemberChanged
from oncall_ui.services.accounts.sessions import LoggedIn
from pages.auth import still_here

PAUSE_SECONDS = 2.0
"""Between two readings: while calendars are imported, something changes every second."""
PATIENCE_SECONDS = 1.0
"""How long a page waits for its content before it is sent without."""
TICK_SECONDS = 60

T = TypeVar("T")


class TeamLive(Generic[T]):
    """One for a page, made while it is built. `read` blocks; `show` patches elements, on the event loop.

    `read` is told whether to look at everything, or only at what a calendar's row would show.
    """

    def __init__(self, app: App, me: LoggedIn, read: Callable[[bool], T], show: Callable[[T], None]) -> None:
        self._app, self._me, self._read_it, self._show = app, me, read, show
        self._client = ui.context.client
        self._is_wanted = self._is_wanted_in_full = self._is_behind = self._is_behind_in_full = False
        self._task: asyncio.Task[None] | None = None
        self._is_filled = asyncio.Event()

        def changed(changes: frozenset[Change]) -> None:
            self._is_behind = True
            # The row of one calendar tells what its reading brought; anything else may have changed without a trace.
            self._is_behind_in_full |= any(isinstance(each, MemberChanged) for each in changes)
            catch_up()

        def catch_up() -> None:
            # As in live.py: a page is kept up while a browser shows it.
            if self._is_behind and self._client.has_socket_connection:
                in_full, self._is_behind, self._is_behind_in_full = self._is_behind_in_full, False, False
                self.refresh(in_full=in_full)

        self._client.on_connect(catch_up)
        self._client.on_delete(app.hub.subscribe_all(changed))

    async def first(self) -> None:
        """Returns when the page is filled; a reading that takes longer fills it after it was sent."""
        self.refresh(in_full=True)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._is_filled.wait(), PATIENCE_SECONDS)
        # Not before: a timer that waits for its browser has the page sent at once.
        ui.timer(TICK_SECONDS, self.refresh)

    def refresh(self, *, in_full: bool = False) -> None:
        """Reads again, soon."""
        self._is_wanted = True
        self._is_wanted_in_full |= in_full
        if self._task is None or self._task.done():
            self._task = background_tasks.create(self._keep_up(), name="team")

    async def _keep_up(self) -> None:
        while self._is_wanted and not self._client.is_deleted:
            in_full, self._is_wanted, self._is_wanted_in_full = self._is_wanted_in_full, False, False
            with self._client:
                try:
                    await still_here(self._app, self._me)
                except NotLoggedIn:
                    return
                seen = await asyncio.to_thread(self._read_it, in_full)
                if not self._client.is_deleted:
                    self._show(seen)
                    self._is_filled.set()
            await asyncio.sleep(PAUSE_SECONDS)
