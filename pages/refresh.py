"""Keeps open pages up to date: one reading at a time, and one more if something changed meanwhile."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from inspect import iscoroutinefunction
from time import perf_counter
from typing import Any, Generic, TypeVar
from weakref import WeakValueDictionary

from nicegui import background_tasks, ui

from oncall_ui.app import App
from oncall_ui.errors import NotLoggedIn
from oncall_ui.hub import Change, Missed, ScheduleChanged, SessionEnded
from oncall_ui.reporting.ids import carry_only
from oncall_ui.reporting.metrics import SHOWN
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from oncall_ui.services.connections.views import ConnectionView, list_connections
from pages.pace import pace_of
from pages.page_ids import ids_of
from pages.session import Presence
from pages.shared_reading import SharedReading

PATIENCE_SECONDS = 1.0
"""How long a page waits for its content before it is sent without."""
TEAM_PAUSE_SECONDS = 2.0
"""Between two readings of the whole team: during imports something changes every second."""
CATCH_UP_SECONDS = 0.1
"""How long other pages wait for one that is read again in case it missed something."""
LEAVING_SECONDS = 5.0
"""By then the browser has left a page that sends it elsewhere, or never will."""
EVERY_SCHEDULE = 0
"""In place of a schedule's id: whichever changes."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a reading has to cover."""

    at: float
    """When it was last asked for, by `perf_counter`: what changed before then must be in it."""
    changes: frozenset[Change]
    """What changed since the last reading; empty if the page just opened, or only time has passed."""


class LiveView(Generic[T]):
    """Part of a page that is read again after each change. Create it while the page is built.

    `read` blocks and runs in a thread, or is a coroutine function that waits for what pages read together (see
    SharedReading); readings of one view never overlap. `show` patches elements with what was read, on the event loop.
    The session is checked before each reading: once it has ended, the page goes to /login and nothing is read. While no
    browser is connected nothing is read either; the page catches up when its browser connects. When another process is
    gone and may have told nobody what it stored, all pages are read again, one after the other.

    `of_team` follows every member's changes instead of the member's own, `of_accounts` also what only administrators
    see of accounts. `of_schedule` adds the changes of one schedule, or of EVERY_SCHEDULE but for the progress of their
    planning. After each reading the page rests as long as reading and drawing took, and all pages together leave half
    of the event loop to everything else (see Pace).
    """

    def __init__(
        self,
        app: App,
        me: LoggedIn,
        read: Callable[[Wanted], T] | Callable[[Wanted], Awaitable[T]],
        show: Callable[[T], None],
        *,
        of_team: bool = False,
        of_accounts: bool = False,
        of_schedule: int | None = None,
    ) -> None:
        self._read: Callable[[Wanted], Any] = read
        self._show = show
        self._waits = iscoroutinefunction(read)
        self._presence, self._pace = Presence(app, me), pace_of(app)
        self._pause = TEAM_PAUSE_SECONDS if of_team or of_accounts else 0
        self._client = ui.context.client
        self._asked_at: float | None = None
        self._changes: frozenset[Change] = frozenset()
        self._task: asyncio.Task[None] | None = None
        self._is_filled, self._is_read = asyncio.Event(), asyncio.Event()
        self._is_held = False
        self._client.on_connect(self._catch_up)
        self._client.on_delete(self._let_go)
        if of_accounts:
            self._client.on_delete(app.hub.subscribe_accounts(self._changed))
        elif of_team:
            self._client.on_delete(app.hub.subscribe_all(self._changed))
        else:
            self._client.on_delete(app.hub.subscribe(me.member.id, self._changed))
        self._schedule = of_schedule
        if of_schedule is not None:
            self._client.on_delete(app.hub.subscribe_schedules(self._schedule_changed))

    def refresh(self) -> None:
        """Reads again, soon."""
        self._asked_at = perf_counter()
        if self._task is None or self._task.done():
            self._task = background_tasks.create(self._keep_up(), name="live view", context=self._client)

    def hold(self) -> Callable[[], None]:
        """Reads no change for five seconds, or until what it returns is called: the page may be about to be left."""
        self._is_held = True
        timer = asyncio.get_running_loop().call_later(LEAVING_SECONDS, self._release)

        def release() -> None:
            timer.cancel()
            self._release()

        return release

    async def first(self) -> None:
        """Reads, and returns once it is shown; if that takes too long, the page is sent first and filled later."""
        self.refresh()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._is_filled.wait(), PATIENCE_SECONDS)

    def _let_go(self) -> None:
        """Of what shows it: a page that has closed neither reads nor draws any more."""
        self._show, self._read = _nothing, _nothing

    def _changed(self, changes: frozenset[Change]) -> None:
        news = {each for each in changes if not isinstance(each, SessionEnded)}
        self._changes |= news
        if news == {Missed()}:
            background_tasks.create(self._catch_up_in_turn(), name="catch up", context=self._client)
        else:
            self._catch_up()

    def _schedule_changed(self, changes: frozenset[Change]) -> None:
        if any(isinstance(each, ScheduleChanged) and self._concerns(each) for each in changes):
            self._changed(changes)

    def _concerns(self, change: ScheduleChanged) -> bool:
        # A page of many schedules would read all of them again twice a second while one is planned.
        return change.schedule_id == self._schedule or (self._schedule == EVERY_SCHEDULE and not change.is_progress)

    def _release(self) -> None:
        self._is_held = False
        self._catch_up()

    def _catch_up(self) -> None:
        if self._changes and not self._is_held and self._client.has_socket_connection:
            self.refresh()

    async def _catch_up_in_turn(self) -> None:
        """Two hundred pages at once would keep every thread busy, and pages that open waiting."""
        async with self._pace.after_others():
            self._catch_up()
            if self._asked_at is not None:  # else it has been read meanwhile, or nobody looks
                self._is_read.clear()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._is_read.wait(), CATCH_UP_SECONDS)

    async def _keep_up(self) -> None:
        # Whose change it shows began this task.
        carry_only(**ids_of(self._client))
        with self._client:
            while self._asked_at is not None and not self._client.is_deleted:
                wanted = Wanted(self._asked_at, self._changes)
                self._asked_at, self._changes = None, frozenset()
                began_at = perf_counter()
                try:
                    await self._presence.ask()
                except NotLoggedIn:
                    return
                if self._client.is_deleted:
                    return
                seen = await (self._read(wanted) if self._waits else asyncio.to_thread(self._read, wanted))
                read_at = perf_counter()
                # Somebody waits for what isn't a change: a page that opens, or an answer to a press.
                async with self._pace.turn() if wanted.changes else contextlib.nullcontext():
                    drawing_at = perf_counter()
                    if not self._client.is_deleted:
                        self._show(seen)
                        self._is_filled.set()
                        self._is_read.set()
                        if wanted.changes:
                            SHOWN.observe(perf_counter() - wanted.at)
                await asyncio.sleep(max(self._pause, perf_counter() - drawing_at + read_at - began_at))


