"""The card of a connection of several calendars: a row each, and the buttons of the connection."""

from datetime import datetime
from zoneinfo import ZoneInfo

from nicegui import html
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.domain.imports.state import State
from oncall_ui.services.connections.views import CalendarView, ConnectionView
from pages.connections.calendars.buttons import Actions, ConnectionButtons
from pages.connections.calendars.row import CalendarRow

MAX_ROWS = 12
"""With more calendars than this, those that are off share one row."""


class ConnectionCard:
    """Built for a set of calendars; `fits` says whether `show` can still show a newer view of the connection."""

    def __init__(self, connection: ConnectionView, actions: Actions) -> None:
        self._shape = _shape(connection)
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
        self._buttons.show(connection)

    def _head(self, connection: ConnectionView, actions: Actions) -> None:
        with html.div().classes("oc-card-head"):
            html.img(src=f"/static/logos/{connection.logo}", alt="").classes("oc-logo")
            with html.div().classes("grow"):
                self.heading = html.h2(connection.nickname).classes("oc-clip").props("tabindex=-1")
                self.heading.props["title"] = connection.nickname
                TextElement(tag="p", text=connection.account).classes("oc-sub oc-clip")
            self._buttons = ConnectionButtons(connection, actions, self.heading)


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
