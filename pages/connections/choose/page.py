"""Choosing which calendars of a connection are on, and how their events count."""

import contextlib
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends
from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.app import App
from oncall_ui.domain.availability.rules import Tags
from oncall_ui.domain.imports.failures import Cause, Failure
from oncall_ui.errors import InvalidInput, NotAllowed
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from oncall_ui.services.connections.choose import choose
from oncall_ui.services.connections.refresh import refresh_calendars
from oncall_ui.services.connections.views import CalendarView, ConnectionView, get_connection
from oncall_ui.services.imports.preview import distrust, trust
from oncall_ui.services.team.tags import read_tags
from pages.connections.choose.calendar_list import CalendarList
from pages.connections.choose.draft import Draft
from pages.connections.choose.how import label_of
from pages.connections.choose.lead import Head
from pages.connections.choose.leave import LeaveGuard
from pages.connections.choose.preview import PreviewLoader
from pages.connections.choose.preview_panel import PreviewPanel, PreviewState
from pages.layout import frame
from pages.opening import page
from pages.session import login_required, run_as
from pages.widgets.calendar_status import times_words
from pages.widgets.forms.leaving import leave_unasked

BACK = "/calendars"
TICK_SECONDS = 60
MAX_ID = 2**31 - 1
"""The largest id PostgreSQL accepts."""


def register(app: App) -> None:
    logged_in = login_required(app)

    def owned(connection_id: int, me: Annotated[LoggedIn, Depends(logged_in)]) -> ConnectionView:
        if connection_id > MAX_ID:
            raise NotAllowed
        return get_connection(app, me.member.id, connection_id)

    def team_tags(me: Annotated[LoggedIn, Depends(logged_in)]) -> Tags:
        return read_tags(app, me.member.id)

    @page("/calendar_connections/{connection_id:int}")
    def choose_page(
        me: Annotated[LoggedIn, Depends(logged_in)],
        connection: Annotated[ConnectionView, Depends(owned)],
        tags: Annotated[Tags, Depends(team_tags)],
    ) -> None:
        with frame(app, me, "Choose calendars", BACK) as live:
            screen = _Screen(app, me, connection, tags)
        with ui.context.client.content:
            screen.add_save_bar()
        live.watch(screen.follow)
        ui.timer(TICK_SECONDS, screen.tick, immediate=False)
        ui.context.client.on_connect(screen.start)
        ui.context.client.on_connect(lambda: _refresh(app, me, connection.id))


async def _refresh(app: App, me: LoggedIn, connection_id: int) -> None:
    """Adds new calendars of the account and marks deleted ones while the page is open. May fail silently."""
    with contextlib.suppress(Failure, InvalidInput, NotAllowed):
        await refresh_calendars(app, me.member.id, connection_id)


