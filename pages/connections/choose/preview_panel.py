"""The preview beside the list: which events of one calendar would count, and why the others wouldn't."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.domain.availability.preview import Preview
from oncall_ui.services.imports.preview import CalendarPreview
from pages.connections.choose.how import PREVIEW
from pages.connections.choose.preview_failed import NoPreview, PreviewFailed
from pages.connections.choose.preview_words import circumstances, counting_rows, ignored_rows
from pages.connections.choose.strip import MiniStrip
from pages.connections.choose.trusted import Trusted
from pages.widgets.dates import count

NOTHING_SELECTED = "Preview"
SELECT_ONE = "Switch on a calendar, or choose the button next to its name, to see which of its events would count."
FEW = 5
"""How many of the events that count are listed before "Show more"."""
CALENDARS = "calendars"
"""The id of the list of calendars."""
FOCUS_AFTER_MS = 50
SKELETON = '<div class="oc-preview-wait" aria-hidden="true">' + "<i></i><b></b><i></i>" * 3 + "</div>"
COUNTING = """
<div class="oc-would" role="listitem"><span :class="props.row.k">{{ props.row.kind }}</span><div
  ><b class="oc-clip" dir="auto" :title="props.row.title">{{ props.row.title }}</b
  ><small class="oc-clip">{{ props.row.why }}</small></div
  ><span class="at">{{ props.row.at[0] }}<br>{{ props.row.at[1] }}</span></div>
"""

Trust = Callable[[str], Awaitable[str]]
"""Adds an address to the member's own; returns the reason if that isn't possible, else an empty string."""
Distrust = Callable[[str], Awaitable[None]]
"""Takes that back."""


@dataclass(frozen=True, slots=True)
class PreviewState:
    """What to show of one calendar. `found` is its preview, why there is none, or None while unknown."""

    calendar_id: int
    name: str
    is_on: bool
    found: CalendarPreview | NoPreview | None
    is_reading: bool
    preview: Preview | None
    """For the draft's choice; None without a preview."""


class PreviewPanel:
    """Built once; `show` updates it."""

    def __init__(
        self, zone: ZoneInfo, trust: Trust, distrust: Distrust, read_again: Callable[[], None], reconnect: str
    ) -> None:
        self._zone, self._trust, self._distrust, self._read_again = zone, trust, distrust, read_again
        self._state: PreviewState | None = None
        self._now = datetime.now(UTC)
        self._arrived = 0
        with html.section().classes("oc-card oc-preview").props(f"aria-labelledby={PREVIEW}"):
            with html.div().classes("oc-card-head"), html.div().classes("grow"):
                ui.link("Back to the list", f"#{CALENDARS}").classes("oc-jump")
                self._heading = TextElement(tag="h2", text="").props(f"id={PREVIEW} tabindex=-1")
                self._about = TextElement(tag="p", text="").classes("oc-sub")
            self._trusted = Trusted(self._take_back)
            self._failed = PreviewFailed(self._try_again, reconnect)
            self._wait = ui.html(SKELETON, sanitize=False)  # a constant of ours
            self._strip = MiniStrip()
            self._lists = PreviewLists(zone, self._add_address)
        self._update()

    def show(self, state: PreviewState | None, now: datetime) -> None:
        """None when no calendar is selected."""
        if state != self._state:
            self._arrived = 0
        self._state, self._now = state, now
        self._update()

    def count(self, events: int) -> None:
        """Shows how many events have arrived so far."""
        if events > self._arrived:
            self._arrived = events
            self._about.set_text(self._words()[1])

    def _update(self) -> None:
        state = self._state
        heading, about = self._words()
        self._heading.set_text(heading)
        self._about.set_text(about)
        self._about.set_visibility(bool(about))
        self._show_failure()
        self._wait.set_visibility(state is not None and state.is_reading and state.preview is None)
        today = self._now.astimezone(self._zone).date()
        preview = state.preview if state else None
        self._strip.show(state.name if state else "", preview.days if preview else (), today)
        if state is None:
            self._lists.show(0, None, today, may_trust=False)
        else:
            self._lists.show(state.calendar_id, preview, today, may_trust=not state.is_reading)

    def _words(self) -> tuple[str, str]:
        state = self._state
        if state is None:
            return NOTHING_SELECTED, SELECT_ONE
        heading = f"What {state.name} would bring"
        if state.is_reading:
            arrived = f"{count(self._arrived, 'event')} so far. " if self._arrived else ""
            return heading, f"Reading the next 90 days… {arrived}Nothing is stored."
        if not isinstance(state.found, CalendarPreview):
            return heading, ""
        return heading, circumstances(state.found.window, state.found.read_at, self._zone, self._now)

    def _show_failure(self) -> None:
        state = self._state
        if state is None or state.is_reading or not isinstance(state.found, NoPreview):
            self._failed.show(0, "", None)
        else:
            self._failed.show(state.calendar_id, state.name, state.found)

    def _try_again(self) -> None:
        self._read_again()
        self._focus()

    async def _add_address(self, address: str) -> str:
        refused = await self._trust(address)
        if not refused:
            self._trusted.show(address)
            self._focus()
        return refused

    async def _take_back(self, address: str) -> None:
        await self._distrust(address)
        self._focus()

    def _focus(self) -> None:
        """The button that was pressed disappears: focus goes to the heading."""
        ui.run_javascript(f"setTimeout(() => document.getElementById('{PREVIEW}')?.focus(), {FOCUS_AFTER_MS})")


