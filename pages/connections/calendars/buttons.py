"""Sync now, Edit and Disconnect: the three buttons of a connection, named with it."""

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

    def __init__(self, connection: ConnectionView, actions: Actions) -> None:
        self._id, self._name = connection.id, connection.nickname
        self._actions = actions
        self._is_sync_requested = False
        with html.div().classes("oc-acts"):
            self._sync = self._button("Sync now", "Sync now, {}", "oc-icon oc-i-sync", self._request_sync)
            self._button("Edit", "Edit {}", "", lambda: ui.navigate.to(f"/calendar_connections/{self._id}"))
            self._button("Disconnect", "Disconnect {}", "", lambda: actions.disconnect(self._id))

    def show(self, connection: ConnectionView) -> None:
        is_waiting = any(calendar.state is State.WAITING for calendar in connection.calendars)
        if self._is_sync_requested and not is_waiting:
            self._is_sync_requested = False
            self._sync.props(remove="loading")

    def _button(self, word: str, name: str, icon: str, on_click: Callable[[], object]) -> ui.button:
        button = ui.button(word, on_click=on_click, color=None).props("flat no-caps")
        # The name begins with what can be seen, so that the button is found by its word as well.
        button.props["aria-label"] = name.format(self._name)
        return button.classes(f"oc-btn quiet {icon}".strip())

    async def _request_sync(self) -> None:
        """The button shows progress until no calendar is waiting for its import to start."""
        self._sync.props("loading")
        await self._actions.sync(self._id)
        self._is_sync_requested = True
