"""Tight days: days on which few members are available, and who they are. Those with the fewest come first."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.domain.availability.tight_days import TightSpan, tight_spans
from oncall_ui.services.team.grid import TeamMember
from pages.team.cells import WEEK, TeamGrid
from pages.widgets.dates import day_words
from pages.widgets.rows import show_rows

AT_FIRST = 8
"""Spans shown before the list is unfolded."""
DAYS_NAMED = 2
"""A span with more preferred days than this counts them."""
LINE = """
<div class="tight-line" role="listitem"><b>{{ props.row.when }}</b
  ><span v-if="props.row.who.length" class="tight-who"><span v-for="m in props.row.who" :key="m.id"
    ><span class="oc-face" aria-hidden="true">{{ m.initials }}</span>{{ m.name
    }}<span v-if="m.prefers" class="oc-icon oc-i-prefer" :title="m.prefers"
      ><span class="oc-hidden"> {{ m.prefers }}</span
      ><small v-if="m.on" aria-hidden="true">{{ m.on }}</small></span></span></span
  ><span v-else class="tight-who none">No member is known to be available</span
  ><span class="oc-tag warn">{{ props.row.count }} available</span></div>
"""


class TightDays:
    """Built once; `show` updates it. Hidden when no day is tight."""

    def __init__(self) -> None:
        self._lines: list[dict[str, Any]] = []
        self._is_open = False
        with html.section().classes("oc-card").props("aria-labelledby=tight") as self._card:
            with html.div().classes("oc-card-head stack"):
                html.h2("Tight days").props("id=tight")
                self._rule = TextElement(tag="span", text="").classes("oc-sub")
            self.table = ui.table(columns=[], rows=[], row_key="when").classes("oc-list team-tight")
            self.table.props("grid hide-header hide-pagination role=list aria-labelledby=tight").add_slot("item", LINE)
            with html.div().classes("oc-foot") as self._foot:
                self.more = ui.button("", color=None, on_click=self._unfold).props("flat no-caps")
                self.more.classes("oc-btn quiet")
        self._card.set_visibility(False)

    def show(self, grid: TeamGrid, first_week: int, weeks: int) -> None:
        self._lines = tight_lines(grid, first_week * WEEK, weeks * WEEK)
        self._rule.set_text(rule_words(grid))
        self._card.set_visibility(bool(self._lines))
        self._update()

    def _unfold(self) -> None:
        self._is_open = not self._is_open
        self._update()

    def _update(self) -> None:
        shown = self._lines if self._is_open else self._lines[:AT_FIRST]
        show_rows(self.table, shown)
        hidden = len(self._lines) - AT_FIRST
        self.more.set_text("Show fewer" if self._is_open else f"Show {hidden} more")
        self.more.props(f"aria-expanded={str(self._is_open).lower()}")
        self._foot.set_visibility(hidden > 0)


def rule_words(grid: TeamGrid) -> str:
    """From when on a day is tight: `Fewer than 3 of 6 members are available`."""
    members = f"{grid.size:,} {'members' if grid.size == len(grid.rows) else 'connected members'}"
    return (
        f"Fewer than {grid.below} of {members} are available" if grid.below > 1 else f"None of {members} is available"
    )


def tight_lines(grid: TeamGrid, first: int, count: int) -> list[dict[str, Any]]:
    """A line per tight span among `count` days from number `first` on, for the list's template."""
    members = {row.member.id: row.member for row in grid.rows}
    return [_line(span, members, grid.today) for span in tight_spans(grid.available(first, count), grid.below)]


def _line(span: TightSpan, members: Mapping[int, TeamMember], today: date) -> dict[str, Any]:
    return {
        "when": _when(span.first, span.last, today),
        "count": len(span.members),
        "who": [_person(members[each], span, today) for each in span.members],
    }


def _person(member: TeamMember, span: TightSpan, today: date) -> dict[str, Any]:
    days = span.prefers(member.id)
    on = _some_of(days, span, today) if 0 < len(days) < len(span.days) else ""
    prefers = f"prefers {on or 'it'}" if days else ""
    return {"id": member.id, "initials": member.initials, "name": member.name, "prefers": prefers, "on": on}


def _some_of(days: Sequence[date], span: TightSpan, today: date) -> str:
    if len(days) > DAYS_NAMED:
        return f"{len(days)} of {len(span.days)} days"
    return " and ".join(day_words(day, today) for day in days)


def _when(first: date, last: date, today: date) -> str:
    if first == last:
        return day_words(first, today)
    return f"{day_words(first, today)} to {day_words(last, today)}"
