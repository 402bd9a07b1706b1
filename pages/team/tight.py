"""Tight days: days on which few members are available, and who they are."""

from datetime import date
from itertools import groupby
from typing import Any

from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from pages.team.cells import FEW, Filter, TeamGrid
from pages.widgets.dates import day_words

AT_MOST = 12
LINE = """
<div class="tight-line" role="listitem"><b>{{ props.row.when }}</b><span>{{ props.row.who }}</span></div>
"""
Names = tuple[tuple[str, bool], ...]
"""Names of the members available on a day, each with whether they prefer it."""


class TightDays:
    """Built once; `show` updates it. Hidden when no day is tight."""

    def __init__(self) -> None:
        with html.section().classes("oc-card").props("aria-labelledby=tight") as self._card:
            with html.div().classes("oc-card-head stack"):
                html.h2("Tight days").props("id=tight")
                html.span(f"{FEW} members or fewer are known to be available").classes("oc-sub")
            self.table = ui.table(columns=[], rows=[], row_key="when").classes("oc-list team-tight")
            self.table.props("grid hide-header hide-pagination role=list aria-labelledby=tight").add_slot("item", LINE)
            self._more = TextElement(tag="p", text="").classes("home-more")
        self._card.set_visibility(False)

    def show(self, grid: TeamGrid, first_week: int, weeks: int) -> None:
        lines = tight_lines(grid, first_week * 7, weeks * 7)
        if lines[:AT_MOST] != self.table.rows:
            self.table.rows = lines[:AT_MOST]
        more = len(lines) - AT_MOST
        self._more.set_text(f"{more} more in these weeks")
        self._more.set_visibility(more > 0)
        self._card.set_visibility(bool(lines))


def tight_lines(grid: TeamGrid, first: int, count: int) -> list[dict[str, Any]]:
    """Tight days among `count` days from number `first` on; consecutive days with the same members are one line.

    A team of two has none: every day would be tight.
    """
    if len(grid.rows) <= FEW:
        return []
    ahead = range(max(first, grid.today.weekday()), min(first + count, (grid.last - grid.first).days + 1))
    names = [(number, _available(grid, number)) for number in ahead]
    lines = []
    for available, group in groupby(names, key=lambda pair: pair[1]):
        numbers = [number for number, _ in group]
        if len(available) <= FEW:
            days = [date.fromordinal(grid.first.toordinal() + number) for number in (numbers[0], numbers[-1])]
            lines.append({"when": _when(days[0], days[1], grid.today), "who": _who(available)})
    return lines


def _available(grid: TeamGrid, number: int) -> Names:
    available = (row for row in grid.rows if row.matches(number, Filter.AVAILABLE))
    return tuple((row.member.name, row.matches(number, Filter.PREFERS)) for row in available)


def _when(first: date, last: date, today: date) -> str:
    if first == last:
        return day_words(first, today)
    return f"{day_words(first, today)} to {day_words(last, today)}"


def _who(available: Names) -> str:
    if not available:
        return "Nobody."
    names = [f"{name} (prefers it)" if prefers else name for name, prefers in available]
    return f"Only {names[0]}." if len(names) == 1 else f"{' and '.join(names)}."