class PreviewReasons(ui.element, component="preview_reasons.js"):
    """The reasons why events don't count. Emits `unfold` with the key of a row, `trust` with an address."""

    @property
    def rows(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.props.get("rows", [])
        return found

    def show(self, rows: list[dict[str, Any]]) -> None:
        if rows != self.rows:
            self.props["rows"] = rows


class _Band:
    """The heading of a list with the number of its events; hidden for none."""

    def __init__(self, words: str) -> None:
        with html.h3().classes("oc-band") as self._heading:
            html.span(words)
            self._number = TextElement(tag="span", text="")

    def show(self, number: int) -> None:
        self._heading.set_visibility(number > 0)
        self._number.set_text(f"{number:,}")


class PreviewLists:
    """Built once; `show` updates it. Unfolded rows stay unfolded while the same calendar is shown."""

    def __init__(self, zone: ZoneInfo, trust: Trust) -> None:
        self._zone, self._trust = zone, trust
        self._calendar_id = 0
        self._preview: Preview | None = None
        self._today = date.min
        self._may_trust = False
        self._shows_all = False
        self._unfolded: set[str] = set()
        self._refused: dict[str, str] = {}
        self._would = _Band("Would count")
        self.counting = ui.table(columns=[], rows=[], row_key="key").classes("oc-list oc-preview-list")
        self.counting.props("grid hide-header hide-pagination role=list aria-label='Would count'")
        self.counting.add_slot("item", COUNTING)
        self._more = ui.button("", on_click=self._show_all, color=None).props("flat no-caps")
        self._more.classes("oc-btn quiet oc-preview-more")
        self._rest = TextElement(tag="p", text="").classes("oc-preview-more oc-sub")
        self._would_not = _Band("Would not count")
        self.ignored = PreviewReasons().classes("oc-preview-list")
        self.ignored.on("unfold", lambda event: self._unfold(str(event.args)))
        self.ignored.on("trust", lambda event: self._trust_address(str(event.args)))

    def show(self, calendar_id: int, preview: Preview | None, today: date, *, may_trust: bool) -> None:
        """`may_trust`: whether to offer adding an address."""
        if calendar_id != self._calendar_id:
            self._shows_all = False
            self._unfolded.clear()
            self._refused.clear()
        self._calendar_id, self._preview, self._today, self._may_trust = calendar_id, preview, today, may_trust
        self._update()

    def _update(self) -> None:
        counting = self._preview.counting if self._preview else ()
        ignored = self._preview.ignored if self._preview else ()
        shown = counting if self._shows_all else counting[:FEW]
        if (would := counting_rows(shown, self._zone, self._today)) != self.counting.rows:
            self.counting.rows = would
        rows = ignored_rows(ignored, self._zone, self._today, unfolded=self._unfolded, refused=self._refused)
        self.ignored.show(rows if self._may_trust else [row | {"address": ""} for row in rows])
        number = self._preview.number if self._preview else 0
        self._would.show(number)
        self._would_not.show(sum(each.number for each in ignored))
        more, rest = len(counting) - len(shown), number - len(counting)
        self._more.set_text(f"Show {more} more")
        self._more.set_visibility(more > 0)
        self._rest.set_text(f"and {rest:,} more")
        self._rest.set_visibility(rest > 0 and not more)

    def _show_all(self) -> None:
        self._shows_all = True
        self._update()

    def _unfold(self, reason: str) -> None:
        # Check it: a browser can send anything.
        if self._preview and any(each.reason.value == reason for each in self._preview.ignored):
            self._unfolded ^= {reason}
            self._update()

    async def _trust_address(self, address: str) -> None:
        offered = {each.address for each in self._preview.ignored} - {""} if self._preview and self._may_trust else ()
        if address not in offered:
            return
        if refused := await self._trust(address):
            self._refused[address] = refused
            self._update()
