"""The agenda: what is coming up, in words, one line each."""

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.domain.availability.agenda import AgendaLine
from oncall_ui.domain.availability.rules import Action
from oncall_ui.domain.availability.series import Series, series_of
from oncall_ui.services.availability.query import SourcedSpan
from pages.widgets.dates import day_words, duration, relative_day, repeats, times
from pages.widgets.rows import show_rows

Remove = Callable[[int], Awaitable[None]]
FIRST = 12
MORE = 25
ALL = "all"
WORDS = {ALL: "All", Action.BLOCK.value: "Block", Action.PREFER.value: "Prefer"}
NONE = {
    Action.BLOCK.value: "No blocks in the next 90 days.",
    Action.PREFER.value: "No preferences in the next 90 days.",
}
HOLIDAY = "Holiday"
LINE = """
<div :class="props.row.c" role="listitem"><span class="head"
  ><span :class="props.row.rel ? 'when' : 'oc-hidden'">{{ props.row.when }}</span
  ><span v-if="props.row.rel" class="rel">{{ props.row.rel }}</span></span
  ><span><span :class="props.row.k">{{ props.row.kind }}</span></span
  ><span>{{ props.row.time }}<span
    v-if="props.row.again" class="oc-tag home-again">{{ props.row.again }}</span></span
  ><span v-if="props.row.dur" class="dur">{{ props.row.dur }}</span
  ><span v-if="props.row.dur" class="home-sources"><span v-for="s in props.row.from" class="oc-from"
    ><i v-if="s.icon" :class="s.icon"></i
    ><span class="oc-clip" :title="s.title">{{ s.name }}</span
    ><button v-if="s.id" type="button" class="home-remove oc-icon oc-i-x" :aria-label="s.remove" :title="s.remove"
      @click="() => $parent.$emit('remove', s.id)"></button
  ></span></span></div>
"""


@dataclass(frozen=True, slots=True)
class Calm:
    """What is shown if there are no lines: a sentence, and the text of a link that helps."""

    sentence: str
    link: str = ""


class Agenda:
    """Drawn once, patched by `show`, which keeps the chosen filter and the number of lines shown."""

    def __init__(self, name: str, zone: ZoneInfo, remove: Remove) -> None:
        """`remove` is awaited with the id of manual days."""
        self._zone = zone
        self._lines: Sequence[AgendaLine[SourcedSpan]] = ()
        self._today = date.min
        self._calm = Calm("")
        self._drawn: tuple[object, ...] = ()
        self._shown = FIRST
        self._is_grouped = True
        with html.section().classes("oc-card").props("aria-labelledby=next"):
            with html.div().classes("oc-card-head"):
                TextElement(tag="h2", text=name).classes("grow").props("id=next")
                self.choice = ui.toggle(WORDS, value=ALL, on_change=self._choose).classes("oc-seg")
                self.choice.props("unelevated no-caps toggle-color=none toggle-text-color=none")
                self.choice.props("role=group aria-label=Show")
            self.table = ui.table(rows=[], columns=[], row_key="key").classes("oc-agenda")
            self.table.props("grid hide-header hide-pagination role=list aria-labelledby=next").add_slot("item", LINE)
            self.table.on("remove", lambda event: remove(int(event.args)))
            with html.p().classes("home-calm") as self._place:
                self._sentence = TextElement(tag="span", text="")
                self._link = ui.link("", "/calendars")
            with html.div().classes("oc-foot") as self._foot:
                self.more = ui.button("", color=None, on_click=self._unfold).props("flat no-caps")
                self.more.classes("oc-btn quiet")
                self.every = ui.button("", color=None, on_click=self._group).props("flat no-caps")
                self.every.classes("oc-btn quiet")
        for element in (self.choice, self._place, self._foot):
            element.set_visibility(False)

    def show(self, lines: Sequence[AgendaLine[SourcedSpan]], today: date, calm: Calm) -> None:
        """`calm` is shown if there are no lines."""
        if lines is not self._lines:
            self._lines = lines
            self._count()
        if (drawn := (lines, today, calm)) != self._drawn:
            self._drawn = drawn
            self._today, self._calm = today, calm
            self._draw()

    def _count(self) -> None:
        sums = Counter(line.action.value for line in self._lines if line.action) + Counter({ALL: len(self._lines)})
        words = {key: f"{word} {sums[key]:,}" for key, word in WORDS.items()}
        if words != self.choice.options:
            self.choice.set_options(words)
        self.choice.set_visibility(bool(self._lines))

    def _choose(self) -> None:
        self._shown = FIRST
        self._draw()

    def _unfold(self) -> None:
        self._shown += MORE
        self._draw()

    def _group(self) -> None:
        self._is_grouped = not self._is_grouped
        self._shown = FIRST
        self._draw()

    def _draw(self) -> None:
        chosen = [line for line in self._lines if self.choice.value in {ALL, line.action}]
        grouped = series_of(chosen, self._zone, lambda span: (span.calendar, span.logo, span.manual_id))
        drawn = grouped if self._is_grouped else [Series((line,)) for line in chosen]
        rows = _rows(drawn[: self._shown], self._zone, self._today)
        show_rows(self.table, rows)
        hidden = len(drawn) - self._shown
        self.more.set_text(f"Show {min(hidden, MORE)} more")
        self.more.set_visibility(hidden > 0)
        self.every.set_text("Show every single one" if self._is_grouped else "Group what repeats")
        self.every.set_visibility(len(grouped) < len(chosen))
        self._foot.set_visibility(hidden > 0 or len(grouped) < len(chosen))
        calm = Calm(NONE[self.choice.value]) if self._lines and self.choice.value in NONE else self._calm
        self._sentence.set_text(calm.sentence)
        self._link.set_text(calm.link)
        self._link.set_visibility(bool(calm.link))
        self._place.set_visibility(not chosen)


