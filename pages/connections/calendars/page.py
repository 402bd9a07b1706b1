"""Calendars: a member's connections, the live status of each calendar, and what can be done about it."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Concatenate, ParamSpec, TypeVar
from zoneinfo import ZoneInfo

from fastapi import Depends
from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.app import App
from oncall_ui.domain.imports.state import State
from oncall_ui.domain.imports.suspected_loss import Resolution
from oncall_ui.errors import NotAllowed
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from oncall_ui.services.connections.choose import sync_now
from oncall_ui.services.connections.disconnect import disconnect
from oncall_ui.services.connections.views import ConnectionView
from oncall_ui.services.imports.suspected_loss import resolve_suspected_loss
from pages.connections.calendars.buttons import Actions
from pages.connections.calendars.card import ConnectionCard
from pages.connections.calendars.shown import FIRST, MORE, shown_of
from pages.connections.calendars.single import SingleRow
from pages.layout import frame
from pages.opening import page
from pages.refresh import LiveConnections
from pages.session import login_required, run_as, still_here
from pages.widgets.calendar_status import Status
from pages.widgets.calendar_summary import summary_of
from pages.widgets.dates import count, zone_words
from pages.widgets.forms.dialogs import Question
from pages.widgets.forms.fields import field
from pages.widgets.waiting import say_all_off, say_until

P = ParamSpec("P")
T = TypeVar("T")

TICK_SECONDS = 30
BEFORE_CARDS = 3
"""Elements of the list that come before the cards."""
ALREADY_DISCONNECTED = "This connection has already been disconnected"
FOCUS_AFTER_MS = 250
"""A closing dialog returns the focus to its button first."""


def register(app: App) -> None:
    @page("/calendars")
    async def calendars_page(me: Annotated[LoggedIn, Depends(login_required(app))]) -> None:
        with frame(app, me, "Calendars", "/calendars") as live:
            screen = _Screen(app, me, live)
            live.watch(screen.show)
        await live.first()
        ui.timer(TICK_SECONDS, screen.tick, immediate=False)


class _Screen:
    """The page's elements. Changes are patched in; a card is rebuilt only when its connection has other calendars."""

    def __init__(self, app: App, me: LoggedIn, live: LiveConnections) -> None:
        self._app, self._me, self._live = app, me, live
        self._client = ui.context.client
        self._connections: Sequence[ConnectionView] = ()
        self._cards: dict[int, ConnectionCard | SingleRow] = {}
        self._client.on_delete(self._let_go)
        self._limit = FIRST
        self._disconnecting: tuple[int, int] | None = None
        self._summary = _Summary()
        with html.div().classes("oc-stack") as self._list:
            self._nothing = _nothing_connected()
            self._nothing.set_visibility(False)
            self._search = field("Search calendars", kind="search", autocomplete="off").props("debounce=200")
            self._search.on_value_change(self.tick)
            self._singles: ui.element = html.div().classes("oc-card oc-ones")
        self._no_match = TextElement(tag="p", text="").classes("oc-note oc-icon oc-i-eye").props("aria-live=polite")
        self._more = ui.button("", color=None, on_click=self._show_more).props("flat no-caps").classes("oc-btn quiet")
        for element in (self._search, self._singles, self._no_match, self._more):
            element.set_visibility(False)
        ui.link("Add a new calendar connection", "/calendar_connections/new").classes("oc-add oc-icon oc-i-plus")
        self._zone = TextElement(tag="p", text=f"Times in {zone_words(me.member.tz)} time")
        self._zone.classes("oc-sub").set_visibility(False)
        self._question = Question()

    def _let_go(self) -> None:
        """Of the cards, whose buttons lead back here: the page has closed."""
        self._cards.clear()

    def tick(self) -> None:
        """Updates times, such as how long ago a calendar was read."""
        self.show(self._connections)

    def show(self, connections: Sequence[ConnectionView]) -> None:
        self._connections = connections
        zone, now = self._me.member.tz, _now()
        calendars = [calendar for connection in connections for calendar in connection.calendars]
        self._summary.show(summary_of(calendars, zone, now), is_visible=bool(connections))
        self._nothing.set_visibility(not connections)
        self._zone.set_visibility(bool(connections))
        typed = str(self._search.value or "")
        shown = shown_of(connections, now, typed, self._limit)
        self._search.set_visibility(shown.is_long)
        self._more.set_text(f"Show {min(shown.hidden, MORE)} more of {shown.hidden:,}")
        self._more.set_visibility(shown.hidden > 0)
        self._no_match.set_text("" if shown.connections else f"No calendar matches “{typed.strip()}”.")
        self._no_match.set_visibility(shown.is_long and not shown.connections)
        self._draw(shown.connections, zone, now)
        self._move_focus()

    def _draw(self, shown: Sequence[ConnectionView], zone: ZoneInfo, now: datetime) -> None:
        """Connections of one calendar share a list; each of the others has a card below it."""
        self._remove_all_but({connection.id for connection in shown})
        numbers = {each.id: len(each.calendars) for each in self._connections}
        singles = [each for each in shown if numbers[each.id] == 1]
        several = [each for each in shown if numbers[each.id] != 1]
        self._singles.set_visibility(bool(singles))
        for place, connection in enumerate(singles):
            self._card(connection, SingleRow, self._singles, place).show(connection, zone, now)
        for place, connection in enumerate(several, BEFORE_CARDS):
            self._card(connection, ConnectionCard, self._list, place).show(connection, zone, now)

    def _show_more(self) -> None:
        self._limit += MORE
        self.tick()

    def _remove_all_but(self, kept: set[int]) -> None:
        for connection_id in self._cards.keys() - kept:
            self._cards.pop(connection_id).element.delete()

    def _card(
        self,
        connection: ConnectionView,
        kind: type[ConnectionCard] | type[SingleRow],
        inside: ui.element,
        place: int,
    ) -> ConnectionCard | SingleRow:
        card = self._cards.get(connection.id)
        if card is not None and isinstance(card, kind) and card.fits(connection):
            return card
        if card is not None:
            card.element.delete()
        with inside:
            actions = Actions(self._sync, self._disconnect, self._give_answer)
            card = self._cards[connection.id] = kind(connection, actions)
        card.element.move(target_index=place)
        return card

    async def _sync(self, connection_id: int) -> None:
        pressed = next((each for each in self._connections if each.id == connection_id), None)
        until = await self._do(sync_now, connection_id)
        with self._client:
            if pressed is not None:
                say_until(pressed.nickname, until, ZoneInfo(self._me.member.zone))
                if all(calendar.state is State.OFF for calendar in pressed.calendars):
                    say_all_off(pressed.nickname)

    async def _give_answer(self, calendar_id: int, answer: Resolution) -> None:
        await self._do(resolve_suspected_loss, calendar_id, answer)

    async def _disconnect(self, connection_id: int) -> None:
        ids = [each.id for each in self._connections]
        if connection_id not in ids:
            return
        place = ids.index(connection_id)
        heading, sentences = _consequences(self._connections[place])
        if await self._question.ask(heading, sentences, keep="Cancel", lose="Disconnect"):
            self._disconnecting = (connection_id, place)
            await self._disconnect_now(connection_id)

    async def _do(self, verb: Callable[Concatenate[App, int, P], T], *args: P.args, **kw: P.kwargs) -> T | None:
        """What `verb` returned; None if the connection is gone."""
        done = None
        # In the context of the page: the card whose button was pressed may have been removed by now.
        with self._client:
            try:
                done = await run_as(self._app, self._me, verb, *args, **kw)
            except NotAllowed:
                ui.notify(ALREADY_DISCONNECTED, position="bottom-right")
            self._live.refresh()
        return done

    async def _disconnect_now(self, connection_id: int) -> None:
        with self._client:
            await still_here(self._app, self._me)
            try:
                message = await disconnect(self._app, self._me.member.id, connection_id)
            except NotAllowed:
                message = ALREADY_DISCONNECTED
            if message:
                ui.notify(message, position="bottom-right")
            self._live.refresh()

    def _move_focus(self) -> None:
        """After a disconnect: to the card that took the place of the removed one, else to the page's heading."""
        ids = [each.id for each in self._connections]
        if self._disconnecting is None or self._disconnecting[0] in ids:
            return
        (_, place), self._disconnecting = self._disconnecting, None
        card = self._cards.get(ids[min(place, len(ids) - 1)]) if ids else None
        target = card.heading if card else self._summary.heading
        ui.run_javascript(f"setTimeout(() => getHtmlElement({target.id})?.focus(), {FOCUS_AFTER_MS})")