def _nothing(_: object) -> Any:
    """In place of what a closed page read or showed."""


class Connections:
    """A member's connections, read once for all their open pages."""

    def __init__(self, app: App, member_id: int) -> None:
        self._app, self._member_id = app, member_id
        self._last = SharedReading[Sequence[ConnectionView]]()

    async def read(self, wanted: Wanted) -> Sequence[ConnectionView]:
        return (await self.begun(wanted))[1]

    async def begun(self, wanted: Wanted) -> tuple[float, Sequence[ConnectionView]]:
        """With the time at which they were asked for, by `perf_counter`."""
        return await self._last.begun(wanted.at, lambda: list_connections(self._app, self._member_id))


class LiveConnections(LiveView[Sequence[ConnectionView]]):
    """The member's connections on one page, for its frame and whatever else on it shows them."""

    def __init__(self, app: App, me: LoggedIn) -> None:
        self.connections = connections_of(app, me.member.id)
        self._watching: list[Callable[[Sequence[ConnectionView]], None]] = []
        super().__init__(app, me, self.connections.read, self._show_all)

    def watch(self, show: Callable[[Sequence[ConnectionView]], None]) -> None:
        """Calls `show` with each reading, on the event loop, in the page's context."""
        self._watching.append(show)

    def _let_go(self) -> None:
        super()._let_go()
        self._watching.clear()

    def _show_all(self, connections: Sequence[ConnectionView]) -> None:
        for show in self._watching:
            show(connections)


_OPEN: WeakValueDictionary[tuple[int, int], Connections] = WeakValueDictionary()
"""By app and member; gone with the last page that holds it."""


def connections_of(app: App, member_id: int) -> Connections:
    """The same object for all open pages of the member."""
    return _OPEN.setdefault((id(app), member_id), Connections(app, member_id))
