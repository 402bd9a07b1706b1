"""Which calendars of a connection are read, and how their events count."""

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
from oncall_ui.services.accounts.sessions import LoggedIn
from oncall_ui.services.connections.choose import choose
from oncall_ui.services.connections.refresh import refresh_calendars
from oncall_ui.services.connections.views import CalendarView, ConnectionView, get_connection
from oncall_ui.services.imports.preview import trust
from oncall_ui.services.team.tags import read_tags
from pages.connections.choose.draft import Draft
from pages.connections.choose.preview import Previews
from pages.connections.choose.preview_panel import Looked, PreviewPanel
from pages.connections.choose.row import ChoiceRow, label_of
from pages.layout import frame
from pages.session import login_required, run_as
from pages.widgets.leaving import ask_before_leaving, leave_unasked

BACK = "/calendars"
TICK_SECONDS = 60
LARGEST_ID = 2**31 - 1
"""More than this no database takes for an id."""


def register(app: App) -> None:
    logged_in = login_required(app)

    def owned(connection_id: int, me: Annotated[LoggedIn, Depends(logged_in)]) -> ConnectionView:
        if connection_id > LARGEST_ID:
            raise NotAllowed
        return get_connection(app, me.member.id, connection_id)

    def words(me: Annotated[LoggedIn, Depends(logged_in)]) -> Tags:
        return read_tags(app, me.member.id)

    @ui.page("/calendar_connections/{connection_id:int}")
    def choose_page(
        me: Annotated[LoggedIn, Depends(logged_in)],
        connection: Annotated[ConnectionView, Depends(owned)],
        tags: Annotated[Tags, Depends(words)],
    ) -> None:
        with frame(app, me, "Choose calendars", BACK) as live:
            _head(connection)
            with html.div().classes("oc-pair"):
                screen = _Screen(app, me, connection, tags)
        with ui.context.client.content:
            screen.draw_bar()
        live.watch(screen.follow)
        ui.timer(TICK_SECONDS, screen.tick)
        ui.context.client.on_connect(screen.look)
        ui.context.client.on_connect(lambda: _look_again(app, me, connection.id))


async def _look_again(app: App, me: LoggedIn, connection_id: int) -> None:
    """Calendars that appeared or went since come into the list while it is looked at; it is no worse without."""
    with contextlib.suppress(Failure, NotAllowed):
        await refresh_calendars(app, me.member.id, connection_id)


