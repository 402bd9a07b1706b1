"""The elements that draw a plan: by weeks, by people, and in words. One element each, however many shifts there are."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from nicegui import context, html, ui

from pages.widgets.rows import show_rows

KEYS = Path(__file__).with_name("keys.js").read_text("utf-8")
NAME = "Shifts by week, {roles}. Arrow keys move; the list view says the same in words."
PEOPLE_NAME = (
    "Shifts by member over what they said: blocks and preferences. "
    "Arrow keys move; the list view says the same in words."
)
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
# Names are text in the template, never markup: people type them. ME is the participant who looks.
WEEK = """
<div :class="props.row.c" role="row"><div class="lab" role="rowheader">{{ props.row.label
  }}<small>{{ props.row.week }}</small></div><div class="lanes">
  <template v-for="s in props.row.s"
    ><span v-if="s.rest" :class="[s.c, {mine: s.h === ME}]" :style="s.at" aria-hidden="true"></span
    ><div v-else :key="s.id" role="gridcell" :class="[s.c, {mine: s.h === ME}]" :style="s.at" :aria-label="s.t"
      :tabindex="s.tab" :data-role="s.role" :data-slot="s.id" :data-now="s.now ? '' : null"
      @click="() => $parent.$emit('shift', s.id)"><span v-if="s.i" :class="s.p" aria-hidden="true">{{ s.i }}</span
      ><span class="oc-clip">{{ s.n }}</span><i v-for="m in s.m" :class="'oc-i oc-i-' + m" aria-hidden="true"></i></div
  ></template><i v-for="h in props.row.hol" class="hol" :style="{'--d': h.d}" :title="h.t"></i
  ><i v-if="props.row.now !== undefined" class="now" :style="{'--at': props.row.now}"></i></div></div>
"""
LINES = """
<div><div class="wk">{{ props.row.days }} <small>{{ props.row.week }}</small></div><ol>
  <li v-for="s in props.row.shifts" :key="s.key"><b>{{ s.day }}<small
    ><span class="from">{{ s.from }}</span>{{ ' ' + s.to }}</small></b
    ><button v-for="w in s.who" type="button" :class="w.c" :aria-label="w.t" :data-slot="w.id"
      @click="() => $parent.$emit('shift', w.id)"
      ><span :class="w.p" aria-hidden="true">{{ w.i }}</span><span class="oc-clip">{{ w.n }}</span
      ><span v-if="w.h === ME" class="oc-you">you</span
      ><i v-for="m in w.m" :class="'oc-i oc-i-' + m" aria-hidden="true"></i></button
    ><span v-if="s.tag" :class="s.now ? 'oc-tag now' : 'oc-tag'">{{ s.tag }}</span
    ><span v-for="n in s.notes" class="note"><i class="oc-i oc-i-alert" aria-hidden="true"></i>{{ n }}</span></li
></ol></div>
"""

# What members said lies below, for the eye; the name of the row counts it.
LANE = """
<div :class="[props.row.c, {mine: props.row.h === ME}]" role="row"
  ><span class="oc-who" role="rowheader" :aria-label="props.row.said"
  ><span :class="props.row.p" aria-hidden="true">{{ props.row.i }}</span><span class="oc-clip">{{ props.row.n }}</span
  ><span v-if="props.row.h === ME" class="oc-you">you</span></span><div class="rail"
  ><i v-for="b in props.row.b" :class="b.c" :style="b.at" aria-hidden="true"></i
  ><i v-for="s in props.row.s" :key="s.id" role="gridcell" :class="s.c" :style="s.at" :aria-label="s.t" :title="s.t"
    :tabindex="s.tab" data-role="0" :data-slot="s.id" :data-now="s.now ? '' : null"
    @click="() => $parent.$emit('shift', s.id)"></i
  ><i v-if="props.row.now !== undefined" class="today" :style="{'--a': props.row.now, '--b': 0}"></i></div></div>
