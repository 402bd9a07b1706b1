"""Rows that give out, renew and remove the private addresses of shifts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.app import App
from oncall_ui.domain.schedules.shift_feed import FeedKind
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from oncall_ui.services.sharing.feed import FeedLink
from oncall_ui.services.sharing.shift_feed import create_shift_link, remove_shift_link
from pages.session import run_as
from pages.widgets.dates import ago
from pages.widgets.forms.dialogs import Question
from pages.widgets.forms.shown_once import ShownOnce

NONE = "No link yet"


@dataclass(frozen=True, slots=True)
class Shown:
    """One row: whose shifts, in words, and an icon of icons.css."""

    kind: FeedKind
    title: str
    what: str
    icon: str
    schedule_id: int | None = None


MINE = Shown(FeedKind.MINE, "Your shifts", "Of all schedules", "calendars")
EVERYTHING = Shown(FeedKind.EVERYTHING, "All schedules", "Everyone’s shifts on every schedule you can see", "team")


class ShiftLinks:
    """A list of rows. Addresses are shown once, and stay until the page is left; `refresh` is called after a change."""

    def __init__(
        self, app: App, me: LoggedIn, rows: tuple[Shown, ...], question: Question, refresh: Callable[[], None]
    ) -> None:
        with html.ul().classes("oc-svcs").props('aria-label="Links to subscribe to"'):
            self._rows = [_Row(app, me, row, question, refresh) for row in rows]

    def show(self, links: Mapping[FeedKind, FeedLink], now: datetime) -> None:
        for row in self._rows:
            row.show(links.get(row.shown.kind), now)


class _Row:
    def __init__(self, app: App, me: LoggedIn, shown: Shown, question: Question, refresh: Callable[[], None]) -> None:
        self._app, self._me, self.shown, self._question, self._refresh = app, me, shown, question, refresh
        self._client = ui.context.client
        with html.li().classes("oc-svc"):
            with html.span().classes("ic").props("aria-hidden=true"):
                html.i().classes(f"oc-i oc-i-{shown.icon}")
            with html.div():
                self._title = html.h3(shown.title)
                self._line = TextElement(tag="p", text="").props("role=status")
            with html.div().classes("oc-acts"):
                self._create = self._button("Get link", self._give)
                self._remove = self._button("Remove", self._take)
            with html.div().classes("wide") as place:
                self._once = ShownOnce(f"Link to {shown.title}")
        self._place = place
        place.set_visibility(False)

    def show(self, link: FeedLink | None, now: datetime) -> None:
        zone = self._me.member.tz
        state = NONE
        if link is not None:
            read = f"last read {ago(link.last_fetched_at, zone, now)}" if link.last_fetched_at else "not read yet"
            state = f"Created {ago(link.created_at, zone, now)}, {read}"
        self._line.set_text(f"{self.shown.what}. {state}")
        self._create.set_text("Renew" if link else "Get link")
        self._remove.set_visibility(link is not None)

    def _button(self, words: str, act: Callable[[], object]) -> ui.button:
        button = ui.button(words, color=None, on_click=act).props("flat no-caps").classes("oc-btn quiet")
        return button.props(f"aria-describedby={self._title.html_id}")

    async def _give(self) -> None:
        if self._remove.visible and not await self._question.ask(
            f"Renew the link to {self.shown.title}?",
            ["Subscriptions to the old link stop updating.", "You get a new link to subscribe to."],
            keep="Cancel",
            lose="Renew",
        ):
            return
        shown = self.shown
        address = await run_as(self._app, self._me, create_shift_link, shown.kind, shown.schedule_id)
        with self._client:
            self._place.set_visibility(True)
            self._once.show(address)
        self._refresh()

    async def _take(self) -> None:
        if await self._question.ask(
            f"Remove the link to {self.shown.title}?",
            ["Subscriptions to it stop updating.", "You can create another one at any time."],
            keep="Cancel",
            lose="Remove",
        ):
            await run_as(self._app, self._me, remove_shift_link, self.shown.kind, self.shown.schedule_id)
            self._once.hide()
            self._place.set_visibility(False)
            self._refresh()
