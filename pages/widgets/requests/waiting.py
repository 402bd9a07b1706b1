"""The card of requests that wait for the member, on Home and above the list of schedules."""

from collections.abc import Sequence
from datetime import datetime

from nicegui import html

from oncall_ui.app import App
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from oncall_ui.services.schedules.cover.views import RequestView
from pages.widgets.requests.answering import Answering
from pages.widgets.requests.lists import RequestList

TITLE = "Waiting for you"


class WaitingCard:
    """Takes its place where it is created, and is drawn once something waits."""

    def __init__(self, app: App, me: LoggedIn) -> None:
        self._app, self._me = app, me
        self._list: RequestList | None = None
        self._box = html.section().classes("oc-card").props(f'aria-label="{TITLE}"')
        self._box.set_visibility(False)

    def show(self, waiting: Sequence[RequestView], now: datetime, *, named: bool) -> None:
        """`named`: with the name of the schedule, where the member has several."""
        self._box.set_visibility(bool(waiting))
        if not waiting and self._list is None:
            return
        if self._list is None:
            with self._box:
                with html.div().classes("oc-card-head"):
                    html.h2(TITLE)
                self._list = RequestList(TITLE, Answering(self._app, self._me, self._me.member.tz).press)
        self._list.show(waiting, self._me.member.tz, now, named=named)
