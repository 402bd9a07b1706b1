"""Your data: everything stored about a member, to read, download, share and erase."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends
from nicegui import html, ui

from oncall_ui.app import App
from oncall_ui.errors import NotAllowed
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn, log_out_others
from oncall_ui.services.privacy.stored_data import StoredData, StoredInterval, intervals_of, stored_data
from pages.layout import frame
from pages.opening import page
from pages.privacy.erase import Erase
from pages.privacy.sharing import Shared, Sharing, shared_by
from pages.privacy.stored import Facts, Intervals, facts, never_kept
from pages.refresh import LiveView, Wanted
from pages.session import login_required, run_as
from pages.widgets.dates import count
from pages.widgets.forms.dialogs import Question
from pages.widgets.subnav import profile_subnav

TITLE = "Your data"
DOWNLOADS = (("Download as JSON", "/privacy/export.json"), ("Download as ICS", "/privacy/export.ics"))


@dataclass(frozen=True, slots=True)
class Seen:
    """What the page shows, read in one go."""

    kept: StoredData
    intervals: list[StoredInterval]
    shared: Shared


def register(app: App) -> None:
    @page("/privacy")
    async def privacy_page(me: Annotated[LoggedIn, Depends(login_required(app))]) -> None:
        with frame(app, me, TITLE, "/privacy"):
            screen = _Screen(app, me)
        await screen.view.first()


class _Screen:
    """Drawn once; `view` keeps it up to date."""

    def __init__(self, app: App, me: LoggedIn) -> None:
        self._app, self._me = app, me
        self.view = LiveView(app, me, self._read, self._show)
        _head()
        profile_subnav("/privacy")
        question = Question()
        with html.div().classes("oc-two"):
            with html.div().classes("oc-stack"):
                self._intervals = Intervals(self.view.refresh)
                self._facts = Facts(self._log_others_out)
                self._sharing = Sharing(app, me, question, self.view.refresh)
            with html.div().classes("oc-stack"):
                never_kept()
                Erase(app, me)

    def _read(self, _wanted: Wanted) -> Seen | None:
        """Blocking; None if the account was erased a moment ago."""
        member_id = self._me.member.id
        try:
            kept = stored_data(self._app, member_id)
            intervals = intervals_of(self._app, member_id, self._intervals.shown)
            return Seen(kept, intervals, shared_by(self._app, member_id))
        except NotAllowed:
            return None

    def _show(self, seen: Seen | None) -> None:
        if seen is None:
            return
        now = _now()
        self._intervals.show(seen.intervals, seen.kept.intervals)
        self._facts.show(facts(seen.kept, self._me.member.tz, now), has_others=len(seen.kept.sessions) > 1)
        self._sharing.show(seen.shared, now)

    async def _log_others_out(self) -> None:
        number = await run_as(self._app, self._me, log_out_others, self._me.session_id)
        ui.notify(f"{count(number, 'browser')} logged out", position="bottom-right")
        self.view.refresh()


def _head() -> None:
    with html.header().classes("oc-head"):
        with html.div():
            html.h1(TITLE)
            html.p("Everything this server knows about you is on this page.").classes("oc-lead")
        with html.div().classes("oc-acts wide"):
            for word, route in DOWNLOADS:
                button = ui.button(word, color=None, on_click=lambda route=route: ui.download.from_url(route))
                button.props("unelevated no-caps").classes("oc-btn oc-icon oc-i-download")


def _now() -> datetime:
    return datetime.now(UTC)
