"""How the calendars are doing: those that aren't up to date first, in two lines each; the others in one line."""

from collections.abc import Sequence
from datetime import datetime
from itertools import zip_longest
from zoneinfo import ZoneInfo

from nicegui import html
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.domain.imports.state import State
from oncall_ui.services.connections.views import CalendarView, ConnectionView
from pages.widgets.calendar_status import Status, status_of, unreadable
from pages.widgets.calendar_summary import Condition, condition_of

Watched = Sequence[tuple[ConnectionView, CalendarView]]
AT_MOST = 6
NAMED = 12
"""So many names are listed; the others are counted."""


class CalendarList:
    """A row for each calendar that isn't up to date, and one for all others. Rows are drawn when first needed."""

    def __init__(self) -> None:
        self._rows: list[_Row] = []
        self._good: _Good | None = None
        with html.ul().classes("oc-rows") as self._place:
            self._rest = TextElement(tag="li", text="").classes("home-more")
        self._rest.set_visibility(False)

    def show(self, watched: Watched, zone: ZoneInfo, now: datetime) -> None:
        own, good = _apart([calendar for _, calendar in watched], now)
        with self._place:
            while len(self._rows) < len(own[:AT_MOST]):
                self._rows.append(_Row(len(self._rows)))
            if good and self._good is None:
                self._good = _Good()
        for row, calendar in zip_longest(self._rows, own[:AT_MOST]):
            row.show(calendar, zone, now)
        self._rest.set_text(f"{len(own) - AT_MOST} more" if watched else "No calendar is switched on")
        self._rest.set_visibility(len(own) > AT_MOST or not watched)
        if self._good is not None:
            self._good.show(good)


def _apart(calendars: Sequence[CalendarView], now: datetime) -> tuple[list[CalendarView], list[CalendarView]]:
    """Those with a row of their own, the worst first; and those that share one: up to date, with nothing to say."""
    order = list(Condition)
    own = [each for each in calendars if each.problems or condition_of(each, now) is not Condition.GOOD]
    ids = {each.id for each in own}
    good = [each for each in calendars if each.id not in ids]
    if len(good) == 1:
        own, good = own + good, []
    return sorted(own, key=lambda each: order.index(condition_of(each, now))), good


class _Good:
    def __init__(self) -> None:
        self._line = html.li().classes("oc-mini home-plain")
        with self._line, html.div().classes("oc-status is-ok").props("role=status"):
            self._count = TextElement(tag="b", text="")
            self._list = TextElement(tag="span", text="").classes("home-names")

    def show(self, good: Sequence[CalendarView]) -> None:
        self._count.set_text(f"{len(good):,} up to date")
        self._list.set_text(_names(good))
        self._line.set_visibility(bool(good))


def _names(calendars: Sequence[CalendarView]) -> str:
    more = len(calendars) - NAMED
    return ", ".join(each.name for each in calendars[:NAMED]) + (f" and {more:,} more" if more > 0 else "")


class _Row:
    def __init__(self, place: int) -> None:
        with html.li().classes("oc-mini home-plain") as self._line:
            self._name = TextElement(tag="b", text="")
            with html.div().classes("oc-status").props("role=status") as self._box:
                self._word = TextElement(tag="b", text="")
                self._facts = TextElement(tag="span", text="").props("aria-live=off")
        self._line.move(target_index=place)
        self._css, self._is_busy = "", ""

    def show(self, calendar: CalendarView | None, zone: ZoneInfo, at: datetime) -> None:
        """Nothing without a calendar."""
        self._line.set_visibility(calendar is not None)
        if calendar is None:
            return
        now, is_stale = status_of(calendar, zone, at), calendar.is_stale(at)
        self._name.set_text(calendar.name)
        self._word.set_text(now.word)
        self._facts.set_text(_in_short(calendar, now) + (" · stale" if is_stale else ""))
        is_busy = str(calendar.state is State.IMPORTING).lower()
        if is_busy != self._is_busy:
            self._is_busy = self._box.props["aria-busy"] = is_busy
        if now.css != self._css:
            self._box.classes(add=now.css, remove=self._css)
            self._css = now.css


def _in_short(calendar: CalendarView, now: Status) -> str:
    """Without the numbers of the last import, which are on Calendars; only what is wrong with it."""
    if calendar.state is not State.UP_TO_DATE:
        return now.facts
    return f"{now.when} · {unreadable(calendar)}" if calendar.problems else now.when
