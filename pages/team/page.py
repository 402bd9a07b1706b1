"""Team: everyone's availability in one grid, six weeks at a time."""

from datetime import UTC, date, datetime, timedelta
from typing import Annotated

from fastapi import Depends
from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.app import App
from oncall_ui.domain.availability.day_grid import monday_of
from oncall_ui.domain.availability.window import DAYS_AHEAD
from oncall_ui.hub import CalendarChanged
from oncall_ui.services.accounts.sessions import LoggedIn
from oncall_ui.services.team.grid import read_team
from oncall_ui.services.team.health import broken_calendars
from pages.layout import frame
from pages.refresh import LiveView, Wanted
from pages.session import login_required
from pages.team.cells import WEEK, Filter, GridRow, TeamGrid, grid_window, team_grid
from pages.team.grid import WEEKS, GridTable
from pages.team.tight import TightDays
from pages.team.words import team_words
from pages.widgets.dates import day_words, short_day, zone_words
from pages.widgets.forms import field

TICK_SECONDS = 60
WORDS = {Filter.ALL: "All", Filter.AVAILABLE: "Available", Filter.BLOCKED: "Blocked", Filter.PREFERS: "Prefers"}
NO_MATCH = {
    Filter.AVAILABLE: "are known to be available on",
    Filter.BLOCKED: "are blocked on",
    Filter.PREFERS: "prefer to be on call on",
}
LEGEND = (("is-block", "Block"), ("is-prefer", "Prefer"), ("", "Open"))
NOTES = (("rest", "Weekend"), ("unknown", "Unknown: no calendar, or not imported for more than a day"))


def register(app: App) -> None:
    @ui.page("/team")
    async def team_page(me: Annotated[LoggedIn, Depends(login_required(app))]) -> None:
        with frame(app, me, "Team", "/team"):
            screen = _Screen(me)
            view = LiveView(app, me, _Reader(app, me).read, screen.show, of_team=True)
        await view.first()
        # Not before: a timer that waits for its browser has the page sent at once.
        ui.timer(TICK_SECONDS, view.refresh)


class _Reader:
    """Reads the team in a thread; keeps the last grid, so that only changes are read again."""

    def __init__(self, app: App, me: LoggedIn) -> None:
        self._app, self._me = app, me.member
        self._last: TeamGrid | None = None

    def read(self, wanted: Wanted) -> tuple[TeamGrid, int]:
        """The grid, and for administrators the number of broken or stale calendars."""
        # What an import changed shows on the calendar's row; any other change may leave no trace in the last grid.
        in_full = not all(isinstance(each, CalendarChanged) for each in wanted.changes)
        at = _now()
        today = at.astimezone(self._me.tz).date()
        previous = self._last.view if self._last and not in_full else None
        view = read_team(self._app, self._me.id, grid_window(today, self._me.tz), at, previous)
        if self._last is None or (self._last.view, self._last.today) != (view, today):
            self._last = team_grid(view, today, self._me.tz)
        broken = len(broken_calendars(self._app, self._me.id, at)) if self._me.is_admin else 0
        return self._last, broken


