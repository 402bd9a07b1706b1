"""A connection with its calendars, and the three things one does with it."""

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

SHOWN_WHOLE = 12
"""Up to so many calendars all have their row; beyond, those that are off share one."""

Act = Callable[[int], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Acts:
    """What the buttons do, given the connection's id; an answer, given the calendar's."""

    sync: Act
    disconnect: Act
    answer: GiveAnswer


class ConnectionCard:
    """Drawn for a set of calendars; `fits` says whether a fresh view can still be shown by patching."""

    def __init__(self, connection: ConnectionView, acts: Acts) -> None:
        self._id = connection.id
        self._shape = _shape(connection)
        self._is_asked = False
        shown, folded = fold(connection.calendars)
        with html.section().classes("oc-card oc-conn") as self.element:
            self._head(connection, acts)
            with html.ul().classes("oc-rows"):
                self._rows = {calendar.id: CalendarRow(connection, calendar, acts.answer) for calendar in shown}
                if folded:
                    _folded_row(folded, others=bool(shown))
        self.element.props(f"aria-labelledby={self.heading.html_id}")

    def fits(self, connection: ConnectionView) -> bool:
        return _shape(connection) == self._shape

    def show(self, connection: ConnectionView, zone: ZoneInfo, now: datetime) -> None:
        for calendar in connection.calendars:
            if row := self._rows.get(calendar.id):
                row.show(calendar, zone, now)
        if self._is_asked and not any(calendar.state is State.WAITING for calendar in connection.calendars):
            self._is_asked = False
            self._sync.props(remove="loading")

    def _head(self, connection: ConnectionView, acts: Acts) -> None:
        with html.div().classes("oc-card-head"):
            html.img(src=f"/static/logos/{connection.logo}", alt="").classes("oc-logo")
            with html.div().classes("grow"):
                self.heading = html.h2(connection.nickname).classes("oc-clip").props("tabindex=-1")
                self.heading.props["title"] = connection.nickname
                TextElement(tag="p", text=connection.account).classes("oc-sub oc-clip")
            with html.div().classes("oc-acts"):
                self._sync = self._button("Sync now", "sync", lambda: self._ask_sync(acts))
                self._button("Edit", "edit", lambda: ui.navigate.to(f"/calendar_connections/{self._id}"))
                self._button("Disconnect", "unlink", lambda: acts.disconnect(self._id))

    def _button(self, word: str, icon: str, on_click: Callable[[], object]) -> ui.button:
        button = ui.button(word, on_click=on_click, color=None).props("flat no-caps")
        # Every card has these three: the heading says whose they are.
        button.props(f"aria-describedby={self.heading.html_id}")
        return button.classes(f"oc-btn quiet oc-icon oc-i-{icon}")

    async def _ask_sync(self, acts: Acts) -> None:
        """Shows that it was pressed until the job has taken every calendar."""
        self._sync.props("loading")
        await acts.sync(self._id)
        self._is_asked = True


def fold(calendars: tuple[CalendarView, ...]) -> tuple[list[CalendarView], list[CalendarView]]:
    """Those that have a row, and those that share one."""
    if len(calendars) <= SHOWN_WHOLE:
        return list(calendars), []
    off = [calendar for calendar in calendars if calendar.state is State.OFF]
    return [calendar for calendar in calendars if calendar.state is not State.OFF], off


def _folded_row(folded: list[CalendarView], *, others: bool) -> None:
    number = f"{len(folded):,}{' more' if others else ''}"
    with html.li().classes("oc-cal is-off"):
        TextElement(tag="b", text=f"{number} {'is' if len(folded) == 1 else 'are'} off").classes("name")
        TextElement(tag="span", text=", ".join(calendar.name for calendar in folded)).classes("oc-folded")


def _shape(connection: ConnectionView) -> tuple[object, ...]:
    """What can't be patched: which rows there are, and the words drawn once."""
    shown, folded = fold(connection.calendars)
    names = tuple((calendar.id, calendar.name) for calendar in shown)
    return connection.nickname, connection.account, names, tuple(calendar.name for calendar in folded)
