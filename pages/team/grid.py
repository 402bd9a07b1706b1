"""The team grid: one row per member, one cell per week; a single element, however large the team.

Members of whom nothing is known are one line below it, which unfolds.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from nicegui import html, ui

from pages.team.cells import GridRow, as_table_row
from pages.team.words import fold_words
from pages.widgets.rows import show_rows

WEEKS = 6
FIRST_ROWS = 60
MORE_ROWS = 25
HEAD = """
<tr><th scope="col"><span class="oc-hidden">Member</span></th>
  <th v-for="c in props.cols.slice(1)" :key="c.name" scope="col"
    ><span class="oc-hidden">Week of </span>{{ c.label }}<span class="dows" aria-hidden="true"
      ><i v-for="d in c.days" :class="d.c">{{ d.n }}</i></span></th></tr>
"""
ROW = """
<tr :key="props.row.id">
  <th scope="row"><span class="who"><span class="oc-face" aria-hidden="true">{{ props.row.initials }}</span
    ><span class="oc-clip"><b class="oc-clip">{{ props.row.name }}</b
      ><span class="there"><small v-if="props.row.clock" title="Local time">{{ props.row.clock }} local</small
      ><span v-if="props.row.tag" :class="props.row.tag">{{ props.row.fresh }}</span
      ><small v-else>{{ props.row.fresh }}</small></span></span></span></th>
  <td v-for="w in props.row.weeks"><span class="oc-days" style="--days: 7" aria-hidden="true"
    ><i v-for="d in w.d" :class="d.c" :title="d.t"><b v-for="s in d.s" :class="s.k" :style="s.at"></b
    ><u v-if="d.u" :class="d.u"></u></i></span
    ><span class="oc-hidden">{{ w.t }}</span></td></tr>
"""
FOOT = """
<tr class="foot"><th scope="row">Available</th>
  <td v-for="c in props.cols.slice(1)" :key="c.name"><span class="sums" aria-hidden="true"
    ><i v-for="d in c.days" :class="d.f">{{ d.s }}</i></span><span class="oc-hidden">{{ c.sums }}</span></td></tr>
"""
# Where the grid is wider than its box, arrow keys scroll it first; at its edges they change the weeks.
KEYS = """(event) => {
  const box = event.currentTarget, steps = {ArrowLeft: -1, ArrowRight: 1};
  const step = event.altKey || event.ctrlKey || event.metaKey ? 0 : steps[event.key] ?? 0;
  const room = step < 0 ? box.scrollLeft : box.scrollWidth - box.clientWidth - box.scrollLeft;
  if (!step || room > 1) return;
  event.preventDefault();
  emit(step);
}"""


IN_SIGHT = Path(__file__).with_name("in_sight.js").read_text("utf-8")


class GridTable:
    """Built once; `show` updates it. An arrow key calls `move` with the number of weeks, negative for earlier."""

    def __init__(self, move: Callable[[int], None]) -> None:
        self._rows: Sequence[GridRow] = ()
        self._empty: Sequence[GridRow] = ()
        self._clocks: Mapping[int, str] = {}
        self._first_week = 0
        self._shown = FIRST_ROWS
        self._is_open = False
        with html.div().classes("oc-scroll").props("tabindex=0 role=group") as box:
            box.props["aria-label"] = f"{WEEKS} weeks; use the left and right arrow keys to change them"
            box.on("keydown", lambda event: move(int(event.args)), js_handler=KEYS)
            self.table = ui.table(columns=_columns(()), rows=[], row_key="id").classes("oc-team")
            self.table.props("flat hide-pagination hide-bottom hide-no-data")
            for name, slot in (("header", HEAD), ("body", ROW), ("bottom-row", FOOT)):
                self.table.add_slot(name, slot)
        ui.run_javascript(IN_SIGHT)
        self._foot, self.more = _line("", self._show_more)
        self._fold, self.fold = _line("team-fold", self._unfold)

    def show(
        self,
        rows: Sequence[GridRow],
        weeks: Sequence[dict[str, Any]],
        first_week: int,
        chosen: date,
        *,
        clocks: Mapping[int, str],
        folds: bool,
    ) -> None:
        """`clocks`: member id → local time. `folds`: empty rows make one line, unless there are no others."""
        columns = _columns([_marked(week, chosen) for week in weeks[first_week : first_week + WEEKS]])
        if columns != self.table.columns:
            self.table.columns = columns
        empty = [row for row in rows if folds and row.is_empty]
        self._empty = empty if len(empty) < len(rows) else ()
        self._rows = [row for row in rows if row not in self._empty]
        self._first_week, self._clocks = first_week, clocks
        digits = str(max(len(day["s"]) for week in weeks for day in week["days"]))
        if self.table.style.get("--digits") != digits:
            self.table.style(f"--digits: {digits}")  # days are as wide as the sums below them need
        self._update()

    def _show_more(self) -> None:
        self._shown += MORE_ROWS
        self._update()

    def _unfold(self) -> None:
        self._is_open = not self._is_open
        self._update()

    def _update(self) -> None:
        shown = [*self._rows[: self._shown], *(self._empty if self._is_open else ())]
        rows = [as_table_row(row, self._first_week, WEEKS, self._clocks[row.member.id]) for row in shown]
        show_rows(self.table, rows)
        hidden = len(self._rows) - self._shown
        self.more.set_text(f"Show {min(hidden, MORE_ROWS)} more")
        self._foot.set_visibility(hidden > 0)
        self.fold.set_text(fold_words([row.member.name for row in self._empty]))
        self.fold.props(f"aria-expanded={str(self._is_open).lower()}")
        self._fold.set_visibility(bool(self._empty))


def _line(css: str, on_click: Callable[[], None]) -> tuple[ui.element, ui.button]:
    """A line below the grid that is one button; hidden until there is something to show."""
    with html.div().classes(f"oc-foot {css}") as line:
        button = ui.button("", color=None, on_click=on_click).props("flat no-caps").classes("oc-btn quiet")
    line.set_visibility(False)
    return line, button


def _columns(weeks: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    # A plain value as the field of a week: NiceGUI would go through every item of a list.
    named = [{"name": f"week{number}", "field": "id", **week} for number, week in enumerate(weeks)]
    return [{"name": "member", "label": "Member", "field": "name"}, *named]


def _marked(week: dict[str, Any], chosen: date) -> dict[str, Any]:
    iso = chosen.isoformat()
    days = [{**day, "c": f"{day['c']} chosen".strip()} if day["date"] == iso else day for day in week["days"]]
    return {**week, "days": days}