class _Screen:
    """The list, the preview beside it, the bar below, and the draft they share."""

    def __init__(self, app: App, me: LoggedIn, connection: ConnectionView, tags: Tags) -> None:
        self._app, self._me, self._id = app, me, connection.id
        self._label = label_of(tags)
        self._draft = Draft(connection.calendars)
        self._looked_at = _first_looked_at(connection.calendars)
        self._rows: dict[int, ChoiceRow] = {}
        self._drawn: list[tuple[int, str, bool]] = []
        self._asks = False
        self._is_there = False
        self._list = html.ul().classes("oc-card oc-rows oc-choices").props('aria-label="Calendars on this connection"')
        self._panel = PreviewPanel(me.member.tz, self._trust, self._read_again)
        self._previews = Previews(app, me, self._show_preview, self._panel.count)
        self._draw(connection.calendars)

    def look(self) -> None:
        """The page is shown: whatever it has to read may be read now."""
        self._is_there = True
        self._show()

    def tick(self) -> None:
        """What time changes by itself."""
        self._show_preview()

    def draw_bar(self) -> None:
        with html.div().classes("oc-save"), html.div().classes("oc-save-inner"):
            self._summary = TextElement(tag="span", text="").classes("grow")
            # Whoever cancels has been asked enough.
            ui.link("Cancel", BACK).classes("oc-btn quiet").on(
                "click", js_handler="() => window.removeEventListener('beforeunload', window.oncallAsks)"
            )
            self._save_button = ui.button("Save", on_click=self._save, color=None).props("unelevated no-caps")
            self._save_button.classes("oc-btn main")
        self._show()

    def follow(self, connections: Sequence[ConnectionView]) -> None:
        """Something was saved, here or elsewhere: what is untouched shows it."""
        connection = next((each for each in connections if each.id == self._id), None)
        if connection is None:
            leave_unasked(BACK)
            return
        self._draft.follow(connection.calendars)
        if _as_drawn(connection.calendars) != self._drawn:
            self._draw(connection.calendars)
        self._show()

    def _draw(self, calendars: Sequence[CalendarView]) -> None:
        self._drawn = _as_drawn(calendars)
        look_at = self._look_at if len(calendars) > 1 else None
        self._list.clear()
        with self._list:
            if not calendars:
                html.li("There is no calendar on this connection.").classes("oc-pick oc-sub")
            self._rows = {each.id: ChoiceRow(each, self._draft, self._show, look_at, self._label) for each in calendars}

    def _show(self) -> None:
        if self._is_there and self._looked is not None:
            self._previews.look_at(self._looked)
        self._show_preview()
        unsaved = ", not saved yet" if self._draft.unsaved else ""
        self._summary.set_text(f"{self._draft.number_on:,} of {len(self._rows):,} switched on{unsaved}")
        asks = bool(self._draft.touched)
        if asks is not self._asks:
            self._asks = asks
            ask_before_leaving(asks)

    def _show_preview(self) -> None:
        for calendar_id, row in self._rows.items():
            forecast = self._previews.forecast(calendar_id, self._draft.choices[calendar_id])
            row.show(forecast, is_looked_at=calendar_id == self._looked)
        self._panel.show(self._view(), datetime.now(UTC))

    def _view(self) -> Looked | None:
        if (looked := self._looked) is None:
            return None
        choice, found = self._draft.choices[looked], self._previews.found(looked)
        return Looked(
            calendar_id=looked,
            name=next(name for calendar_id, name, _ in self._drawn if calendar_id == looked),
            is_on=choice.is_on,
            found=found,
            is_reading=found is None or self._previews.is_reading(looked),
            forecast=self._previews.forecast(looked, choice),
        )

    @property
    def _looked(self) -> int | None:
        """The calendar being looked at: the only one there is, or the one chosen, while it is there."""
        if len(self._rows) == 1:
            return next(iter(self._rows))
        return self._looked_at if self._looked_at in self._rows else None

    def _look_at(self, calendar_id: int) -> None:
        self._looked_at = calendar_id
        self._show()

    def _read_again(self) -> None:
        if self._looked is not None:
            self._previews.look_again(self._looked)

    async def _trust(self, address: str) -> str:
        try:
            await run_as(self._app, self._me, trust, address)
        except InvalidInput as error:
            return error.sentence
        self._read_again()
        return ""

    async def _save(self) -> None:
        self._save_button.props("loading")
        try:
            await run_as(self._app, self._me, choose, self._id, self._draft.unsaved)
        except NotAllowed:
            ui.notify("This connection is gone already", position="bottom-right")
        leave_unasked(BACK)


def _as_drawn(calendars: Sequence[CalendarView]) -> list[tuple[int, str, bool]]:
    """What rows are drawn anew for; all else is patched."""
    return [(each.id, each.name, each.cause is Cause.NOT_FOUND) for each in calendars]


def _first_looked_at(calendars: Sequence[CalendarView]) -> int | None:
    return next((each.id for each in calendars if each.is_on), None)


def _head(connection: ConnectionView) -> None:
    with html.header().classes("oc-head"):
        with html.div():
            ui.link("Back", BACK).classes("oc-back oc-icon oc-i-left")
            html.h1("Choose calendars")
            html.p("Switch on the ones that say when you can’t, or would like to, be on call.").classes("oc-lead")
        with html.p().classes("oc-whose"):
            html.img(src=f"/static/logos/{connection.logo}", alt="").classes("oc-logo")
            with html.span(connection.nickname):
                html.small(connection.account)