def _now() -> datetime:
    return datetime.now(UTC)


class _Summary:
    """The heading, and how all calendars are doing in one sentence."""

    def __init__(self) -> None:
        self._css = "is-busy"
        with html.header().classes("oc-head"), html.div():
            self.heading = html.h1("Calendars").props("tabindex=-1")
            # No status role: the rows have one, and screen readers would read the news twice.
            with html.p().classes(f"oc-status {self._css}") as self._line:
                self._word = TextElement(tag="b", text="Loading your calendars")
                self._facts = TextElement(tag="span", text="")

    def show(self, status: Status, *, is_visible: bool) -> None:
        self._line.set_visibility(is_visible)
        self._word.set_text(status.word)
        self._facts.set_text(status.facts)
        if status.css != self._css:
            self._line.classes(add=status.css, remove=self._css)
            self._css = status.css


def _nothing_connected() -> ui.element:
    card: ui.element = html.section().classes("oc-card oc-pad oc-nothing").props("aria-labelledby=nothing")
    with card:
        html.h2("No calendars connected yet").props("id=nothing")
        html.p(
            "Connect the calendars you already use. We keep only when you’re blocked or prefer to be on call, "
            "nothing else."
        ).classes("oc-lead")
    return card


def _consequences(connection: ConnectionView) -> tuple[str, list[str]]:
    """The heading of the question, and what a disconnect deletes and what it leaves alone."""
    name, account = connection.nickname, connection.account
    heading = f"Disconnect {name}?" if account in {"", name} else f"Disconnect {name}, {account}?"
    calendars = len(connection.calendars)
    of_it = "it" if calendars == 1 else f"its {count(calendars, 'calendar')}"
    unchanged = "The calendar itself isn’t changed" if calendars == 1 else "The calendars themselves aren’t changed"
    if connection.entries:
        entries = count(connection.entries, "entry", "entries")
        lost = (
            f"This immediately deletes our access and the {entries} read from {of_it}. "
            "Days blocked only by it become open."
        )
    else:
        lost = f"This immediately deletes our access and all settings. Nothing read from {of_it} counts at the moment."
    return heading, [lost, f"{unchanged}. You can connect again at any time."]
