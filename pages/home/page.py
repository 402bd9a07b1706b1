"""Home: when the member can't be on call, what comes up, and whether the calendars are read."""

import asyncio
import contextlib
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends
from nicegui import background_tasks, html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.app import App
from oncall_ui.services.accounts.sessions import LoggedIn
from oncall_ui.services.connections.views import ConnectionView
from pages.home.agenda import Agenda
from pages.home.alerts import Alerts, alerts
from pages.home.calendar_list import CalendarList
from pages.home.first_steps import FirstSteps
from pages.home.manual_days import ByHand
from pages.home.overview import Overview, calm, lead, look
from pages.layout import frame
from pages.refresh import Live
from pages.session import login_required
from pages.widgets.strip import Strip

TICK_SECONDS = 30
PATIENCE_SECONDS = 1.0
"""How long the page waits for its content before it is sent without."""


def register(app: App) -> None:
    @ui.page("/")
    async def home_page(me: Annotated[LoggedIn, Depends(login_required(app))]) -> None:
        with frame(app, me, "Home", "/") as live:
            watch = _Watch(app, me, _Screen(app, me), live)
            live.watch(watch.connections)
        await watch.first()
        # Not before: a timer that waits for its browser has the page sent at once.
        ui.timer(TICK_SECONDS, watch.tick)


class _Screen:
    """The elements, drawn once; `show` patches them."""

    def __init__(self, app: App, me: LoggedIn) -> None:
        with html.header().classes("oc-head"):
            with html.div():
                html.h1("Home")
                with html.p().classes("oc-status is-busy") as self._lead:
                    self._words = TextElement(tag="b", text="Looking at your calendars")
                    self._rest = TextElement(tag="span", text="")
            self._by_hand = ByHand(app, me)
        self._css = "is-busy"
        self._alerts = Alerts(app, me)
        self._start = FirstSteps(app)
        self._strip = Strip("Your availability")
        with html.div().classes("oc-two") as self._two:
            self._agenda = Agenda("Coming up", me.member.tz, self._by_hand.remove)
            with html.div().classes("oc-stack"):
                with html.section().classes("oc-card").props("aria-labelledby=calendars") as self._calendars:
                    with html.div().classes("oc-card-head"):
                        html.h2("Calendars").classes("grow").props("id=calendars")
                        ui.link("Manage", "/calendars").classes("oc-more")
                    self._statuses = CalendarList()
                self._by_hand.draw_list()
                with html.p().classes("oc-note oc-icon oc-i-shield"):
                    html.span(
                        "Kept of your events: when you are blocked or would like to be on call. "
                        "Titles are looked at and forgotten."
                    )

    def show(self, seen: Overview, now: datetime) -> None:
        self._show_lead(seen, now)
        self._alerts.show(alerts(seen.watched, seen.zone, now))
        self._start.show(seen)
        self._calendars.set_visibility(bool(seen.connections))
        self._two.set_visibility(bool(seen.connections or seen.own.manual or seen.lines))
        self._strip.show(seen.picture)
        self._agenda.show(seen.to_come(now), seen.today, calm(seen, now))
        self._by_hand.show(seen.own.manual, seen.today)
        self._statuses.show(seen.watched, seen.zone, now)

    def _show_lead(self, seen: Overview, now: datetime) -> None:
        said = lead(seen, now)
        self._words.set_text(said.words)
        self._rest.set_text(said.rest)
        if said.css != self._css:
            self._lead.classes(add=said.css, remove=self._css)
            self._css = said.css


class _Watch:
    """Keeps the screen up. One reading of availability at a time, another after it when one was wanted meanwhile."""

    def __init__(self, app: App, me: LoggedIn, screen: _Screen, live: Live) -> None:
        self._app, self._member, self._screen, self._live = app, me.member, screen, live
        self._client = ui.context.client
        self._connections: Sequence[ConnectionView] = ()
        self._seen: Overview | None = None
        self._is_wanted = False
        self._task: asyncio.Task[None] | None = None
        self._is_filled = asyncio.Event()

    async def first(self) -> None:
        """Returns when the screen is filled; a reading that takes longer fills it after it was sent."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._is_filled.wait(), PATIENCE_SECONDS)

    def connections(self, now: Sequence[ConnectionView]) -> None:
        self._connections = now
        self._is_wanted = True
        if self._task is None or self._task.done():
            self._task = background_tasks.create(self._read(), name="home")

    def tick(self) -> None:
        """What time changes by itself: the minutes in words, what is over, the day."""
        now = _now()
        if self._seen is None:
            return
        if self._seen.today == now.astimezone(self._member.tz).date():
            self._screen.show(self._seen, now)
        else:
            self._live.refresh()

    async def _read(self) -> None:
        while self._is_wanted and not self._client.is_deleted:
            self._is_wanted = False
            seen = await asyncio.to_thread(look, self._app, self._member, self._connections, _now(), self._seen)
            if seen.own.zone != self._member.zone:
                with self._client:
                    ui.navigate.reload()  # every word of this page is said in the zone it was opened in
                return
            if not self._client.is_deleted:
                self._seen = seen
                self._screen.show(seen, _now())
                self._is_filled.set()


def _now() -> datetime:
    return datetime.now(UTC)
