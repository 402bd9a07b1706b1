"""Tight days: when few of the team could take a day, and who they are."""

from collections.abc import Sequence
from datetime import date
from itertools import groupby
from typing import Any

from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from pages.team.cells import LOW, Picture, Show
from pages.widgets.dates import day_words

AT_MOST = 12
LINE = """
<div class="tight-line" role="listitem"><b>{{ props.row.when }}</b><span>{{ props.row.who }}</span></div>
"""
Named = tuple[tuple[str, bool], ...]
"""Who could take a day, and whether they would like to."""


class Tight:
    """Drawn once; `show` patches it. Not there when no day is tight."""

    def __init__(self) -> None:
        with html.section().classes("oc-card").props("aria-labelledby=tight") as self._card:
            with html.div().classes("oc-card-head stack"):
                html.h2("Tight days").props("id=tight")
                html.span("two members or fewer are known to be free of blocks").classes("oc-sub")
            self.table = ui.table(columns=[], rows=[], row_key="when").classes("oc-list team-tight")
            self.table.props("grid hide-header hide-pagination role=list aria-labelledby=tight").add_slot("item", LINE)
            self._more = TextElement(tag="p", text="").classes("home-more")
        self._card.set_visibility(False)

    def show(self, picture: Picture, first_week: int, weeks: int) -> None:
        lines = tight_lines(picture, first_week * 7, weeks * 7)
        if lines[:AT_MOST] != self.table.rows:
            self.table.rows = lines[:AT_MOST]
        more = len(lines) - AT_MOST
        self._more.set_text(f"{more} more in these weeks")
        self._more.set_visibility(more > 0)
        self._card.set_visibility(bool(lines))


def tight_lines(picture: Picture, first: int, count: int) -> list[dict[str, Any]]:
    """Days that follow one another and leave the same people are one line. Of a team of two every day would be one."""
    if len(picture.people) <= LOW:
        return []
    ahead = range(max(first, picture.today.weekday()), min(first + count, (picture.last - picture.first).days + 1))
    tight = [(number, _free(picture, number)) for number in ahead]
    lines = []
    for free, group in groupby(tight, key=lambda pair: pair[1]):
        numbers = [number for number, _ in group]
        if len(free) <= LOW:
            days = [date.fromordinal(picture.first.toordinal() + number) for number in (numbers[0], numbers[-1])]
            lines.append({"when": _when(days[0], days[1], picture.today), "who": _who(free)})
    return lines


def _free(picture: Picture, number: int) -> Named:
    free = (person for person in picture.people if person.belongs(number, Show.FREE))
    return tuple((person.member.name, person.belongs(number, Show.WOULD_LIKE)) for person in free)


def _when(first: date, last: date, today: date) -> str:
    if first == last:
        return day_words(first, today)
    return f"{day_words(first, today)} to {day_words(last, today)}"


def _who(free: Sequence[tuple[str, bool]]) -> str:
    if not free:
        return "Nobody."
    names = [f"{name}, who would like to" if would else name for name, would in free]
    if len(names) == 1:
        return f"Only {names[0]}."
    return f"{', and '.join(names)}." if free[0][1] else f"{' and '.join(names)}."
