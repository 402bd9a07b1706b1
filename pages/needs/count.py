"""How many things need an administrator: counted once a process, and shown at the link to Admin on all their pages."""

import asyncio
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from weakref import WeakValueDictionary
from zoneinfo import ZoneInfo

from nicegui import background_tasks, ui

from oncall_ui.app import App
from oncall_ui.doctor.finding import Finding
from oncall_ui.doctor.for_administrators import local_findings
from oncall_ui.readiness import Readiness
from oncall_ui.services.installation.status import watched
from pages.needs.alerts import alerts
from pages.refresh import LiveConnections
from pages.widgets.dates import count

HOLDS_SECONDS = 20.0
EXAMINED_SECONDS = 600.0
"""The doctor opens every stored credential, so it is asked less often."""
Show = Callable[[int], object]


class Needs:
    """Of one app. `look` when somebody looks: nothing is checked while no administrator has a page open."""

    def __init__(self, app: App, readiness: Readiness) -> None:
        self._app, self._readiness = app, readiness
        self._looked = self._examined = float("-inf")
        self._looking = asyncio.Lock()
        self._listeners: dict[object, Show] = {}
        self.findings: Sequence[Finding] = ()
        """What the doctor found without asking anybody."""
        self.number = 0
        _OF_APP[id(app)] = self

    async def look(self) -> None:
        """Counts again, unless that was done a moment ago."""
        async with self._looking:
            moment = time.monotonic()
            if moment - self._looked < HOLDS_SECONDS:
                return
            if moment - self._examined >= EXAMINED_SECONDS:
                self.findings = await asyncio.to_thread(local_findings, self._app)
                self._examined = moment
            seen = await asyncio.to_thread(watched, self._app, datetime.now(UTC))
            number = len(alerts(seen, self._readiness.shown, ZoneInfo("UTC"), self.findings))
            self._looked = moment
            if number != self.number:
                self.number = number
                for show in list(self._listeners.values()):
                    show(number)

    def look_soon(self) -> None:
        if time.monotonic() - self._looked >= HOLDS_SECONDS:
            background_tasks.create(self.look(), name="needs of administrators")

    def look_again(self) -> None:
        """Soon, because something changed."""
        self._looked = float("-inf")
        self.look_soon()

    def watch(self, show: Show) -> Callable[[], None]:
        """Calls `show` when the number has changed, until the returned function is called."""
        key = object()
        self._listeners[key] = show
        stop = self._readiness.watch(lambda _problem: self.look_again())

        def unwatch() -> None:
            del self._listeners[key]
            stop()

        return unwatch


_OF_APP: WeakValueDictionary[int, Needs] = WeakValueDictionary()


class NeedsCount:
    """The number, at each place where it was added; gone where nothing needs anybody."""

    def __init__(self) -> None:
        self._badges: list[ui.label] = []

    def add(self) -> str:
        """The badge's id."""
        badge = ui.label().classes("oc-count").props("role=img")
        badge.set_visibility(False)
        self._badges.append(badge)
        return badge.html_id

    def show(self, number: int) -> None:
        for badge in self._badges:
            badge.set_text(str(number))
            badge.props["aria-label"] = f"{count(number, 'thing')} {'needs' if number == 1 else 'need'} you"
            badge.set_visibility(number > 0)


def follow_needs(app: App, counted: NeedsCount, live: LiveConnections) -> None:
    """Keeps the number up to date on the page that is built. It looks whenever the page reads anything."""
    needs = _OF_APP.get(id(app))
    if needs is None:  # an app without Admin
        return
    client = ui.context.client
    counted.show(needs.number)
    client.on_delete(needs.watch(counted.show))
    live.watch(lambda _connections: needs.look_soon())
