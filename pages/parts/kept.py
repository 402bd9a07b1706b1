"""The cards of /privacy that only show: the intervals, the facts, and what is never kept."""

from collections.abc import Callable, Sequence
from datetime import datetime

from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.services.privacy import Interval
from pages.parts.dates import NBSP, count
from pages.parts.facts import Fact

FIRST = 10
MORE = 25
COLUMNS = [
    {"name": key, "label": label, "field": key, "align": "left"}
    for key, label in (("start", "Start, UTC"), ("end", "End, UTC"), ("action", "Action"), ("calendar", "From"))
]
NEVER = (
    "Titles, descriptions, places and links of events",
    "Who organises or attends them",
    "Events that don’t count",
    "Events of calendars that are off",
    "Anything that was over when it was read, or lies more than 90 days ahead",
)


class Intervals:
    """One table however many there are. `unfold` is called when more are wanted; `shown` says how many."""

    def __init__(self, unfold: Callable[[], object]) -> None:
        self.shown = FIRST

        def more() -> None:
            self.shown += MORE
            unfold()

        with html.section().classes("oc-card").props("aria-labelledby=kept-intervals"):
            with html.div().classes("oc-card-head"):
                html.h2("Availability").props("id=kept-intervals")
                self._sum = TextElement(tag="span", text="").classes("oc-sub grow")
            self.table = ui.table(columns=COLUMNS, rows=[], row_key="key", pagination=0)
            self.table.props("flat hide-pagination hide-bottom aria-labelledby=kept-intervals").classes(
                "oc-table oc-kept"
            )
            with html.div().classes("oc-foot") as self._foot:
                self.more = ui.button("", color=None, on_click=more).props("flat no-caps").classes("oc-btn quiet")

    def show(self, intervals: Sequence[Interval], total: int) -> None:
        """`intervals` are the first of `total`."""
        rows = [_row(number, interval) for number, interval in enumerate(intervals)]
        if rows != self.table.rows:
            self.table.rows = rows
        self._sum.set_text(f"{count(total, 'row')}, as they stand in the database" if total else "Nothing is stored")
        self.table.set_visibility(bool(rows))
        self.more.set_text(f"Show {min(total - len(rows), MORE)} more")
        self._foot.set_visibility(total > len(rows))


class Facts:
    """Drawn anew when one of them is another."""

    def __init__(self, log_others_out: Callable[[], object]) -> None:
        self._drawn: Sequence[Fact] = ()
        with html.section().classes("oc-card").props("aria-labelledby=kept-facts"):
            with html.div().classes("oc-card-head"):
                html.h2("You and your connections").props("id=kept-facts")
            self._list = html.dl().classes("oc-facts")
            with html.div().classes("oc-foot") as self._foot:
                button = ui.button("Log the other browsers out", color=None, on_click=log_others_out)
                button.props("flat no-caps").classes("oc-btn quiet oc-icon oc-i-out")

    def show(self, facts: Sequence[Fact], *, has_others: bool) -> None:
        self._foot.set_visibility(has_others)
        if facts == self._drawn:
            return
        self._drawn = facts
        self._list.clear()
        with self._list:
            for fact in facts:
                html.dt(fact.term)
                with html.dd(fact.what):
                    if fact.remark:
                        html.small(fact.remark)


def never_kept() -> None:
    with html.section().classes("oc-card").props("aria-labelledby=kept-never"):
        with html.div().classes("oc-card-head"):
            html.h2("Never kept").props("id=kept-never")
        with html.ul().classes("oc-never"):
            for each in NEVER:
                html.li(each).classes("oc-icon oc-i-x")


def _row(number: int, interval: Interval) -> dict[str, object]:
    return {
        "key": number,
        "start": _stamp(interval.start),
        "end": _stamp(interval.end),
        "action": interval.action.value,
        "calendar": interval.calendar,
    }


def _stamp(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d}{NBSP}{moment:%H:%M}"
