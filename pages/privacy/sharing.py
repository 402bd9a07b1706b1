"""The two ways out for a member's availability: a private calendar address, and tokens for programs."""

from collections.abc import Callable, Sequence
from datetime import datetime

from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.app import App
from oncall_ui.errors import InvalidInput
from oncall_ui.services.accounts.sessions import LoggedIn
from oncall_ui.services.sharing.feed import FeedView, feed_address_of, make_feed_address, remove_feed_address
from oncall_ui.services.sharing.tokens import TokenView, list_tokens, make_token, remove_token
from pages.session import run_as
from pages.widgets.dates import ago
from pages.widgets.dialogs import Question
from pages.widgets.forms import field, refuse


class ShownOnce:
    """Empty until `show`; gone with `hide`, and with the page."""

    def __init__(self, label: str) -> None:
        with html.div().classes("oc-once").props("role=status") as self._box:
            self.field = field(
                label, hint="Copy it now. Only its hash is kept, so it can’t be shown again.", readonly=""
            )
            copy = ui.button("Copy", color=None).props("unelevated no-caps").classes("oc-btn")
            # Works without https too, where browsers offer no clipboard to scripts.
            copy.on(
                "click",
                js_handler=f"""() => {{
                    const found = getHtmlElement({self.field.id});
                    const input = found.querySelector("input") ?? found;
                    input.focus();
                    input.select();
                    document.execCommand("copy");
                }}""",
            )
        self._box.set_visibility(False)

    def show(self, key: str) -> None:
        self.field.set_value(key)
        self._box.set_visibility(True)

    def hide(self) -> None:
        self.field.set_value("")
        self._box.set_visibility(False)


Shared = tuple[FeedView | None, list[TokenView]]


def shared_by(app: App, member_id: int) -> Shared:
    """Blocking: what the member has of both."""
    return feed_address_of(app, member_id), list_tokens(app, member_id)


class Sharing:
    """Both cards; what is shown once stays while the page is open."""

    def __init__(self, app: App, me: LoggedIn, question: Question, refresh: Callable[[], None]) -> None:
        self._app, self._me, self._question, self._refresh = app, me, question, refresh
        self._client = ui.context.client
        self._tokens: Sequence[tuple[TokenView, str]] | None = None
        self._address_card()
        self._token_card()

    def show(self, ways: Shared, now: datetime) -> None:
        feed, tokens = ways
        zone = self._me.member.tz
        if feed is None:
            self._standing.set_text(
                "There is none. Make one to subscribe to it in Google Calendar, Outlook or Apple Calendar."
            )
        else:
            used = f"last fetched {ago(feed.last_fetched_at, zone, now)}" if feed.last_fetched_at else "not fetched yet"
            self._standing.set_text(f"Made {ago(feed.created_at, zone, now)}, {used}.")
        self._make.set_text("Replace the address" if feed else "Make an address")
        self._remove.set_visibility(feed is not None)
        told = [
            (each, f"last used {ago(each.last_used_at, zone, now)}" if each.last_used_at else "not used yet")
            for each in tokens
        ]
        if told != self._tokens:
            self._tokens = told
            self._list.clear()
            with self._list:
                for token, used in told:
                    self._token_row(token, used)
            self._list.set_visibility(bool(told))

    def _address_card(self) -> None:
        with html.section().classes("oc-card").props("aria-labelledby=out-address"):
            with html.div().classes("oc-card-head"):
                html.h2("Private calendar address").props("id=out-address")
            with html.div().classes("oc-way"):
                html.p(
                    "Whoever knows the address sees when you can’t, or would like to, be on call, and nothing else. "
                    "Google asks for it once or twice a day, Outlook every few hours; we can’t hurry them."
                )
                self._standing = TextElement(tag="p", text="").props("role=status")
                self._address = ShownOnce("Address")
                with html.div().classes("oc-acts wide"):
                    self._make = ui.button("", color=None, on_click=self._make_address).props("unelevated no-caps")
                    self._make.classes("oc-btn")
                    self._remove = ui.button("Remove the address", color=None, on_click=self._remove_address)
                    self._remove.props("flat no-caps").classes("oc-btn quiet")

    async def _make_address(self) -> None:
        if self._remove.visible and not await self._question.ask(
            "Replace the private address?",
            ["Whatever subscribed to the old address stops being told anything.", "You get a new one to subscribe to."],
            keep="Keep the old one",
            lose="Replace",
        ):
            return
        self._address.show(await run_as(self._app, self._me, make_feed_address))
        self._refresh()

    async def _remove_address(self) -> None:
        if await self._question.ask(
            "Remove the private address?",
            ["Whatever subscribed to it stops being told anything.", "You can make another whenever you like."],
            keep="Keep it",
            lose="Remove",
        ):
            await run_as(self._app, self._me, remove_feed_address)
            self._address.hide()
            self._refresh()

    def _token_card(self) -> None:
        with html.section().classes("oc-card").props("aria-labelledby=out-tokens"):
            with html.div().classes("oc-card-head"):
                html.h2("API tokens").props("id=out-tokens")
            with html.div().classes("oc-way"):
                with html.p(
                    "A program that holds one may read your availability, the team’s and the list of your calendars. "
                    "It can change nothing. "
                ):
                    ui.link("How to use it", "/help/what-we-keep")
                self._list = html.ul().classes("oc-rows oc-tokens")
                self._token = ShownOnce("Token")
                self._name = field("What a new token is for", hint="The name of the program, say.", autocomplete="off")
                with html.div().classes("oc-acts wide"):
                    button = ui.button("Make a token", color=None, on_click=self._make_token)
                    button.props("unelevated no-caps").classes("oc-btn")

    def _token_row(self, token: TokenView, used: str) -> None:
        with html.li().classes("oc-token"):
            name = html.b(token.name).classes("oc-clip")
            html.small(used)
            button = ui.button("Remove", color=None, on_click=self._removing(token)).props("flat no-caps")
            button.props(f"aria-describedby={name.html_id}").classes("oc-btn quiet")

    async def _make_token(self) -> None:
        try:
            token = await run_as(self._app, self._me, make_token, self._name.value or "")
        except InvalidInput as error:
            refuse(self._name, error.sentence)
            return
        self._name.set_value("")
        self._token.show(token)
        self._refresh()

    def _removing(self, token: TokenView) -> Callable[[], object]:
        async def remove() -> None:
            with self._client:  # the row of the button is drawn anew meanwhile
                if await self._question.ask(
                    f"Remove the token {token.name}?",
                    ["Programs that use it are refused from now on."],
                    keep="Keep it",
                    lose="Remove",
                ):
                    await run_as(self._app, self._me, remove_token, token.id)
                    self._token.hide()
                    self._refresh()

        return remove