"""

STRIP = """
<div :class="props.row.c"><span v-for="line in props.row.roles"
  ><i v-for="p in line" :class="[p.c, {on: p.h && p.h === (props.row.who || ME)}]" :style="p.f"></i></span
  ><small>{{ props.row.week }}</small></div>
"""

Rows = Sequence[dict[str, Any]]


class WeekGrid:
    """The plan by weeks. `open_shift` is called with the key of the slot that is pressed; `me` is who looks."""

    def __init__(
        self, roles: Sequence[str], open_shift: Callable[[str], object], me: int | None, *, css: str = ""
    ) -> None:
        order = " above ".join(roles)
        self.box = html.div().classes(f"oc-plan {css}".strip()).style(f"--roles: {len(roles)}").props("role=grid")
        self.box.props["aria-label"] = NAME.format(roles=order)
        self.box.on("keydown", js_handler=KEYS)
        with self.box:
            _day_names()
            self.table = _table(WEEK, me, "oc-plan-weeks", open_shift)

    def show(self, rows: Rows) -> None:
        """Sends what differs."""
        show_rows(self.table, rows)


class PeopleGrid:
    """The plan by people: a row each, their shifts over what they said about these days. `me` is who looks."""

    def __init__(self, open_shift: Callable[[str], object], me: int | None, *, css: str = "") -> None:
        self.box = html.div().classes(f"oc-lanes {css}".strip()).props("role=grid")
        self.box.props["aria-label"] = PEOPLE_NAME
        self.box.on("keydown", js_handler=KEYS)
        with self.box:
            self._weeks = ui.html("", sanitize=False).classes("line weeks-line").props("aria-hidden=true")
            self.table = _table(LANE, me, "oc-lanes-rows", open_shift)

    def show(self, rows: Rows, weeks: Sequence[str]) -> None:
        """Sends what differs. `weeks` are the words above each week, of ours."""
        days = len(weeks) * 7
        self.box.style(f"--n: {days}; --weeks: {len(weeks)}")
        names = "".join(f'<span style="--a:{number * 7}">{week}</span>' for number, week in enumerate(weeks))
        self._weeks.set_content(f'<span></span><div class="weeks">{names}</div>')
        show_rows(self.table, rows)


class Strip:
    """The plan as a strip of weeks: a picture with a name. `me` is who looks."""

    def __init__(self, me: int | None, *, css: str = "") -> None:
        self.box = html.div().classes(f"oc-strip12 {css}".strip()).props("role=img")
        with self.box:
            self.table = _table(STRIP, me, "oc-strip12-weeks")

    def show(self, rows: Rows, name: str) -> None:
        """Sends what differs."""
        if self.box.props.get("aria-label") != name:
            self.box.props["aria-label"] = name
        show_rows(self.table, rows)


class Agenda:
    """The plan in words. `me` is who looks."""

    def __init__(self, open_shift: Callable[[str], object], me: int | None, *, css: str = "") -> None:
        self.table = _table(LINES, me, f"oc-duty {css}".strip(), open_shift)

    def show(self, rows: Rows) -> None:
        """Sends what differs."""
        show_rows(self.table, rows)


def _table(template: str, me: int | None, css: str, open_shift: Callable[[str], object] | None = None) -> ui.table:
    table = ui.table(rows=[], columns=[], row_key="key").classes(css)
    table.props("grid hide-header hide-pagination hide-bottom hide-no-data")
    # Who looks is said beside the table, which is then sent the same to everybody.
    beside = context.slot.parent
    beside.props["data-me"] = me or 0  # ids begin at 1
    table.add_slot("item", template.replace("ME", f"$root.elements[{beside.id}].props['data-me']"))
    if open_shift is not None:
        table.on("shift", lambda event: open_shift(str(event.args)))
    return table


def _day_names() -> None:
    # One element: the words are ours.
    names = "".join(f"<span>{day}</span>" for day in DAYS)
    ui.html(f"<span></span><div>{names}</div>", sanitize=False).classes("dow").props("aria-hidden=true")