class _Screen:
    """The answer, the list, the preview next to it, the bar below, and the draft they share."""

    def __init__(self, app: App, me: LoggedIn, connection: ConnectionView, tags: Tags) -> None:
        self._app, self._me, self._id = app, me, connection.id
        self._calendars = {each.id: each for each in connection.calendars}
        self._draft = Draft(connection.calendars)
        self._selected_id = _first_on(connection.calendars)
        self._built: list[tuple[int, str, bool]] = []
        self._is_started = False
        self._head = Head(connection, BACK)
        with html.div().classes("oc-pair"):
            self._list = CalendarList(self._draft, self._show, self._select, label_of(tags))
            reconnect = f"/calendar_connections/new/{connection.product}?again={connection.id}"
            self._panel = PreviewPanel(me.member.tz, self._trust, self._distrust, self._read_again, reconnect)
        self._guard = LeaveGuard(connection.nickname)
        self._previews = PreviewLoader(app, me, self._show_preview, self._panel.count)
        self._build(connection.calendars)

    def start(self) -> None:
        """The browser shows the page: previews may be read now."""
        self._is_started = True
        self._show()

    def tick(self) -> None:
        """Updates times, such as how long ago the preview was read, and when the next check is."""
        self._show_preview()

    def add_save_bar(self) -> None:
        with html.div().classes("oc-save"), html.div().classes("oc-save-inner"):
            self._summary = TextElement(tag="span", text="").classes("grow")
            self._cancel = ui.link("Cancel", BACK).classes("oc-btn quiet")
            self._cancel.on("click", js_handler="() => window.removeEventListener('beforeunload', window.oncallAsks)")
            self._save_button = ui.button("Save", on_click=self._save, color=None).props("unelevated no-caps")
            self._save_button.classes("oc-btn main")
        self._show()

    def follow(self, connections: Sequence[ConnectionView]) -> None:
        """Shows what was saved here or elsewhere, except for calendars changed on this page."""
        connection = next((each for each in connections if each.id == self._id), None)
        if connection is None:
            leave_unasked(BACK)
            return
        self._calendars = {each.id: each for each in connection.calendars}
        self._draft.follow(connection.calendars)
        if _shape(connection.calendars) != self._built:
            self._build(connection.calendars)
        self._show()

    def _build(self, calendars: Sequence[CalendarView]) -> None:
        self._built = _shape(calendars)
        self._list.build(calendars)

    def _show(self) -> None:
        if self._is_started and self._selected is not None:
            self._previews.load(self._selected)
        self._show_preview()
        has_unsaved = bool(self._draft.unsaved)
        unsaved = ", not saved yet" if has_unsaved else ""
        self._summary.set_text(f"{self._draft.number_on:,} of {len(self._built):,} switched on{unsaved}")
        # Cancel discards changes without asking again, unless the connection itself would be left unsaved.
        self._cancel.props(remove="data-discards") if self._draft.is_new else self._cancel.props("data-discards")
        # A page that isn't in the browser yet can't ask.
        if self._is_started:
            self._guard.show(asks=has_unsaved, is_new=self._draft.is_new)

    def _show_preview(self) -> None:
        state, now = self._preview_state(), _now()
        times = times_words(self._calendars[state.calendar_id], self._me.member.tz, now) if state else ""
        self._list.show(self._selected, self._previews.preview, times)
        self._head.show(state, starts_import=self._draft.starts_import)
        self._panel.show(state, now)

    def _preview_state(self) -> PreviewState | None:
        if (selected := self._selected) is None:
            return None
        choice, found = self._draft.choices[selected], self._previews.found(selected)
        return PreviewState(
            calendar_id=selected,
            name=next(name for calendar_id, name, _ in self._built if calendar_id == selected),
            is_on=choice.is_on,
            found=found,
            is_reading=found is None or self._previews.is_reading(selected),
            preview=self._previews.preview(selected, choice),
        )

    @property
    def _selected(self) -> int | None:
        """The selected calendar: the only one, or the one chosen, as long as it is listed."""
        if len(self._built) == 1:
            return self._built[0][0]
        return self._selected_id if self._selected_id in self._draft.choices else None

    def _select(self, calendar_id: int) -> None:
        self._selected_id = calendar_id
        self._show()

    def _read_again(self) -> None:
        if self._selected is not None:
            self._previews.reload(self._selected)

    async def _trust(self, address: str) -> str:
        try:
            await run_as(self._app, self._me, trust, address)
        except InvalidInput as error:
            return error.sentence
        self._read_again()
        return ""

    async def _distrust(self, address: str) -> None:
        await run_as(self._app, self._me, distrust, address)
        self._read_again()

    async def _save(self) -> None:
        self._save_button.props("loading")
        try:
            await run_as(self._app, self._me, choose, self._id, self._draft.unsaved)
        except NotAllowed:
            ui.notify("This connection has already been disconnected", position="bottom-right")
        leave_unasked(BACK)


def _now() -> datetime:
    return datetime.now(UTC)


def _shape(calendars: Sequence[CalendarView]) -> list[tuple[int, str, bool]]:
    """The list is rebuilt when this changes; everything else is updated in place."""
    return [(each.id, each.own_name, each.cause is Cause.NOT_FOUND) for each in calendars]


def _first_on(calendars: Sequence[CalendarView]) -> int | None:
    return next((each.id for each in calendars if each.is_on), None)
