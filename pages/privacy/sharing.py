"""Sharing a member's availability: a private link for calendar apps, and tokens for programs."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.app import App
from oncall_ui.domain.schedules.shift_feed import FeedKind
from oncall_ui.errors import InvalidInput
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from oncall_ui.services.sharing.feed import FeedLink, create_feed_link, feed_link_of, remove_feed_link
from oncall_ui.services.sharing.shift_feed import shift_links_of
from oncall_ui.services.sharing.tokens import TokenView, create_token, list_tokens, remove_token
from pages.session import run_as
from pages.widgets.dates import ago
from pages.widgets.forms.dialogs import Question
from pages.widgets.forms.fields import field, refuse
from pages.widgets.forms.shown_once import ShownOnce
from pages.widgets.shift_links import EVERYTHING, MINE, ShiftLinks

Shared = tuple[FeedLink | None, list[TokenView], Mapping[FeedKind, FeedLink]]


def shared_by(app: App, member_id: int) -> Shared:
    """Blocking: the member's links and tokens."""
    return feed_link_of(app, member_id), list_tokens(app, member_id), shift_links_of(app, member_id)


class Sharing:
    """All cards. A secret that is shown once stays until the page is left."""

    def __init__(self, app: App, me: LoggedIn, question: Question, refresh: Callable[[], None]) -> None:
        self._app, self._me, self._question, self._refresh = app, me, question, refresh
        self._client = ui.context.client
        self._tokens: Sequence[tuple[TokenView, str]] | None = None
        self._address_card()
        self._shift_card()
        self._token_card()

    def show(self, shared: Shared, now: datetime) -> None:
        feed, tokens, shifts = shared
        self._shifts.show(shifts, now)
        zone = self._me.member.tz
        if feed is None:
            self._feed.set_text("No link yet. Create one to subscribe in Google Calendar, Outlook or Apple Calendar.")
        else:
            used = f"last fetched {ago(feed.last_fetched_at, zone, now)}" if feed.last_fetched_at else "not fetched yet"
            self._feed.set_text(f"Created {ago(feed.created_at, zone, now)}, {used}.")
        self._acts.set_visibility(True)
        self._create.set_text("Replace link" if feed else "Create link")
        self._remove.set_visibility(feed is not None)
        lines = [
            (each, f"last used {ago(each.last_used_at, zone, now)}" if each.last_used_at else "not used yet")
            for each in tokens
        ]
        if lines != self._tokens:
            self._tokens = lines
            self._list.clear()
            with self._list:
                for token, used in lines:
                    self._token_row(token, used)
            self._list.set_visibility(bool(lines))

    def _address_card(self) -> None:
        with html.section().classes("oc-card").props("aria-labelledby=out-address"):
            with html.div().classes("oc-card-head"):
                html.h2("Private calendar link").props("id=out-address")
            with html.div().classes("oc-way"):
                html.p(
                    "Anyone who has the link sees when you can’t, or would like to, be on call, and nothing else. "
                    "Google refreshes once or twice a day, Outlook every few hours."
                )
                self._feed = TextElement(tag="p", text="").props("role=status")
                self._address = ShownOnce("Link")
                with html.div().classes("oc-acts wide") as self._acts:
                    self._create = ui.button("", color=None, on_click=self._create_link).props("unelevated no-caps")
                    self._create.classes("oc-btn")
                    self._remove = ui.button("Remove link", color=None, on_click=self._remove_link)
                    self._remove.props("flat no-caps").classes("oc-btn quiet")
                self._acts.set_visibility(False)  # until it is known whether there is a link

    async def _create_link(self) -> None:
        if self._remove.visible and not await self._question.ask(
            "Replace the private link?",
            ["Subscriptions to the old link stop updating.", "You get a new link to subscribe to."],
            keep="Cancel",
            lose="Replace",
        ):
            return
        self._address.show(await run_as(self._app, self._me, create_feed_link))
        self._refresh()

    async def _remove_link(self) -> None:
        if await self._question.ask(
            "Remove the private link?",
            ["Subscriptions to it stop updating.", "You can create another one at any time."],
            keep="Cancel",
            lose="Remove",
        ):
            await run_as(self._app, self._me, remove_feed_link)
            self._address.hide()
            self._refresh()

    def _shift_card(self) -> None:
        with html.section().classes("oc-card").props("aria-labelledby=out-shifts"):
            with html.div().classes("oc-card-head"), html.div().classes("grow"):
                html.h2("On-call shifts").props("id=out-shifts")
                html.p("Links for calendar apps. Each schedule’s own link is on its Publish page.").classes("oc-sub")
            self._shifts = ShiftLinks(self._app, self._me, (MINE, EVERYTHING), self._question, self._refresh)

    def _token_card(self) -> None:
        with html.section().classes("oc-card").props("aria-labelledby=out-tokens"):
            with html.div().classes("oc-card-head"):
                html.h2("API tokens").props("id=out-tokens")
            with html.div().classes("oc-way"):
                with html.p(
                    "A program with a token can read your availability, the team’s, the list of your calendars, and "
                    "the schedules you can see. "
                    "It can’t change anything. "
                ):
                    ui.link("How to use it", "/help/what-we-keep")
                self._list = html.ul().classes("oc-rows oc-tokens")
                self._token = ShownOnce("Token")
                self._name = field("Token name", hint="For example, “pager script”", autocomplete="off")
                with html.div().classes("oc-acts wide"):
                    button = ui.button("Create token", color=None, on_click=self._create_token)
                    button.props("unelevated no-caps").classes("oc-btn")

    def _token_row(self, token: TokenView, used: str) -> None:
        with html.li().classes("oc-token"):
            name = html.b(token.name).classes("oc-clip")
            html.small(used)
            button = ui.button("Remove", color=None, on_click=self._removing(token)).props("flat no-caps")
            button.props(f"aria-describedby={name.html_id}").classes("oc-btn quiet")

    async def _create_token(self) -> None:
        try:
            token = await run_as(self._app, self._me, create_token, self._name.value or "")
        except InvalidInput as error:
            refuse(self._name, error.sentence)
            return
        self._name.set_value("")
        self._token.show(token)
        self._refresh()

    def _removing(self, token: TokenView) -> Callable[[], object]:
        async def remove() -> None:
            with self._client:  # the button's row is redrawn meanwhile
                if await self._question.ask(
                    f"Remove the token {token.name}?",
                    ["Programs that use it lose access immediately."],
                    keep="Cancel",
                    lose="Remove",
                ):
                    await run_as(self._app, self._me, remove_token, token.id)
                    self._token.hide()
                    self._refresh()

        return remove
