"""What one page has read of its member's calendars to show what would count. Nothing of it outlives the page."""

import asyncio
from collections.abc import Callable

from nicegui import background_tasks, ui

from oncall_ui.app import App
from oncall_ui.domain.availability.preview import CountingMode, Preview, preview_for
from oncall_ui.domain.imports.failures import Failure
from oncall_ui.errors import NotAllowed, NotLoggedIn
from oncall_ui.services.accounts.sessions import LoggedIn
from oncall_ui.services.connections.choose import Choice
from oncall_ui.services.imports.preview import CalendarPreview, preview
from pages.session import still_here

REMEMBERED = 20
"""So many calendars at most, a few hundred lines of each."""
UNFORESEEN = "Something went wrong on this server; its log says what. Try again in a while."
GONE_ALREADY = "This calendar is gone already. Go back to see those that are there."


class Previews:
    """Reads one calendar at a time, the one looked at, once. Made while the page is built; ends when it is left.

    `changed` is called when there is something new to show, `counted` with how many events have arrived so far.
    """

    def __init__(self, app: App, me: LoggedIn, changed: Callable[[], None], counted: Callable[[int], None]) -> None:
        self._app, self._me, self._changed, self._counted = app, me, changed, counted
        self._client = ui.context.client
        self._found: dict[int, CalendarPreview | str] = {}
        self._reading: int | None = None
        self._task: asyncio.Task[None] | None = None
        self._client.on_delete(self._stop)

    def look_at(self, calendar_id: int) -> None:
        """Reads it unless it has been read, or is being read. Another one being read gives way."""
        if calendar_id != self._reading and calendar_id not in self._found:
            self._start(calendar_id)

    def look_again(self, calendar_id: int) -> None:
        """Reads it anew; what was read of the others is forgotten, since what decides may not be what it was."""
        self._found = {each: found for each, found in self._found.items() if each == calendar_id}
        self._start(calendar_id)

    def is_reading(self, calendar_id: int) -> bool:
        return calendar_id == self._reading

    def found(self, calendar_id: int) -> CalendarPreview | str | None:
        """What was read, or the sentence that says why it wasn't; None while nobody knows."""
        return self._found.get(calendar_id)

    def forecast(self, calendar_id: int, choice: Choice) -> Preview | None:
        """What `choice` would come to, if the calendar has been read."""
        found = self._found.get(calendar_id)
        if not isinstance(found, CalendarPreview):
            return None
        way = CountingMode(choice.mode, counts_free=choice.counts_free, counts_all_day=choice.counts_all_day)
        return preview_for(found.previews, way)

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
            found: CalendarPreview | str = UNFORESEEN
            try:
                found = await preview(self._app, self._me.member.id, calendar_id, self._counted)
            except Failure as failure:
                found = failure.sentence
            except NotAllowed:
                found = GONE_ALREADY
            finally:
                # Whatever nobody foresaw goes on to the log; the page says that something did.
                if self._reading == calendar_id:
                    self._reading = None
                    self._remember(calendar_id, found)
                    self._changed()

    def _remember(self, calendar_id: int, found: CalendarPreview | str) -> None:
        self._found.pop(calendar_id, None)
        while len(self._found) >= REMEMBERED:
            del self._found[next(iter(self._found))]
        self._found[calendar_id] = found
