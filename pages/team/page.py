"""Team: everyone's availability in one grid, six weeks at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Annotated

from fastapi import Depends, Request
from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.app import App
from oncall_ui.domain.availability.day_grid import monday_of
from oncall_ui.hub import CalendarChanged, ScheduleChanged
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from oncall_ui.services.schedules.published.overview import OnCallSpan, team_on_call
from oncall_ui.services.team.grid import read_team
from oncall_ui.services.team.health import broken_calendars
from pages.layout import frame
from pages.opening import page
from pages.refresh import EVERY_SCHEDULE, LiveView, Wanted
from pages.session import login_required
from pages.team.address import Chosen
from pages.team.cells import WEEK, Filter, TeamGrid, grid_window, last_day, team_grid
from pages.team.grid import WEEKS, GridTable
from pages.team.tight import TightDays
from pages.team.tools import Tools
from pages.team.words import clock_of, team_words
from pages.widgets.dates import day_words, short_day, zone_words
from pages.widgets.duties import on_call_key

TICK_SECONDS = 60
NO_MATCH = {
    Filter.AVAILABLE: "are known to be available on",
    Filter.BLOCKED: "are blocked on",
    Filter.PREFERS: "prefer to be on call on",
}
LEGEND = (("is-block", "Block"), ("is-prefer", "Prefer"), ("", "Open"))
NOTES = (("rest", "Weekend"), ("unknown", "Unknown: no calendar, or not imported for more than a day"))


def register(app: App) -> None:
    @page("/team")
    async def team_page(request: Request, me: Annotated[LoggedIn, Depends(login_required(app))]) -> None:
        with frame(app, me, "Team", "/team"):
            screen = _Screen(me, Chosen.of(request.query_params))
            view = LiveView(app, me, _Reader(app, me).read, screen.show, of_team=True, of_schedule=EVERY_SCHEDULE)
        await view.first()
        # Not before: a timer that waits for its browser has the page sent at once.
        ui.timer(TICK_SECONDS, view.refresh, immediate=False)


@dataclass(frozen=True, slots=True)
class Found:
    """What was read at a moment."""

    grid: TeamGrid
    at: datetime
    broken: int
    """For administrators, the number of broken or stale calendars."""


class _Reader:
    """Reads the team in a thread; keeps the last grid, so that only changes are read again."""

    def __init__(self, app: App, me: LoggedIn) -> None:
        self._app, self._me = app, me.member
        self._last: TeamGrid | None = None
        self._on_call: Mapping[int, Sequence[OnCallSpan]] = {}

    def read(self, wanted: Wanted) -> Found:
        # What an import changed shows on the calendar's row; any other change may leave no trace in the last grid.
        in_full = not all(isinstance(each, CalendarChanged | ScheduleChanged) for each in wanted.changes)
        at = _now()
        today = at.astimezone(self._me.tz).date()
        previous = self._last.view if self._last and not in_full else None
        window = grid_window(today, self._me.tz)
        view = read_team(self._app, self._me.id, window, at, previous)
        on_call = team_on_call(self._app, self._me.id, window.start, window.end)
        if self._last is None or (self._last.view, self._last.today, self._on_call) != (view, today, on_call):
            self._last, self._on_call = team_grid(view, today, self._me.tz, on_call), on_call
        broken = len(broken_calendars(self._app, self._me.id, at)) if self._me.is_admin else 0
        return Found(self._last, at, broken)


class _Screen:
    """The page's elements, built once; `show` updates them and keeps what is chosen."""

    def __init__(self, me: LoggedIn, chosen: Chosen) -> None:
        self._me = me.member
        self._grid: TeamGrid | None = None
        self._at = _now()
        self._today = self._at.astimezone(self._me.tz).date()
        self._day = chosen.day if _is_shown(chosen.day, self._today) else None
        self._week = monday_of(chosen.week) if chosen.week and _is_week(chosen.week, self._today) else None
        self._address = replace(chosen, day=self._day, week=self._week).address
        self._css = "is-busy"
        self._head()
        with html.section().classes("oc-card team-card").props('aria-label="Team availability"'):
            self._tools = Tools(chosen, self._update, self._go_to)
            self._table = GridTable(self._move)
        self._tools.limit(self._today, last_day(self._today))
        self._tools.set_day(self._day or self._today)
        if self._day and not self._week:
            self._bring_into_view(self._day)
        self._no_match = TextElement(tag="p", text="").classes("oc-note oc-icon oc-i-eye").props("role=status")
        self._no_match.set_visibility(False)
        self._below()
        self._tight = TightDays()

    def show(self, found: Found) -> None:
        self._grid, self._at = found.grid, found.at
        if self._grid.today != self._today:
            self._new_day(self._grid.today)
        words, rest = team_words([row.member for row in self._grid.rows])
        self._words.set_text(words)
        self._rest.set_text(rest)
        css = "is-warn oc-i-clock" if rest else "is-ok"
        if css != self._css:
            self._lead.classes(add=css, remove=self._css)
            self._css = css
        self._show_duties()
        if self._me.is_admin:
            self._broken.set_text(f"Broken or stale: {found.broken or 'none'}")
        self._update()

    def _show_duties(self) -> None:
        is_on_call = self._grid is not None and any(row.is_on_call for row in self._grid.rows)
        for key in self._duties:
            key.set_visibility(is_on_call)

    def _head(self) -> None:
        with html.header().classes("oc-head"):
            with html.div():
                html.h1("Team")
                with html.p().classes("oc-status is-busy") as self._lead:
                    self._words = TextElement(tag="b", text="Loading the team’s availability")
                    self._rest = TextElement(tag="span", text="")
            with html.div().classes("oc-acts wide team-acts"):
                self._span = TextElement(tag="span", text="").classes("oc-sub").props("aria-live=polite")
                today = ui.button("Today", color=None, on_click=self._back_to_today).props("unelevated no-caps")
                today.classes("oc-btn small")
                self._earlier = _arrow("Earlier", "oc-i-left", lambda: self._move(-WEEKS))
                self._later = _arrow("Later", "oc-i-right", lambda: self._move(WEEKS))

    def _below(self) -> None:
        with html.div().classes("team-below"):
            self._duties = _legend()
            self._show_duties()
            with html.p().classes("team-links"):
                ui.link("Tags", "/team/tags")
                if self._me.is_admin:
                    self._broken = ui.link("Broken or stale", "/team/calendars")

    def _new_day(self, today: date) -> None:
        was = self._day or self._today
        self._today = today
        self._tools.limit(today, last_day(today))
        if self._day is None or self._day <= today:
            self._day = None
        if was < today:
            self._tools.set_day(today)

    def _go_to(self, day: date) -> None:
        self._day = day if day > self._today else None
        self._bring_into_view(day)
        self._update()

    def _bring_into_view(self, day: date) -> None:
        first = self._week or monday_of(self._today)
        if not first <= day < first + timedelta(weeks=WEEKS):
            self._week = monday_of(day)

    def _back_to_today(self) -> None:
        self._week = None
        self._tools.set_day(self._today)
        self._go_to(self._today)

    def _move(self, weeks: int) -> None:
        self._week = monday_of(self._week or self._today) + timedelta(weeks=weeks)
        self._update()

    def _update(self) -> None:
        grid = self._grid
        if grid is None:
            return
        last_start = max(len(grid.weeks) - WEEKS, 0)
        first_week = min(max(((self._week or grid.first) - grid.first).days // WEEK, 0), last_start)
        first = grid.first + timedelta(weeks=first_week)
        self._week = first if first_week else None
        self._show_members(grid, first_week)
        self._tight.show(grid, first_week, WEEKS)
        last = first + timedelta(days=WEEKS * WEEK - 1)
        self._span.set_text(f"{short_day(first)} to {short_day(last)}, in {zone_words(self._me.tz)} time")
        _enable(self._earlier, first_week > 0)
        _enable(self._later, first_week < last_start)
        self._write_address()

    def _show_members(self, grid: TeamGrid, first_week: int) -> None:
        """Those that pass the filter on the chosen day and whose name contains what was typed."""
        day, typed, show = self._day or self._today, self._tools.name.casefold(), self._tools.filter
        self._tools.show(day, {each: len(grid.matching(day, each)) for each in Filter})
        rows = [row for row in grid.matching(day, show) if typed in row.member.name.casefold()]
        clocks = {row.member.id: clock_of(row.member, self._at, self._me.tz) for row in rows}
        self._table.show(rows, grid.weeks, first_week, day, clocks=clocks, folds=show is Filter.ALL and not typed)
        self._no_match.set_text("" if rows else self._no_match_words(day))
        self._no_match.set_visibility(not rows)

    def _write_address(self) -> None:
        address = Chosen(self._tools.name, self._tools.filter, self._day, self._week).address
        if address != self._address:
            self._address = address
            # In place of the one there: Back leaves the page.
            ui.navigate.history.replace(address)

    def _no_match_words(self, day: date) -> str:
        chosen, typed = self._tools.filter, self._tools.name
        if chosen not in NO_MATCH:
            return f"No member’s name contains “{typed}”."
        members = f"No members matching “{typed}”" if typed else "No members"
        return f"{members} {NO_MATCH[chosen]} {day_words(day, self._today)}."


def _is_shown(day: date | None, today: date) -> bool:
    return day is not None and today < day <= last_day(today)


def _is_week(day: date, today: date) -> bool:
    return monday_of(today) < monday_of(day) <= last_day(today)


def _arrow(name: str, icon: str, on_click: object) -> ui.button:
    button = ui.button(color=None, on_click=on_click).props("unelevated no-caps")  # type: ignore[arg-type]
    button.classes(f"oc-btn small oc-icon {icon}").props["aria-label"] = name
    return button


def _enable(button: ui.button, is_enabled: bool) -> None:
    # Not the attribute `disabled`: a button that has the focus would lose it.
    button.props(f"aria-disabled={str(not is_enabled).lower()}")


def _legend() -> list[ui.element]:
    """The marks that are only shown while somebody is on call."""
    with html.ul().classes("oc-legend"):
        for css, word in LEGEND:
            with html.li():
                html.span().classes(f"oc-swatch {css}")
                html.b(word)
        for css, word in NOTES:
            with html.li():
                html.span().classes(f"oc-swatch {css}")
                html.span(word)
        return [on_call_key("<b>On call</b> primary"), on_call_key("secondary", "second")]


def _now() -> datetime:
    return datetime.now(UTC)
