"""The grid of the team: a row a member, a cell a week, seven days in each; one element however large the team is."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from nicegui import html, ui

from pages.team.cells import Person, row_of

WEEKS = 6
FIRST = 60
MORE = 25
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
      ><span v-if="props.row.tag" :class="props.row.tag">{{ props.row.fresh }}</span
      ><small v-else>{{ props.row.fresh }}</small></span></span></th>
  <td v-for="w in props.row.weeks"><span class="oc-days" style="--days: 7" aria-hidden="true"
    ><i v-for="d in w.d" :class="d.c" :title="d.t"><b v-for="s in d.s" :class="s.k" :style="s.at"></b></i></span
    ><span class="oc-hidden">{{ w.t }}</span></td></tr>
"""
FOOT = """
<tr class="foot"><th scope="row">Free of blocks</th>
  <td v-for="c in props.cols.slice(1)" :key="c.name"><span class="sums" aria-hidden="true"
    ><i v-for="d in c.days" :class="d.f">{{ d.s }}</i></span><span class="oc-hidden">{{ c.sums }}</span></td></tr>
"""
# Where the grid is wider than its box, arrows scroll it first, and move the weeks from its edges.
KEYS = """(event) => {
  const box = event.currentTarget, steps = {ArrowLeft: -1, ArrowRight: 1};
  const step = event.altKey || event.ctrlKey || event.metaKey ? 0 : steps[event.key] ?? 0;
  const room = step < 0 ? box.scrollLeft : box.scrollWidth - box.clientWidth - box.scrollLeft;
  if (!step || room > 1) return;
  event.preventDefault();
  emit(step);
}"""


class Grid:
    """Drawn once; `show` patches it. `move` gets how many weeks an arrow key moves it, back or forth."""

    def __init__(self, move: Callable[[int], None]) -> None:
        self._people: Sequence[Person] = ()
        self._first_week = 0
        self._shown = FIRST
        with html.section().classes("oc-card team-card").props('aria-label="Availability of the team"'):
            with html.div().classes("oc-scroll").props("tabindex=0 role=group") as box:
                box.props["aria-label"] = "Six weeks, moved by the left and right arrow keys"
                box.on("keydown", lambda event: move(int(event.args)), js_handler=KEYS)
                self.table = ui.table(columns=_columns(()), rows=[], row_key="id").classes("oc-team")
                self.table.props("flat hide-pagination hide-bottom hide-no-data")
                for name, slot in (("header", HEAD), ("body", ROW), ("bottom-row", FOOT)):
                    self.table.add_slot(name, slot)
            with html.div().classes("oc-foot") as self._foot:
                self.more = ui.button("", color=None, on_click=self._unfold).props("flat no-caps")
                self.more.classes("oc-btn quiet")

    def show(self, people: Sequence[Person], weeks: Sequence[dict[str, Any]], first_week: int, chosen: date) -> None:
        columns = _columns([_marked(week, chosen) for week in weeks[first_week : first_week + WEEKS]])
        if columns != self.table.columns:
            self.table.columns = columns
        self._people, self._first_week = people, first_week
        self._draw()

    def _unfold(self) -> None:
        self._shown += MORE
        self._draw()

    def _draw(self) -> None:
        rows = [row_of(person, self._first_week, WEEKS) for person in self._people[: self._shown]]
        if rows != self.table.rows:
            self.table.rows = rows
        hidden = len(self._people) - self._shown
        self.more.set_text(f"Show {min(hidden, MORE)} more")
        self._foot.set_visibility(hidden > 0)


def _columns(weeks: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    # The field of a week is a plain value: of a list NiceGUI would look at every piece.
    named = [{"name": f"week{number}", "field": "id", **week} for number, week in enumerate(weeks)]
    return [{"name": "member", "label": "Member", "field": "name"}, *named]


def _marked(week: dict[str, Any], chosen: date) -> dict[str, Any]:
    iso = chosen.isoformat()
    days = [{**day, "c": f"{day['c']} chosen".strip()} if day["date"] == iso else day for day in week["days"]]
    return {**week, "days": days}
