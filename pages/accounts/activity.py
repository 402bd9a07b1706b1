"""Activity: a member's own part of the audit log."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import Depends
from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.app import App
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from oncall_ui.services.audit.query import Entry, Found, read_own
from pages.layout import frame
from pages.opening import page
from pages.session import login_required, run_as
from pages.widgets.audit.list import AuditList
from pages.widgets.audit.words import line_of
from pages.widgets.dates import ago, count, moment_words
from pages.widgets.subnav import profile_subnav

ROUTE = "/you/activity"
NOT_YOU = ("Not you? Change your password", "/you/security")
NOTE = "Your part of the audit log: what you did, and what others did to your account. Kept for 12 months."


WARNS_FOR = timedelta(days=7)


def register(app: App) -> None:
    logged_in = login_required(app)

    # Not `async`: read in a thread, before anything is drawn.
    def newest(me: Annotated[LoggedIn, Depends(logged_in)]) -> Found:
        return read_own(app, me.member.id)

    @page(ROUTE)
    async def activity_page(
        me: Annotated[LoggedIn, Depends(logged_in)], found: Annotated[Found, Depends(newest)]
    ) -> None:
        with frame(app, me, "Activity", "/you"):
            await _Screen(app, me).show((), found)


class _Screen:
    """The elements, built once, and the lines that are shown."""

    def __init__(self, app: App, me: LoggedIn) -> None:
        self._app, self._me, self._zone = app, me, me.member.tz
        self._entries: list[Entry] = []
        with html.header().classes("oc-head"):
            with html.div():
                html.h1("Activity")
                with html.p().classes("oc-status") as self._lead:
                    self._words = TextElement(tag="b", text="")
                    self._rest = TextElement(tag="span", text="")
            with html.div().classes("oc-acts wide"):
                ui.link("Export CSV", f"{ROUTE}.csv").classes("oc-btn oc-icon oc-i-download")
        profile_subnav(ROUTE)
        with html.section().classes("oc-card oc-own").props("aria-label=Entries"):
            self._list = AuditList(self._zone, self._more, viewer=me.member.id, after_failure=NOT_YOU)
        with html.p().classes("oc-note oc-icon oc-i-clock"):
            html.span(NOTE)

    async def show(self, before: Sequence[Entry], found: Found) -> None:
        """Shows the lines that follow `before`, below them."""
        self._entries = [*before, *found.entries]
        rows = await asyncio.to_thread(self._list.rows, self._entries, _now())
        self._list.show(rows, found)
        is_calm, words, rest = await asyncio.to_thread(self._lead_words, found)
        self._words.set_text(words)
        self._rest.set_text(rest)
        self._lead.classes(
            add="is-idle" if is_calm else "is-warn oc-a", remove="is-warn oc-a" if is_calm else "is-idle"
        )

    async def _more(self) -> None:
        client, before = ui.context.client, tuple(self._entries)
        found = await run_as(self._app, self._me, read_own, before[-1])
        if not client.is_deleted and len(self._entries) == len(before):
            await self.show(before, found)

    def _lead_words(self, found: Found) -> tuple[bool, str, str]:
        """Failed log-ins first; whether there are none, and the sentence."""
        if not self._entries:
            return True, "No entries yet", ""
        total = count(found.total, "entry", "entries")
        for entry in self._entries:
            if entry.is_failure and _now() - entry.at < WARNS_FOR:
                words = count(int(entry.facts.get("count", 1)), "failed log-in")
                when = moment_words(entry.at, self._zone, _now().astimezone(self._zone).date())
                return False, f"{words} {'at' if ',' not in when else 'on'} {when}", f" · {total} in 12 months"
        newest = self._entries[0]
        when = ago(newest.at, self._zone, _now())
        return True, line_of(newest, self._me.member.id).text, f" · {when}, the latest of {total}"


def _now() -> datetime:
    return datetime.now(UTC)
