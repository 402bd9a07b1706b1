"""A connection of one calendar: one row of the list, with the same buttons as a card."""

from datetime import datetime
from zoneinfo import ZoneInfo

from nicegui import html
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.services.connections.views import ConnectionView
from pages.connections.calendars.buttons import Actions, ConnectionButtons
from pages.connections.calendars.row import CalendarRow


class SingleRow:
    """Built for a connection; `fits` says whether `show` can still show a newer view of it."""

    def __init__(self, connection: ConnectionView, actions: Actions) -> None:
        (calendar,) = connection.calendars
        self._shape = _shape(connection)
        with html.section().classes("oc-cal oc-conn oc-one") as self.element:
            html.img(src=f"/static/logos/{connection.logo}", alt=connection.product_name).classes("oc-logo")
            self.heading = html.h2(connection.nickname).classes("name oc-clip").props("tabindex=-1")
            self.heading.props["title"] = connection.nickname
            host = TextElement(tag="p", text="" if connection.account == connection.nickname else connection.account)
            host.classes("oc-sub oc-clip").props["title"] = connection.account
            self._row = CalendarRow(connection, calendar, actions.answer, place=self.element, heading=self.heading)
            self._buttons = ConnectionButtons(connection, actions, self.heading)
        self.element.props(f"aria-labelledby={self.heading.html_id}")

    def fits(self, connection: ConnectionView) -> bool:
        return _shape(connection) == self._shape

    def show(self, connection: ConnectionView, zone: ZoneInfo, now: datetime) -> None:
        self._row.show(connection.calendars[0], zone, now)
        self._buttons.show(connection)


def _shape(connection: ConnectionView) -> tuple[object, ...]:
    return connection.nickname, connection.account, tuple(calendar.id for calendar in connection.calendars)
