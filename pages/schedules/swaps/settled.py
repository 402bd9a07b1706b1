"""What was settled: a table, all of it or only one's own, with Undo where that is still possible."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from nicegui import html, ui

from oncall_ui.domain.schedules.cover.states import RequestKind, RequestState
from oncall_ui.services.schedules.cover.views import RequestView, Swaps, Who
from pages.schedules.drawn import Drawn
from pages.widgets.dates import day_words, duration
from pages.widgets.people import first_name, initials, mark_classes
from pages.widgets.requests.answering import Answering
from pages.widgets.requests.words import UNDO, points_words, slot_words

ALL, MINE = "All", "Mine"
TABLE = """
<div class="oc-scroll" tabindex="0" role="group" aria-label="Settled, scrolls sideways"><table class="oc-grid">
  <thead><tr><th class="left">When</th><th class="left">Shift</th><th class="left">From</th><th class="left">To</th
  ><th class="left">How</th><th>Points</th><th><span class="oc-hidden">Undo</span></th></tr></thead>
  <tbody><tr v-for="r in props.row.rows" :key="r.id"><td class="left">{{ r.when }}</td><td class="left"><b
    :id="'settled-' + r.id">{{ r.shift }}</b></td>
    <td v-for="w in [r.from, r.to]" class="left"><span class="oc-who"><span :class="w.p" aria-hidden="true">{{ w.i
    }}</span><span class="oc-clip">{{ w.n }}</span></span></td><td class="left soft">{{ r.how }}</td><td>{{ r.points
    }}</td><td><button v-if="r.undo" type="button" class="oc-btn small" :aria-describedby="'settled-' + r.id"
    @click="() => $parent.$emit('undo', r.id)">Undo</button></td></tr></tbody></table></div>
"""


class Settled:
    """Drawn where it is created, patched by `show`; gone while nothing is settled."""

    def __init__(self, zone: ZoneInfo, answering: Answering) -> None:
        self._zone, self._answering = zone, answering
        self._seen: tuple[Swaps, datetime] | None = None
        with html.section().classes("oc-card").props('aria-label="Settled"') as self._box:
            with html.div().classes("oc-card-head"):
                html.h2("Settled").classes("grow")
                self._which = ui.toggle([ALL, MINE], value=ALL, on_change=self._again).classes("oc-seg")
                self._which.props("unelevated no-caps toggle-color=none toggle-text-color=none aria-label=Show")
            self._table = Drawn(TABLE, "")
        self._table.table.on("undo", lambda event: self._undo(event.args))
        self._box.set_visibility(False)

    def show(self, seen: Swaps, now: datetime) -> None:
        self._seen = seen, now
        self._box.set_visibility(bool(seen.settled))
        wanted = [each for each in seen.settled if self._which.value == ALL or each.is_about_me]
        self._table.show([{"key": "all", "rows": [_row(each, self._zone, now) for each in wanted]}])

    def _again(self) -> None:
        if self._seen is not None:
            self.show(*self._seen)

    async def _undo(self, number: Any) -> None:
        settled = self._seen[0].settled if self._seen else ()
        found = next((each for each in settled if each.id == number), None)
        if found is not None:
            await self._answering.press(found, UNDO, 0)


def _row(each: RequestView, zone: ZoneInfo, now: datetime) -> dict[str, Any]:
    today = now.astimezone(zone).date()
    settled = each.settled_at or now
    return {
        "id": each.id,
        "when": day_words(settled.astimezone(zone).date(), today),
        "shift": slot_words(each.part, zone, is_whole=each.is_whole),
        "from": _who(each.holder),
        "to": _who(each.taker or each.holder),
        "how": _how(each, zone),
        "points": points_words(each.points).partition(" ")[0],
        "undo": each.may_undo,
    }


def _how(each: RequestView, zone: ZoneInfo) -> str:
    if each.state is RequestState.UNDONE:
        return "undone"
    if each.back is not None:
        return f"swap for {slot_words(each.back, zone, is_whole=each.back.start == each.back.of_shift)}"
    if each.kind is RequestKind.TAKE_OVER:
        return "taken over while it ran"
    said = "cover" if each.is_whole else f"cover of {duration(each.part.start, each.part.end, zone)}"
    return f"{said}, asked by {each.by}" if each.by else said


def _who(who: Who) -> dict[str, str]:
    return {"n": first_name(who.name), "i": initials(who.name), "p": mark_classes(who.colour)}