class _Screen:
    """The page's elements, built once; `show` updates them and keeps the chosen day, filter and weeks."""

    def __init__(self, me: LoggedIn) -> None:
        self._me = me.member
        self._grid: TeamGrid | None = None
        self._today = self._chosen = _now().astimezone(self._me.tz).date()
        self._first_week = 0
        self._css = "is-busy"
        self._head()
        self._tools()
        self._table = GridTable(self._move)
        self._no_match = TextElement(tag="p", text="").classes("oc-note oc-icon oc-i-eye").props("role=status")
        self._no_match.set_visibility(False)
        _legend()
        self._tight = TightDays()

    def show(self, found: tuple[TeamGrid, int]) -> None:
        self._grid, broken = found
        if self._grid.today != self._today:
            self._new_day(self._grid.today)
        words, rest = team_words([row.member for row in self._grid.rows])
        self._words.set_text(words)
        self._rest.set_text(rest)
        css = "is-warn oc-i-clock" if rest else "is-ok"
        if css != self._css:
            self._lead.classes(add=css, remove=self._css)
            self._css = css
        if self._me.is_admin:
            self._broken.set_text(f"Broken or stale: {broken or 'none'}")
        self._update()

    def _head(self) -> None:
        with html.header().classes("oc-head"):
            with html.div():
                html.h1("Team")
                with html.p().classes("oc-status is-busy") as self._lead:
                    self._words = TextElement(tag="b", text="Loading the team’s availability")
                    self._rest = TextElement(tag="span", text="")
            with html.div().classes("oc-acts wide"):
                self._span = TextElement(tag="span", text="").classes("oc-sub").props("aria-live=polite")
                self._earlier = _arrow("Earlier", "oc-i-left", lambda: self._move(-WEEKS))
                self._later = _arrow("Later", "oc-i-right", lambda: self._move(WEEKS))

    def _tools(self) -> None:
        with html.div().classes("team-tools"):
            self._name = field("Name", kind="search", autocomplete="off").props("debounce=200")
            self._name.on_value_change(self._update)
            self._day = field("Go to", value=self._chosen.isoformat(), kind="date").props("debounce=400")
            self._day.validation = self._refusal
            self._day.on_value_change(lambda event: self._go_to(event.value))
            self._limit_days()
            with html.div().classes("team-show"):
                self._on = TextElement(tag="span", text="").classes("label")
                self._choice = ui.toggle(WORDS, value=Filter.ALL, on_change=self._update).classes("oc-seg")
                self._choice.props("unelevated no-caps toggle-color=none toggle-text-color=none role=group")
            with html.p().classes("team-links"):
                ui.link("Tags", "/team/tags")
                if self._me.is_admin:
                    self._broken = ui.link("Broken or stale", "/team/calendars")

    def _limit_days(self) -> None:
        self._day.props["min"] = self._today.isoformat()
        self._day.props["max"] = self._last.isoformat()

    @property
    def _last(self) -> date:
        return self._grid.last if self._grid else self._today + timedelta(days=DAYS_AHEAD - 1)

    def _new_day(self, today: date) -> None:
        self._today = today
        self._limit_days()
        if self._chosen < today:
            self._chosen = today
            self._day.set_value(today.isoformat())

    def _go_to(self, typed: str | None) -> None:
        day = _day_of(typed)
        if day is None:
            return
        if self._refusal(typed):
            self._day.props["aria-invalid"] = "true"
            return
        self._chosen = day
        week = (monday_of(day) - monday_of(self._today)).days // WEEK
        if not self._first_week <= week < self._first_week + WEEKS:
            self._first_week = week
        self._update()

    def _refusal(self, typed: str | None) -> str | None:
        """What is wrong with the day typed; None if nothing is, or if it isn't complete yet."""
        day = _day_of(typed)
        if day is None or self._today <= day <= self._last:
            return None
        first, last = day_words(self._today, self._today), day_words(self._last, self._today)
        return f"Choose a day between {first} and {last}."

    def _move(self, weeks: int) -> None:
        self._first_week += weeks
        self._update()

    def _update(self) -> None:
        grid = self._grid
        if grid is None:
            return
        last_start = max(len(grid.weeks) - WEEKS, 0)
        self._first_week = min(max(self._first_week, 0), last_start)
        rows = self._matching(grid)
        self._table.show(rows, grid.weeks, self._first_week, self._chosen)
        self._tight.show(grid, self._first_week, WEEKS)
        first = grid.first + timedelta(days=self._first_week * WEEK)
        last = first + timedelta(days=WEEKS * WEEK - 1)
        self._span.set_text(f"{short_day(first)} to {short_day(last)}, in {zone_words(self._me.tz)} time")
        _enable(self._earlier, self._first_week > 0)
        _enable(self._later, self._first_week < last_start)
        self._no_match.set_text("" if rows else self._no_match_words())
        self._no_match.set_visibility(not rows)

    def _matching(self, grid: TeamGrid) -> list[GridRow]:
        """The members that pass the filter on the chosen day and whose name contains what was typed."""
        words = {show: f"{word} {len(grid.matching(self._chosen, show)):,}" for show, word in WORDS.items()}
        if words != self._choice.options:
            self._choice.set_options(words)
        on = day_words(self._chosen, self._today)
        self._on.set_text(f"On {on}")
        self._choice.props["aria-label"] = f"Filter members by their state on {on}"
        typed = (self._name.value or "").strip().casefold()
        chosen = Filter(self._choice.value or Filter.ALL)
        return [row for row in grid.matching(self._chosen, chosen) if typed in row.member.name.casefold()]

    def _no_match_words(self) -> str:
        chosen, typed = Filter(self._choice.value or Filter.ALL), (self._name.value or "").strip()
        if chosen not in NO_MATCH:
            return f"No member’s name contains “{typed}”."
        members = f"No members matching “{typed}”" if typed else "No members"
        return f"{members} {NO_MATCH[chosen]} {day_words(self._chosen, self._today)}."


def _day_of(typed: str | None) -> date | None:
    try:
        return date.fromisoformat(typed or "")
    except ValueError:
        return None


def _arrow(name: str, icon: str, on_click: object) -> ui.button:
    button = ui.button(color=None, on_click=on_click).props("unelevated no-caps")  # type: ignore[arg-type]
    button.classes(f"oc-btn small oc-icon {icon}").props["aria-label"] = name
    return button


def _enable(button: ui.button, is_enabled: bool) -> None:
    # Not the attribute `disabled`: a button that has the focus would lose it.
    button.props(f"aria-disabled={str(not is_enabled).lower()}")


def _legend() -> None:
    with html.ul().classes("oc-legend team-legend"):
        for css, word in LEGEND:
            with html.li():
                html.span().classes(f"oc-swatch {css}")
                html.b(word)
        for css, word in (
            ("rest", "Weekend"),
            ("unknown", "Unknown: no calendar, or not imported for more than a day"),
        ):
            with html.li():
                html.span().classes(f"oc-swatch {css}")
                html.span(word)


def _now() -> datetime:
    return datetime.now(UTC)
