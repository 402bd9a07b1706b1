"""What a member connected, how each calendar is doing right now, and what can be done about it."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Concatenate, ParamSpec

from fastapi import Depends
from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.app import App
from oncall_ui.domain.imports.suspected_loss import Resolution
from oncall_ui.errors import NotAllowed
from oncall_ui.services.accounts.sessions import LoggedIn
from oncall_ui.services.connections.choose import sync_now
from oncall_ui.services.connections.disconnect import disconnect
from oncall_ui.services.connections.views import ConnectionView
from oncall_ui.services.imports.suspected_loss import resolve_suspected_loss
from pages.connections.calendars.card import Acts, ConnectionCard
from pages.layout import frame
from pages.refresh import LiveConnections
from pages.session import login_required, run_as, still_here
from pages.widgets.calendar_status import Status
from pages.widgets.calendar_summary import summary_of
from pages.widgets.dates import count, zone_words
from pages.widgets.dialogs import Question

P = ParamSpec("P")

TICK_SECONDS = 30
GONE_ALREADY = "This connection is gone already"
FOCUS_AFTER_MS = 250
"""A dialog that closes gives the focus back to its button; ours comes after."""


def register(app: App) -> None:
    @ui.page("/calendars")
    async def calendars_page(me: Annotated[LoggedIn, Depends(login_required(app))]) -> None:
        with frame(app, me, "Calendars", "/calendars") as live:
            screen = _Screen(app, me, live)
            live.watch(screen.show)
        await live.first()
        ui.timer(TICK_SECONDS, screen.tick)


class _Screen:
    """The page's elements. What changed is patched; only a connection whose calendars are others is drawn anew."""

    def __init__(self, app: App, me: LoggedIn, live: LiveConnections) -> None:
        self._app, self._me, self._live = app, me, live
        self._client = ui.context.client
        self._connections: Sequence[ConnectionView] = ()
        self._cards: dict[int, ConnectionCard] = {}
        self._going: tuple[int, int] | None = None
        self._answer = _Answer()
        with html.div().classes("oc-stack") as self._list:
            self._nothing = _nothing_connected()
        ui.link("Add a new calendar connection", "/calendar_connections/new").classes("oc-add oc-icon oc-i-plus")
        self._zone = TextElement(tag="p", text=f"Times are those of {zone_words(me.member.tz)}.")
        self._zone.classes("oc-sub")
        self._question = Question()

    def tick(self) -> None:
        """What time changes by itself."""
        self.show(self._connections)

    def show(self, connections: Sequence[ConnectionView]) -> None:
        self._connections = connections
        zone, now = self._me.member.tz, _now()
        calendars = [calendar for connection in connections for calendar in connection.calendars]
        self._answer.show(summary_of(calendars, zone, now), is_visible=bool(connections))
        self._nothing.set_visibility(not connections)
        self._zone.set_visibility(bool(connections))
        self._remove_all_but({connection.id for connection in connections})
        for place, connection in enumerate(connections):
            self._card(connection, place).show(connection, zone, now)
        self._move_focus()

    def _remove_all_but(self, kept: set[int]) -> None:
        for connection_id in self._cards.keys() - kept:
            self._cards.pop(connection_id).element.delete()

    def _card(self, connection: ConnectionView, place: int) -> ConnectionCard:
        card = self._cards.get(connection.id)
        if card is not None and card.fits(connection):
            return card
        if card is not None:
            card.element.delete()
        with self._list:
            card = self._cards[connection.id] = ConnectionCard(
                connection, Acts(self._sync, self._disconnect, self._give_answer)
            )
        card.element.move(target_index=place)
        return card

    async def _sync(self, connection_id: int) -> None:
        await self._do(sync_now, connection_id)

    async def _give_answer(self, calendar_id: int, answer: Resolution) -> None:
        await self._do(resolve_suspected_loss, calendar_id, answer)

    async def _disconnect(self, connection_id: int) -> None:
        ids = [each.id for each in self._connections]
        if connection_id not in ids:
            return
        place = ids.index(connection_id)
        heading, sentences = _what_is_lost(self._connections[place])
        if await self._question.ask(heading, sentences, keep="Keep it", lose="Disconnect"):
            self._going = (connection_id, place)
            await self._let_go(connection_id)

    async def _do(self, verb: Callable[Concatenate[App, int, P], None], *args: P.args, **kw: P.kwargs) -> None:
        # In the page's own context: the card whose button was pressed may be gone by now.
        with self._client:
            try:
                await run_as(self._app, self._me, verb, *args, **kw)
            except NotAllowed:
                ui.notify(GONE_ALREADY, position="bottom-right")
            self._live.refresh()

    async def _let_go(self, connection_id: int) -> None:
        with self._client:
            await still_here(self._app, self._me)
            try:
                told = await disconnect(self._app, self._me.member.id, connection_id)
            except NotAllowed:
                told = GONE_ALREADY
            if told:
                ui.notify(told, position="bottom-right")
            self._live.refresh()

    def _move_focus(self) -> None:
        """Once the disconnected card is gone: to the one that took its place, else to the page's heading."""
        ids = [each.id for each in self._connections]
        if self._going is None or self._going[0] in ids:
            return
        (_, place), self._going = self._going, None
        target = self._cards[ids[min(place, len(ids) - 1)]].heading if ids else self._answer.heading
        ui.run_javascript(f"setTimeout(() => getHtmlElement({target.id})?.focus(), {FOCUS_AFTER_MS})")


def _now() -> datetime:
    return datetime.now(UTC)


class _Answer:
    """The heading, and the one sentence that answers why one came."""

    def __init__(self) -> None:
        self._css = "is-off"
        with html.header().classes("oc-head"), html.div():
            self.heading = html.h1("Calendars").props("tabindex=-1")
            # Without a role: the rows say it already, and nothing should be read out twice.
            with html.p().classes(f"oc-status {self._css}") as self._line:
                self._word = TextElement(tag="b", text="")
                self._facts = TextElement(tag="span", text="")

    def show(self, answer: Status, *, is_visible: bool) -> None:
        self._line.set_visibility(is_visible)
        self._word.set_text(answer.word)
        self._facts.set_text(answer.facts)
        if answer.css != self._css:
            self._line.classes(add=answer.css, remove=self._css)
            self._css = answer.css


def _nothing_connected() -> ui.element:
    card: ui.element = html.section().classes("oc-card oc-pad oc-nothing").props("aria-labelledby=nothing")
    with card:
        html.h2("No calendar is connected yet").props("id=nothing")
        html.p(
            "Connect the calendars you already keep. We read when you can’t, or would like to, be on call, "
            "and keep nothing else of them."
        ).classes("oc-lead")
    return card


def _what_is_lost(connection: ConnectionView) -> tuple[str, list[str]]:
    """The question's heading, what goes and what stays."""
    name, account = connection.nickname, connection.account
    heading = f"Disconnect {name}?" if account in {"", name} else f"Disconnect {name}, {account}?"
    calendars = len(connection.calendars)
    of_it = "it" if calendars == 1 else f"its {count(calendars, 'calendar')}"
    stays = "The calendar itself stays" if calendars == 1 else "The calendars themselves stay"
    if connection.entries:
        read = count(connection.entries, "entry", "entries")
        lost = f"This deletes our access and the {read} read from {of_it}, at once. Those days count as open again."
    else:
        lost = f"This deletes our access and the settings of {of_it}, at once. Nothing read from {of_it} counts now."
    return heading, [lost, f"{stays} as before. You can connect again whenever you like."]
