"""The audit log, for administrators: who did what to whom, when and from where."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import Depends, Request
from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.app import App
from oncall_ui.errors import NotAllowed
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from oncall_ui.services.audit.query import Entry, Found, read_log, who_acted
from pages.admin.address import DAYS, Chosen
from pages.admin.filters import Filters
from pages.layout import frame
from pages.opening import page
from pages.session import login_required, run_as
from pages.widgets.audit.list import AuditList
from pages.widgets.audit.words import line_of
from pages.widgets.dates import ago, count, day_words, zone_words
from pages.widgets.subnav import admin_subnav

ROUTE = "/admin/audit"
TICK_SECONDS = 60
KEPT = "Entries are kept for 12 months and can’t be edited or deleted here."


@dataclass(frozen=True, slots=True)
class Opened:
    """What the page opens with."""

    chosen: Chosen
    people: dict[int, str]
    found: Found
    newest: str
    """The newest line, as a sentence."""


def register(app: App) -> None:
    logged_in = login_required(app)

    # Not `async`: read in a thread, before anything is drawn; a member gets the page that doesn't exist.
    def opened(request: Request, me: Annotated[LoggedIn, Depends(logged_in)]) -> Opened:
        chosen, people = Chosen.of(request.query_params), who_acted(app, me.member.id)
        found = _read(app, me.member.id, chosen, me.member.tz)
        return Opened(chosen, people, found, _sentence(found))

    @page(ROUTE)
    async def audit_page(
        me: Annotated[LoggedIn, Depends(logged_in)], first: Annotated[Opened, Depends(opened)]
    ) -> None:
        with frame(app, me, "Audit log", "/admin"):
            screen = _Screen(app, me, first)
            await screen.start(first.found, first.newest)
        ui.timer(TICK_SECONDS, screen.tick, immediate=False)


class _Screen:
    """The elements, built once, and the lines that are shown."""

    def __init__(self, app: App, me: LoggedIn, first: Opened) -> None:
        self._app, self._me = app, me
        self._zone = me.member.tz
        self._chosen, self._number = first.chosen, 0
        self._entries: list[Entry] = []
        self._found, self._newest = first.found, ""
        self._head()
        admin_subnav(ROUTE)
        with html.section().classes("oc-card").props("aria-label=Entries"):
            self._filters = Filters(first.chosen, first.people, self._today, self._filter)
            self._list = AuditList(self._zone, self._more)
            with html.div().classes("oc-none") as self._none:
                TextElement(tag="p", text="No entries match").props("role=status")
                clear = ui.button("Clear filters", color=None, on_click=self._clear).props("unelevated no-caps")
                clear.classes("oc-btn")
        with html.p().classes("oc-note oc-icon oc-i-clock"):
            html.span(f"Times in {zone_words(self._zone)} time. {KEPT}")

    async def start(self, found: Found, newest: str) -> None:
        """Shows what the page opened with."""
        await self._show((), found, newest)

    def tick(self) -> None:
        """Shows what the time alone changes."""
        self._say()

    @property
    def _today(self) -> date:
        return _now().astimezone(self._zone).date()

    def _head(self) -> None:
        with html.header().classes("oc-head"):
            with html.div():
                html.h1("Audit log")
                with html.p().classes("oc-status is-idle") as self._lead:
                    self._words = TextElement(tag="b", text="")
                    self._rest = TextElement(tag="span", text="")
            with html.div().classes("oc-acts wide"):
                self._export = ui.link("Export CSV", "").classes("oc-btn oc-icon oc-i-download")

    async def _filter(self) -> None:
        """Reads what is chosen now, and writes it into the address."""
        chosen = self._filters.chosen
        if chosen is None or chosen == self._chosen:
            return
        self._chosen = chosen
        ui.navigate.history.replace(f"{ROUTE}{chosen.query}")
        await self._read(())

    async def _clear(self) -> None:
        self._filters.write(Chosen())
        await self._filter()
        self._filters.focus()

    async def _more(self) -> None:
        await self._read(tuple(self._entries))

    async def _read(self, before: Sequence[Entry]) -> None:
        """Shows the lines that follow `before`, below them. Of two readings, what was asked for last is shown."""
        self._number += 1
        number, client = self._number, ui.context.client
        try:
            found = await run_as(self._app, self._me, _read, self._chosen, self._zone, before[-1] if before else None)
        except NotAllowed:
            ui.navigate.to("/")  # no longer an administrator
            return
        newest = self._newest if before else await asyncio.to_thread(_sentence, found)
        if number == self._number and not client.is_deleted:
            await self._show(before, found, newest)

    async def _show(self, before: Sequence[Entry], found: Found, newest: str) -> None:
        self._entries, self._found, self._newest = [*before, *found.entries], found, newest
        rows = await asyncio.to_thread(self._list.rows, self._entries, _now())
        self._list.show(rows, found)
        self._none.set_visibility(not self._entries)
        self._export.props["href"] = f"{ROUTE}.csv{self._chosen.query}"
        self._say()

    def _say(self) -> None:
        span = self._span()
        if not self._entries:
            self._words.set_text("No entries")
            self._rest.set_text(f" {span}")
            return
        total = count(self._found.total, "entry", "entries")
        words = "the only entry" if self._found.total == 1 else f"the latest of {total}"
        self._words.set_text(self._newest)
        self._rest.set_text(f" · {ago(self._entries[0].at, self._zone, _now())}, {words} {span}")

    def _span(self) -> str:
        chosen, today = self._chosen, self._today
        if chosen == replace(chosen, first=None, last=None):
            return f"in {DAYS} days"
        first, last = chosen.first_day(today), chosen.last or today
        return f"on {day_words(first, today)}" if first == last else f"since {day_words(first, today)}"


def _read(app: App, admin_id: int, chosen: Chosen, zone: ZoneInfo, after: Entry | None = None) -> Found:
    return read_log(app, admin_id, chosen.wanted(zone, _now().astimezone(zone).date()), after)


def _sentence(found: Found) -> str:
    return line_of(found.entries[0]).text if found.entries else ""


def _now() -> datetime:
    return datetime.now(UTC)
