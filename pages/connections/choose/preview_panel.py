"""What would count of the calendar being looked at, and why the rest would not; changes with every touch."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.domain.availability.preview import Preview
from oncall_ui.services.imports.preview import CalendarPreview
from pages.connections.choose.preview_lists import PreviewLists
from pages.connections.choose.preview_words import circumstances, heading
from pages.widgets.dates import count

READING = "Reading the next 90 days…"
NOT_READ = "This calendar can’t be previewed"
NOT_CHOSEN = "What would count"
CHOOSE = "Switch a calendar on, or press what stands beside its name, to see which of its events would count."
FOCUS_AFTER_MS = 50
SKELETON = '<div class="oc-preview-wait" aria-hidden="true">' + "<i></i><b></b><i></i>" * 3 + "</div>"


@dataclass(frozen=True, slots=True)
class Looked:
    """What there is to show of one calendar. `found` is its preview, why there is none, or None: not known yet."""

    calendar_id: int
    name: str
    is_on: bool
    found: CalendarPreview | str | None
    is_reading: bool
    forecast: Preview | None
    """What the draft's choice comes to; None without a preview."""


class PreviewPanel:
    """Drawn once; `show` patches it. `trust` is awaited with an address and says why it can’t be trusted, else ``."""

    def __init__(self, zone: ZoneInfo, trust: Callable[[str], Awaitable[str]], again: Callable[[], None]) -> None:
        self._zone, self._trust = zone, trust
        self._looked: Looked | None = None
        self._now = datetime.now(UTC)
        self._arrived = 0
        with html.section().classes("oc-card oc-preview").props("aria-labelledby=preview"):
            with html.div().classes("oc-card-head"), html.div().classes("grow"):
                # A status gives its words to no heading around it unless it is pointed at.
                with html.h2().props("aria-labelledby=preview tabindex=-1") as self._heading:
                    self._answer = TextElement(tag="span", text="").props("id=preview role=status")
                self._about = TextElement(tag="p", text="").classes("oc-sub")
                self._again = ui.button("Try again", on_click=again, color=None).props("flat no-caps")
                self._again.classes("oc-btn quiet")
            self._wait = ui.html(SKELETON, sanitize=False)  # ours, word for word
            self._lists = PreviewLists(zone, self._trust_it)
        self._draw()

    def show(self, looked: Looked | None, now: datetime) -> None:
        if looked != self._looked:
            self._arrived = 0
        self._looked, self._now = looked, now
        self._draw()

    def count(self, events: int) -> None:
        """How many events have arrived of what is being read."""
        if events > self._arrived:
            self._arrived = events
            self._about.set_text(self._words()[1])

    def _draw(self) -> None:
        looked = self._looked
        answer, about = self._words()
        self._answer.set_text(answer)
        self._about.set_text(about)
        self._again.set_visibility(looked is not None and isinstance(looked.found, str) and not looked.is_reading)
        self._wait.set_visibility(looked is not None and looked.is_reading and looked.forecast is None)
        today = self._now.astimezone(self._zone).date()
        if looked is None:
            self._lists.show(0, None, today, asks=False)
        else:
            self._lists.show(looked.calendar_id, looked.forecast, today, asks=not looked.is_reading)

    def _words(self) -> tuple[str, str]:
        looked = self._looked
        if looked is None:
            return NOT_CHOSEN, CHOOSE
        if looked.is_reading:
            arrived = f", {count(self._arrived, 'event')} so far" if self._arrived else ""
            return READING, f"{looked.name}{arrived}. Nothing of it is kept."
        if looked.found is None or looked.forecast is None:
            return NOT_READ, str(looked.found or "")
        assert isinstance(looked.found, CalendarPreview)  # there is a forecast of it
        window, read_at = looked.found.window, looked.found.read_at
        told = circumstances(looked.name, window, read_at, self._zone, self._now, is_on=looked.is_on)
        return heading(looked.forecast), told

    async def _trust_it(self, address: str) -> str:
        refused = await self._trust(address)
        if not refused:
            # The button that was pressed goes with its row.
            ui.run_javascript(f"setTimeout(() => getHtmlElement({self._heading.id})?.focus(), {FOCUS_AFTER_MS})")
        return refused
