"""Loads previews for one page and keeps them until the page is closed."""

import asyncio
from collections.abc import Callable

from nicegui import background_tasks, ui

from oncall_ui.app import App
from oncall_ui.domain.availability.preview import CountingMode, Preview, preview_for
from oncall_ui.domain.imports.failures import Failure
from oncall_ui.errors import NotAllowed, NotLoggedIn
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from oncall_ui.services.connections.choose import Choice
from oncall_ui.services.imports.preview import CalendarPreview, preview
from pages.connections.choose.preview_failed import NoPreview, no_preview
from pages.session import still_here

REMEMBERED = 20
"""How many previews a page keeps; each can have a few hundred lines."""
UNEXPECTED = NoPreview(
    "Something went wrong on this server. Try again later; your administrator finds the reason in its log."
)
DELETED = NoPreview("This calendar no longer exists. Go back to see the current list.", is_gone=True)


class PreviewLoader:
    """Reads one calendar at a time, the selected one, once. Build it with the page; it stops when the page is closed.

    `changed` is called when there is something new to show, `counted` with the number of events read so far.
    """

    def __init__(self, app: App, me: LoggedIn, changed: Callable[[], None], counted: Callable[[int], None]) -> None:
        self._app, self._me, self._changed, self._counted = app, me, changed, counted
        self._client = ui.context.client
        self._found: dict[int, CalendarPreview | NoPreview] = {}
        self._reading: int | None = None
        self._task: asyncio.Task[None] | None = None
        self._client.on_delete(self._stop)

    def load(self, calendar_id: int) -> None:
        """Reads the calendar unless that is done or under way; stops reading any other."""
        if calendar_id != self._reading and calendar_id not in self._found:
            self._start(calendar_id)

    def reload(self, calendar_id: int) -> None:
        """Reads the calendar again and forgets the others, whose previews may be outdated too."""
        self._found = {each: found for each, found in self._found.items() if each == calendar_id}
        self._start(calendar_id)

    def is_reading(self, calendar_id: int) -> bool:
        return calendar_id == self._reading

    def found(self, calendar_id: int) -> CalendarPreview | NoPreview | None:
        """The preview, or why there is none; None while that isn't known."""
        return self._found.get(calendar_id)

    def preview(self, calendar_id: int, choice: Choice) -> Preview | None:
        """What would count under `choice`; None if the calendar hasn't been read."""
        found = self._found.get(calendar_id)
        if not isinstance(found, CalendarPreview):
            return None
        mode = CountingMode(choice.mode, counts_free=choice.counts_free, counts_all_day=choice.counts_all_day)
        return preview_for(found.previews, mode)

    def _start(self, calendar_id: int) -> None:
        self._stop()
        self._reading = calendar_id
        self._task = background_tasks.create(self._read(calendar_id), name="preview")
        self._changed()

    def _stop(self) -> None:
        self._reading = None
        if self._task is not None:
            self._task.cancel()
            self._task = None

    async def _read(self, calendar_id: int) -> None:
        with self._client:
            try:
                await still_here(self._app, self._me)
            except NotLoggedIn:
                return
            found: CalendarPreview | NoPreview = UNEXPECTED
            try:
                found = await preview(self._app, self._me.member.id, calendar_id, self._counted)
            except Failure as failure:
                found = no_preview(failure)
            except NotAllowed:
                found = DELETED
            finally:
                # Any other exception is logged further up; the page shows UNEXPECTED.
                if self._task is asyncio.current_task():  # else it was stopped, perhaps to read the same one again
                    self._task = self._reading = None
                    self._remember(calendar_id, found)
                    self._changed()

    def _remember(self, calendar_id: int, found: CalendarPreview | NoPreview) -> None:
        self._found.pop(calendar_id, None)
        while len(self._found) >= REMEMBERED:
            del self._found[next(iter(self._found))]
        self._found[calendar_id] = found
