"""What a page knows of its member's connections, kept up: read again after each change, shown to whoever watches."""

import asyncio
from collections.abc import Callable, Sequence

from nicegui import background_tasks, ui

from oncall_ui.app import App
from oncall_ui.errors import NotLoggedIn
from oncall_ui.hub import CalendarChanged, Change, MemberChanged
from oncall_ui.services.accounts.sessions import LoggedIn
from oncall_ui.services.connections.views import ConnectionView, list_connections
from pages.auth import still_here

Show = Callable[[Sequence[ConnectionView]], None]


class Live:
    """One for a page, made while it is built. At most one reading at a time, and another after it if one was wanted.

    A page whose browser is gone, or isn't there yet, stays for a while: it is kept up from when its browser comes.
    """

    def __init__(self, app: App, me: LoggedIn) -> None:
        self._app, self._me = app, me
        self._client = ui.context.client
        self._watching: list[Show] = []
        self._is_wanted = self._is_behind = False
        self._task: asyncio.Task[None] | None = None

        def changed(changes: frozenset[Change]) -> None:
            if any(isinstance(change, CalendarChanged | MemberChanged) for change in changes):
                self._is_behind = True
                catch_up()

        def catch_up() -> None:
            if self._is_behind and self._client.has_socket_connection:
                self._is_behind = False
                self.refresh()

        self._client.on_connect(catch_up)
        self._client.on_delete(app.hub.subscribe(me.member.id, changed))

    def watch(self, show: Show) -> None:
        """`show` patches elements; it is called on the event loop, in the page's context."""
        self._watching.append(show)

    def refresh(self) -> None:
        """Reads again, soon."""
        self._is_wanted = True
        if self._task is None or self._task.done():
            self._task = background_tasks.create(self._read(), name="live")

    def show(self, connections: Sequence[ConnectionView]) -> None:
        """What the page has just read itself."""
        for show in self._watching:
            show(connections)

    async def _read(self) -> None:
        while self._is_wanted and not self._client.is_deleted:
            self._is_wanted = False
            with self._client:
                try:
                    await still_here(self._app, self._me)
                except NotLoggedIn:
                    return
                connections = await asyncio.to_thread(list_connections, self._app, self._me.member.id)
                if not self._client.is_deleted:
                    self.show(connections)


def ask_before_leaving(asks: bool) -> None:
    """Whether the browser asks before it leaves this page, since something typed or switched isn't saved."""
    verb = "add" if asks else "remove"
    ui.run_javascript(
        "window.oncallAsks ??= (event) => event.preventDefault();"
        f"window.{verb}EventListener('beforeunload', window.oncallAsks)"
    )


def leave_unasked(route: str) -> None:
    """Goes to `route` although something may be unsaved."""
    client = ui.context.client
    ask_before_leaving(False)

    def go() -> None:
        with client:
            ui.navigate.to(route)

    # Script is sent by a task of its own, at the loop's next turn; the way must not open before it.
    asyncio.get_running_loop().call_soon(go)
