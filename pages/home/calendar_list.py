"""How each calendar is doing, in two lines."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from nicegui import html
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.domain.imports.state import State
from oncall_ui.services.connections.views import CalendarView, ConnectionView
from pages.widgets.calendar_status import Status, status_of, unreadable
from pages.widgets.calendar_summary import Health, health_of

Watched = Sequence[tuple[ConnectionView, CalendarView]]
AT_MOST = 12


class CalendarList:
    """A row for each calendar that is on: patched, and redrawn when calendars come or go."""

    def __init__(self) -> None:
        self._place = html.ul().classes("oc-rows")
        self._drawn: list[tuple[int, str, str]] | None = None
        self._rows: list[_Row] = []

    def show(self, watched: Watched, zone: ZoneInfo, now: datetime) -> None:
        first = _first(watched, now)
        drawn = [(calendar.id, calendar.name, connection.logo) for connection, calendar in first]
        if drawn != self._drawn:
            self._drawn = drawn
            self._place.clear()
            with self._place:
                self._rows = [_Row(connection, calendar) for connection, calendar in first]
                if not watched:
                    html.li("No calendar is switched on").classes("home-more")
                elif more := len(watched) - len(first):
                    html.li(f"{more} more").classes("home-more")
        for row, (_, calendar) in zip(self._rows, first, strict=True):
            row.show(calendar, status_of(calendar, zone, now), is_stale=calendar.is_stale(now))


class _Row:
    def __init__(self, connection: ConnectionView, calendar: CalendarView) -> None:
        with html.li().classes("oc-mini"):
            html.img(src=f"/static/logos/{connection.logo}", alt=connection.product_name).classes("oc-logo s")
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


def _first(watched: Watched, now: datetime) -> Watched:
    if len(watched) <= AT_MOST:
        return watched
    # If some must be left out, it is those that are fine.
    return sorted(watched, key=lambda pair: health_of(pair[1], now) is Health.GOOD)[:AT_MOST]
