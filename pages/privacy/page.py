"""What we keep about you: all of it, in words and as it stands; to take away, and to take back."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends
from nicegui import background_tasks, html, ui

from oncall_ui.app import App
from oncall_ui.errors import NotAllowed
from oncall_ui.services.accounts.sessions import LoggedIn, log_out_others
from oncall_ui.services.privacy.stored_data import StoredData, StoredInterval, intervals_of, stored_data
from pages.auth import act, required
from pages.layout import frame
from pages.privacy.erase import Erase
from pages.privacy.sharing import Outlets, Ways, ways_out
from pages.privacy.stored import FIRST, Facts, Intervals, facts, never_kept
from pages.widgets.dates import count
from pages.widgets.dialogs import Question

TITLE = "What we keep about you"
DOWNLOADS = (("Download as JSON", "/privacy/export.json"), ("Download as ICS", "/privacy/export.ics"))


@dataclass(frozen=True, slots=True)
class Seen:
    """What the page shows, read in one go."""

    kept: StoredData
    intervals: list[StoredInterval]
    ways: Ways


def register(app: App) -> None:
    @ui.page("/privacy")
    async def privacy_page(me: Annotated[LoggedIn, Depends(required(app))]) -> None:
        seen = await asyncio.to_thread(_look, app, me, FIRST)
        with frame(app, me, TITLE, "/privacy") as live:
            screen = _Screen(app, me)
            live.watch(lambda _connections: screen.refresh())
            screen.show(seen)


class _Screen:
    """Drawn once; read again after each change of the member's calendars."""

    def __init__(self, app: App, me: LoggedIn) -> None:
        self._app, self._me = app, me
        self._client = ui.context.client
        self._is_wanted = False
        self._task: asyncio.Task[None] | None = None
        _head()
        question = Question()
        with html.div().classes("oc-two"):
            with html.div().classes("oc-stack"):
                self._intervals = Intervals(self.refresh)
                self._facts = Facts(self._log_others_out)
                self._outlets = Outlets(app, me, question)
            with html.div().classes("oc-stack"):
                never_kept()
                Erase(app, me)

    def show(self, seen: Seen) -> None:
        now = _now()
        self._intervals.show(seen.intervals, seen.kept.intervals)
        self._facts.show(facts(seen.kept, self._me.member.tz, now), has_others=len(seen.kept.sessions) > 1)
        self._outlets.show(seen.ways, now)

    def refresh(self) -> None:
        """Reads again, soon; once more when it is asked meanwhile."""
        self._is_wanted = True
        if self._task is None or self._task.done():
            self._task = background_tasks.create(self._read(), name="privacy")

    async def _read(self) -> None:
        while self._is_wanted and not self._client.is_deleted:
            self._is_wanted = False
            try:
                seen = await asyncio.to_thread(_look, self._app, self._me, self._intervals.shown)
            except NotAllowed:
                return  # erased a moment ago
            if not self._client.is_deleted:
                with self._client:
                    self.show(seen)

    async def _log_others_out(self) -> None:
        number = await act(self._app, self._me, log_out_others, self._me.session_id)
        ui.notify(f"{count(number, 'browser')} logged out", position="bottom-right")
        self.refresh()


def _look(app: App, me: LoggedIn, first: int) -> Seen:
    return Seen(
        stored_data(app, me.member.id),
        intervals_of(app, me.member.id, first),
        ways_out(app, me.member.id),
    )


def _head() -> None:
    with html.header().classes("oc-head"):
        with html.div():
            html.h1(TITLE)
            html.p("Everything this server knows about you is on this page. There is nothing else.").classes("oc-lead")
        with html.div().classes("oc-acts wide"):
            for word, route in DOWNLOADS:
                button = ui.button(word, color=None, on_click=lambda route=route: ui.download.from_url(route))
                button.props("unelevated no-caps").classes("oc-btn oc-icon oc-i-download")


def _now() -> datetime:
    return datetime.now(UTC)
