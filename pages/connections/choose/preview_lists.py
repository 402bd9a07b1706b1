"""The two lists of a preview: what would count, and the reasons why the rest would not."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.domain.availability.preview import Preview
from pages.connections.choose.preview_words import counting_rows, ignored_rows


class PreviewReasons(ui.element, component="preview_reasons.js"):
    """Emits `unfold` with the key of a row, `trust` with an address."""

    @property
    def rows(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.props.get("rows", [])
        return found

    def show(self, rows: list[dict[str, Any]]) -> None:
        if rows != self.rows:
            self.props["rows"] = rows


FEW = 5
"""So many that count are listed until more are asked for."""

COUNTING = """
<div class="oc-would" role="listitem"><span :class="props.row.k">{{ props.row.kind }}</span><div
  ><b class="oc-clip" dir="auto" :title="props.row.title">{{ props.row.title }}</b
  ><small class="oc-clip">{{ props.row.why }}</small></div
  ><span class="at">{{ props.row.at[0] }}<br>{{ props.row.at[1] }}</span></div>
"""


class PreviewLists:
    """Drawn once; `show` patches them. What is unfolded stays so while the same calendar is shown."""

    def __init__(self, zone: ZoneInfo, trust: Callable[[str], Awaitable[str]]) -> None:
        """`trust` is awaited with an address and says why it can’t be trusted, else nothing."""
        self._zone, self._trust = zone, trust
        self._calendar_id = 0
        self._forecast: Preview | None = None
        self._today = date.min
        self._asks = False
        self._shows_all = False
        self._unfolded: set[str] = set()
        self._refused: dict[str, str] = {}
        self._would = html.h3("Would count").classes("oc-band")
        self.counting = ui.table(columns=[], rows=[], row_key="key").classes("oc-list oc-preview-list")
        self.counting.props("grid hide-header hide-pagination role=list aria-label='Would count'")
        self.counting.add_slot("item", COUNTING)
        self._more = ui.button("", on_click=self._show_all, color=None).props("flat no-caps")
        self._more.classes("oc-btn quiet oc-preview-more")
        self._rest = TextElement(tag="p", text="").classes("oc-preview-more oc-sub")
        self._would_not = html.h3("Would not count").classes("oc-band")
        self.ignored = PreviewReasons().classes("oc-preview-list")
        self.ignored.on("unfold", lambda event: self._unfold(str(event.args)))
        self.ignored.on("trust", lambda event: self._trust_it(str(event.args)))

    def show(self, calendar_id: int, forecast: Preview | None, today: date, *, asks: bool) -> None:
        """`asks`: whether an address may be trusted now."""
        if calendar_id != self._calendar_id:
            self._shows_all = False
            self._unfolded.clear()
            self._refused.clear()
        self._calendar_id, self._forecast, self._today, self._asks = calendar_id, forecast, today, asks
        self._draw()

    def _draw(self) -> None:
        counting = self._forecast.counting if self._forecast else ()
        ignored = self._forecast.ignored if self._forecast else ()
        shown = counting if self._shows_all else counting[:FEW]
        if (would := counting_rows(shown, self._zone, self._today)) != self.counting.rows:
            self.counting.rows = would
        rows = ignored_rows(ignored, self._zone, self._today, unfolded=self._unfolded, refused=self._refused)
        self.ignored.show(rows if self._asks else [row | {"address": ""} for row in rows])
        self._would.set_visibility(bool(counting))
        self._would_not.set_visibility(bool(ignored))
        more, rest = len(counting) - len(shown), (self._forecast.number if self._forecast else 0) - len(counting)
        self._more.set_text(f"Show {more} more")
        self._more.set_visibility(more > 0)
        self._rest.set_text(f"and {rest:,} more")
        self._rest.set_visibility(rest > 0 and not more)

    def _show_all(self) -> None:
        self._shows_all = True
        self._draw()

    def _unfold(self, reason: str) -> None:
        # Only what is there: a browser may say anything.
        if self._forecast and any(each.reason == reason for each in self._forecast.ignored):
            self._unfolded ^= {reason}
            self._draw()

    async def _trust_it(self, address: str) -> None:
        offered = {each.address for each in self._forecast.ignored} - {""} if self._forecast and self._asks else set()
        if address not in offered:
            return
        if refused := await self._trust(address):
            self._refused[address] = refused
            self._draw()
