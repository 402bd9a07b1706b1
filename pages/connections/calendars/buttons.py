"""Sync now, Edit and Disconnect: the three buttons of a connection, described by its name."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from nicegui import html, ui

from oncall_ui.domain.imports.state import State
from oncall_ui.services.connections.views import ConnectionView
from pages.widgets.calendar_status import GiveAnswer

Action = Callable[[int], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Actions:
    """What the buttons do, given the connection's id; `answer` is given the calendar's."""

    sync: Action
    disconnect: Action
    answer: GiveAnswer


class ConnectionButtons:
    """Drawn once; `show` ends the progress that Sync now shows."""

    def __init__(self, connection: ConnectionView, actions: Actions, heading: ui.element) -> None:
        self._id, self._heading = connection.id, heading
        self._actions = actions
        self._is_sync_requested = False
        with html.div().classes("oc-acts"):
            self._sync = self._button("Sync now", "oc-icon oc-i-sync", self._request_sync)
            self._button("Edit", "", lambda: ui.navigate.to(f"/calendar_connections/{self._id}"))
            self._button("Disconnect", "", lambda: actions.disconnect(self._id))

    def show(self, connection: ConnectionView) -> None:
        is_waiting = any(calendar.state is State.WAITING for calendar in connection.calendars)
        if self._is_sync_requested and not is_waiting:
            self._is_sync_requested = False
            self._sync.props(remove="loading")

    def _button(self, word: str, icon: str, on_click: Callable[[], object]) -> ui.button:
        button = ui.button(word, on_click=on_click, color=None).props("flat no-caps")
        # Its name is the word on it, by which people and scripts find it; whose button it is follows as a description.
        button.props["aria-describedby"] = self._heading.html_id
        return button.classes(f"oc-btn quiet {icon}".strip())

    async def _request_sync(self) -> None:
        """The button shows progress until no calendar is waiting for its import to start."""
        self._sync.props("loading")
        await self._actions.sync(self._id)
        self._is_sync_requested = True