def _rows(series: Sequence[Series[SourcedSpan]], zone: ZoneInfo, today: date) -> list[dict[str, Any]]:
    rows = []
    before: date | None = None
    for number, each in enumerate(series):
        line = each.first
        day = max(line.start.astimezone(zone).date(), today)
        row = _row(number, line, zone, today, day, is_new=day != before)
        rows.append(row | {"again": repeats(len(each.lines), each.days, line.start.astimezone(zone).date())})
        before = day
    return rows


def _row(
    number: int, line: AgendaLine[SourcedSpan], zone: ZoneInfo, today: date, day: date, *, is_new: bool
) -> dict[str, Any]:
    row: dict[str, Any] = {
        "key": number,
        "c": f"entry{' day' if is_new else ''}{'' if line.action else ' info'}",
        "when": day_words(day, today),
        "rel": relative_day(day, today) if is_new else "",
        "k": f"oc-kind is-{line.action or 'holiday'}",
        "kind": WORDS[line.action] if line.action else HOLIDAY,
    }
    if line.action is None:
        return row | {"time": ", ".join(entry.calendar for entry in line.spans), "dur": "", "from": []}
    return row | {
        "time": times(line.start, line.end, zone, today),
        "dur": duration(line.start, line.end, zone),
        "from": _sources(line, zone, today),
    }


def _sources(line: AgendaLine[SourcedSpan], zone: ZoneInfo, today: date) -> list[dict[str, Any]]:
    """Each source once; if a line has several, each title says its own times."""
    sources: dict[tuple[str, str, int], list[SourcedSpan]] = {}
    for entry in line.spans:
        sources.setdefault((entry.calendar, entry.logo, entry.manual_id), []).append(entry)
    return [_source(found, line, zone, today) for found in sources.values()]


def _source(
    entries: Sequence[SourcedSpan], line: AgendaLine[SourcedSpan], zone: ZoneInfo, today: date
) -> dict[str, Any]:
    entry = entries[0]
    spans = dict.fromkeys((each.start, each.end) for each in entries)
    is_whole = list(spans) == [(line.start, line.end)]
    own_times = "" if is_whole else ": " + "; ".join(times(*span, zone, today) for span in spans)
    source: dict[str, Any] = {"name": entry.calendar, "title": entry.calendar + own_times}
    if entry.logo:
        return source | {"product": entry.product}
    if not entry.manual_id:
        return source | {"icon": "home-diamond"}
    day = day_words(entry.start.astimezone(zone).date(), today)
    return source | {"icon": "oc-i oc-i-edit", "id": entry.manual_id, "remove": f"Remove the days you added, {day}"}
