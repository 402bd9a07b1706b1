"""Connections that exist but are off, such as one that was created and never saved: what to do about each."""

from collections.abc import Sequence

from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.services.connections.views import ConnectionView

AT_MOST = 3


class Unused:
    """Redrawn only when the connections change."""

    def __init__(self) -> None:
        self._place = html.div().classes("home-alerts")
        self._shown: list[tuple[int, str]] = []

    def show(self, unused: Sequence[ConnectionView]) -> None:
        now = [(connection.id, connection.nickname) for connection in unused]
        if now == self._shown:
            return
        self._shown = now
        self._place.clear()
        with self._place:
            for connection_id, name in now[:AT_MOST]:
                _draw(connection_id, name)
            if more := max(len(now) - AT_MOST, 0):
                with html.p().classes("home-more"):
                    TextElement(tag="span", text=f"{more} more {'is' if more == 1 else 'are'} connected but off.")
                    ui.link("See all", "/calendars")


def _draw(connection_id: int, name: str) -> None:
    with html.section().classes("oc-alert is-off") as card:
        html.i().classes("oc-i oc-i-off")
        with html.div():
            heading = TextElement(tag="h2", text=f"{name} is connected but off")
            html.p("Nothing is read until you choose what counts and save.")
        with html.div().classes("oc-acts wide"):
            target = f"/calendar_connections/{connection_id}"
            button = ui.button("Choose calendars", on_click=lambda: ui.navigate.to(target), color=None)
            button.props(f"unelevated no-caps aria-describedby={heading.html_id}").classes("oc-btn")
    card.props(f"aria-labelledby={heading.html_id}")
