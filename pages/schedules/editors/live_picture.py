"""Draws the preview of the next shifts; one element for the picture."""

from collections.abc import Mapping
from typing import Any

from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from pages.schedules.editors.picture import Preview

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
WEEK = """
<div class="wk"><div class="lab">{{ props.row.label }}</div><div class="lanes"
  ><span v-for="s in props.row.s" :class="s.c" :style="s.at" :title="s.n"><span class="oc-clip">{{ s.n }}</span></span
  ><i v-for="d in props.row.hol" class="hol" :style="{'--d': d}"></i></div></div>
"""


class LivePicture:
    """Updated by `show` while rules are typed."""

    def __init__(self) -> None:
        with html.section().classes("oc-card").props("aria-labelledby=preview"):
            with html.div().classes("oc-card-head"), html.div().classes("grow"):
                html.h2("Preview").props("id=preview")
                self._lead = TextElement(tag="p", text="").classes("oc-sub").props("aria-live=polite")
            self._refused = TextElement(tag="p", text="").classes("new-wrong oc-icon oc-i-alert").props("role=alert")
            self._box = html.div().classes("oc-plan small type").props("role=img")
            with self._box:
                names = "".join(f"<span>{day}</span>" for day in DAYS)
                ui.html(f"<span></span><div>{names}</div>", sanitize=False).classes("dow").props("aria-hidden=true")
                self.table = ui.table(rows=[], columns=[], row_key="key").classes("oc-plan-weeks")
                self.table.props("grid hide-header hide-pagination hide-bottom hide-no-data").add_slot("item", WEEK)
            self._types = TextElement(tag="p", text="").classes("oc-sub new-types")
            self._warnings = TextElement(tag="p", text="").classes("oc-note oc-icon oc-i-alert new-types")
            with html.details().classes("oc-fold") as self._next:
                TextElement(tag="summary", text="Next 8 shifts")
                self.next_shifts = ui.table(rows=[], columns=[], row_key="key").classes("oc-calls")
                self.next_shifts.props("grid hide-header hide-pagination hide-bottom hide-no-data")
                self.next_shifts.add_slot("item", '<p class="new-next">{{ props.row.t }}</p>')

    def show(self, now: Preview) -> None:
        self._lead.set_text(now.lead)
        self._refused.set_text(now.refused)
        self._refused.set_visibility(bool(now.refused))
        self._box.style(f"--roles: {now.roles}").set_visibility(bool(now.weeks))
        self._box.props["aria-label"] = f"The first four weeks: {now.lead}, {_types(now.types)}."
        _fill(self.table, now.weeks)
        self._types.set_text(_types(now.types).capitalize())
        self._warnings.set_text(" ".join(now.warnings))
        self._warnings.set_visibility(bool(now.warnings))
        self._next.set_visibility(bool(now.next_shifts))
        _fill(self.next_shifts, [{"key": str(number), "t": line} for number, line in enumerate(now.next_shifts)])


def _types(types: Mapping[str, int]) -> str:
    """`20 weekday, 4 weekend`."""
    return ", ".join(f"{number} {kind}" for kind, number in types.items())


def _fill(table: ui.table, rows: list[dict[str, Any]]) -> None:
    if rows != table.rows:
        table.rows = rows
