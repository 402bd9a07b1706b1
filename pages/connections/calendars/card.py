"""The card of one connection: its calendars, and the buttons Sync now, Edit and Disconnect."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.domain.imports.state import State
from oncall_ui.services.connections.views import CalendarView, ConnectionView
from pages.connections.calendars.row import CalendarRow
from pages.widgets.calendar_status import GiveAnswer

MAX_ROWS = 12
"""With more calendars than this, those that are off share one row."""

Action = Callable[[int], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Actions:
    """What the buttons do, given the connection's id; `answer` is given the calendar's."""

    sync: Action
    disconnect: Action
    answer: GiveAnswer


class ConnectionCard:
    """Built for a set of calendars; `fits` says whether `show` can still show a newer view of the connection."""

    def __init__(self, connection: ConnectionView, actions: Actions) -> None:
        self._id = connection.id
        self._shape = _shape(connection)
        self._is_sync_requested = False
        shown, folded = fold(connection.calendars)
        with html.section().classes("oc-card oc-conn") as self.element:
            self._head(connection, actions)
            with html.ul().classes("oc-rows"):
                self._rows = {calendar.id: CalendarRow(connection, calendar, actions.answer) for calendar in shown}
                if folded:
                    _folded_row(folded, others=bool(shown))
        self.element.props(f"aria-labelledby={self.heading.html_id}")

    def fits(self, connection: ConnectionView) -> bool:
        return _shape(connection) == self._shape

    def show(self, connection: ConnectionView, zone: ZoneInfo, now: datetime) -> None:
        for calendar in connection.calendars:
            if row := self._rows.get(calendar.id):
                row.show(calendar, zone, now)
        is_waiting = any(calendar.state is State.WAITING for calendar in connection.calendars)
        if self._is_sync_requested and not is_waiting:
            self._is_sync_requested = False
            self._sync.props(remove="loading")

    def _head(self, connection: ConnectionView, actions: Actions) -> None:
        with html.div().classes("oc-card-head"):
            html.img(src=f"/static/logos/{connection.logo}", alt="").classes("oc-logo")
            with html.div().classes("grow"):
                self.heading = html.h2(connection.nickname).classes("oc-clip").props("tabindex=-1")
                self.heading.props["title"] = connection.nickname
                TextElement(tag="p", text=connection.account).classes("oc-sub oc-clip")
            with html.div().classes("oc-acts"):
                self._sync = self._button("Sync now", "sync", lambda: self._request_sync(actions))
                self._button("Edit", "edit", lambda: ui.navigate.to(f"/calendar_connections/{self._id}"))
                self._button("Disconnect", "unlink", lambda: actions.disconnect(self._id))

    def _button(self, word: str, icon: str, on_click: Callable[[], object]) -> ui.button:
        button = ui.button(word, on_click=on_click, color=None).props("flat no-caps")
        # Every card has these three buttons: the heading says which connection they belong to.
        button.props(f"aria-describedby={self.heading.html_id}")
        return button.classes(f"oc-btn quiet oc-icon oc-i-{icon}")

    async def _request_sync(self, actions: Actions) -> None:
        """The button shows progress until no calendar is waiting for its import to start."""
        self._sync.props("loading")
        await actions.sync(self._id)
        self._is_sync_requested = True


def fold(calendars: tuple[CalendarView, ...]) -> tuple[list[CalendarView], list[CalendarView]]:
    """The calendars with their own row, and those that share one."""
    if len(calendars) <= MAX_ROWS:
        return list(calendars), []
    off = [calendar for calendar in calendars if calendar.state is State.OFF]
    return [calendar for calendar in calendars if calendar.state is not State.OFF], off


def _folded_row(folded: list[CalendarView], *, others: bool) -> None:
    number = f"{len(folded):,}{' more' if others else ''}"
    with html.li().classes("oc-cal is-off"):
        TextElement(tag="b", text=f"{number} {'is' if len(folded) == 1 else 'are'} off").classes("name")
        TextElement(tag="span", text=", ".join(calendar.name for calendar in folded)).classes("oc-folded")


def _shape(connection: ConnectionView) -> tuple[object, ...]:
    """The card is rebuilt when this changes: which rows there are, and texts that are set only once."""
    shown, folded = fold(connection.calendars)
    names = tuple((calendar.id, calendar.name) for calendar in shown)
    return connection.nickname, connection.account, names, tuple(calendar.name for calendar in folded)
