"""How the calendars are doing: those that aren't up to date first, in two lines each; the others in one line."""

from collections.abc import Sequence
from datetime import datetime
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
    """A row for each calendar that isn't up to date, and one for all others; redrawn when calendars change places."""

    def __init__(self) -> None:
        self._place = html.ul().classes("oc-rows")
        self._drawn: tuple[object, ...] | None = None
        self._rows: list[_Row] = []

    def show(self, watched: Watched, zone: ZoneInfo, now: datetime) -> None:
        own, good = _apart([calendar for _, calendar in watched], now)
        drawn = tuple((each.id, each.name) for each in own[:AT_MOST]), len(own), tuple(each.name for each in good)
        if drawn != self._drawn:
            self._drawn = drawn
            self._place.clear()
            with self._place:
                self._rows = [_Row(each) for each in own[:AT_MOST]]
                if len(own) > AT_MOST:
                    html.li(f"{len(own) - AT_MOST} more").classes("home-more")
                if good:
                    _good_row(good)
                elif not watched:
                    html.li("No calendar is switched on").classes("home-more")
        for row, calendar in zip(self._rows, own[:AT_MOST], strict=True):
            row.show(calendar, status_of(calendar, zone, now), is_stale=calendar.is_stale(now))


def _apart(calendars: Sequence[CalendarView], now: datetime) -> tuple[list[CalendarView], list[CalendarView]]:
    """Those with a row of their own, the worst first; and those that share one: up to date, with nothing to say."""
    order = list(Condition)
    own = [each for each in calendars if each.problems or condition_of(each, now) is not Condition.GOOD]
    good = [each for each in calendars if each not in own]
    if len(good) == 1:
        own, good = own + good, []
    return sorted(own, key=lambda each: order.index(condition_of(each, now))), good


def _good_row(good: Sequence[CalendarView]) -> None:
    with html.li().classes("oc-mini home-plain"), html.div().classes("oc-status is-ok").props("role=status"):
        TextElement(tag="b", text=f"{len(good):,} up to date")
        TextElement(tag="span", text=_names(good)).classes("home-names")


def _names(calendars: Sequence[CalendarView]) -> str:
    more = len(calendars) - NAMED
    return ", ".join(each.name for each in calendars[:NAMED]) + (f" and {more:,} more" if more > 0 else "")


class _Row:
    def __init__(self, calendar: CalendarView) -> None:
        with html.li().classes("oc-mini home-plain"):
            TextElement(tag="b", text=calendar.name)
            with html.div().classes("oc-status").props("role=status") as self._box:
                self._word = TextElement(tag="b", text="")
                self._facts = TextElement(tag="span", text="").props("aria-live=off")
        self._css = ""

    def show(self, calendar: CalendarView, now: Status, *, is_stale: bool) -> None:
        self._word.set_text(now.word)
        self._facts.set_text(_in_short(calendar, now) + (" · stale" if is_stale else ""))
        self._box.props(f"aria-busy={str(calendar.state is State.IMPORTING).lower()}")
        if now.css != self._css:
            self._box.classes(add=now.css, remove=self._css)
            self._css = now.css


def _in_short(calendar: CalendarView, now: Status) -> str:
    """Without the numbers of the last import, which are on Calendars; only what is wrong with it."""
    if calendar.state is not State.UP_TO_DATE:
        return now.facts
    return f"{now.when} · {unreadable(calendar)}" if calendar.problems else now.when
