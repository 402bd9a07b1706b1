"""The days of a preview side by side: what a calendar would bring, before it is saved."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

from nicegui import html, ui

from oncall_ui.domain.availability.day_grid import Day, DayState
from oncall_ui.domain.imports.wording import MONTHS
from pages.widgets.dates import day_words, short_day
from pages.widgets.strip import bar, for_the_eye, words_of

STATES = {
    DayState.BLOCKED: "blocked",
    DayState.BLOCKED_IN_PART: "blocked in part",
    DayState.PREFERRED: "preferred",
    DayState.PREFERRED_IN_PART: "preferred in part",
}
# A template: it must never contain outside text.
DAYS = """
<div class="oc-strip-days"><div class="oc-days"><i v-for="d in props.row.days" :class="d.c"
  ><b v-for="s in d.s" :class="s.k" :style="s.at"></b><q-tooltip :delay="300">{{ d.t }}</q-tooltip></i></div
  ><div class="oc-axis"><span v-for="m in props.row.axis" :style="m.at">{{ m.t }}</span></div></div>
"""
ROOM = 12
"""Days between two labels of the axis, so that they don't overlap."""


class MiniStrip:
    """Built once; `show` updates it."""

    def __init__(self) -> None:
        with html.div().classes("oc-preview-strip").props("role=img") as self._box:
            self.table = ui.table(rows=[], columns=[], row_key="key").classes("oc-list")
            self.table.props("grid hide-header hide-pagination").add_slot("item", DAYS)

    def show(self, name: str, days: Sequence[Day], today: date) -> None:
        """Hides itself without days."""
        self._box.set_visibility(bool(days))
        rows = [{"key": 0, "days": [_day(day, today) for day in days], "axis": axis(days)}] if days else []
        if rows != self.table.rows:
            self.table.rows = rows
            self._box.props["aria-label"] = label(name, days)


def label(name: str, days: Sequence[Day]) -> str:
    """`What Work would bring: 12 days blocked, 3 preferred in part, of the next 90.`"""
    states = Counter(day.state for day in days)
    parts = [f"{states[state]} {word}" for state, word in STATES.items() if states[state]]
    return f"What {name} would bring: {', '.join(parts) or 'nothing'}, of the next {len(days)} days."


def axis(days: Sequence[Day]) -> list[dict[str, Any]]:
    """The first day, the last, and each month between them that has room."""
    last = len(days) - 1
    months = [(place, MONTHS[day.date.month - 1]) for place, day in enumerate(days) if day.date.day == 1]
    between = [(place, word) for place, word in months if ROOM <= place <= last - ROOM]
    placed = [(0, short_day(days[0].date)), *between]
    labels: list[dict[str, Any]] = [{"t": word, "at": {"left": f"{place / len(days):.2%}"}} for place, word in placed]
    return [*labels, {"t": short_day(days[last].date), "at": {"right": "0"}}]


def _day(day: Day, today: date) -> dict[str, Any]:
    css = {"rest": day.date.weekday() >= 5, "today": day.date == today}
    return {
        "c": " ".join(["oc-day", *(name for name, holds in css.items() if holds)]),
        "s": [bar(segment) for segment in for_the_eye(day.segments)],
        "t": f"{day_words(day.date, today)}: {words_of(day)}",
    }
