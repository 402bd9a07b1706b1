"""Team: who is blocked or would like to be on call, everybody in one grid, six weeks at a time."""

from datetime import UTC, date, datetime, timedelta
from typing import Annotated

from fastapi import Depends
from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.app import App
from oncall_ui.domain.availability.day_grid import monday_of
from oncall_ui.services.accounts.sessions import LoggedIn
from oncall_ui.services.team.grid import look_at_team
from oncall_ui.services.team.health import broken_calendars
from pages.auth import required
from pages.layout import frame
from pages.team.cells import WEEK, Person, Picture, Show, picture, window_of
from pages.team.grid import WEEKS, Grid
from pages.team.refresh import TeamLive
from pages.team.tight import Tight
from pages.team.words import team_words
from pages.widgets.dates import day_words, short_day, zone_words
from pages.widgets.forms import field

WORDS = {Show.ALL: "All", Show.FREE: "Free", Show.BLOCKED: "Blocked", Show.WOULD_LIKE: "Would like"}
NOBODY = {Show.FREE: "is known to be free", Show.BLOCKED: "is blocked", Show.WOULD_LIKE: "would like to be on call"}
LEGEND = (("is-block", "Block"), ("is-prefer", "Prefer"), ("", "Open"))


def register(app: App) -> None:
    @ui.page("/team")
    async def team_page(me: Annotated[LoggedIn, Depends(required(app))]) -> None:
        with frame(app, me, "Team", "/team"):
            screen = _Screen(me)
            reader = _Reader(app, me)
            live = TeamLive(app, me, reader.read, screen.show)
        await live.first()


class _Reader:
    """Looks in a thread; remembers what it saw last, to read only what has changed."""

    def __init__(self, app: App, me: LoggedIn) -> None:
        self._app, self._me = app, me.member
        self._before: Picture | None = None

    def read(self, in_full: bool) -> tuple[Picture, int]:
        """The picture, and for administrators how many calendars aren't read."""
        at = _now()
        today = at.astimezone(self._me.tz).date()
        before = self._before.view if self._before and not in_full else None
        view = look_at_team(self._app, self._me.id, window_of(today, self._me.tz), at, before)
        if self._before is None or (self._before.view, self._before.today) != (view, today):
            self._before = picture(view, today, self._me.tz)
        broken = len(broken_calendars(self._app, self._me.id, at)) if self._me.is_admin else 0
        return self._before, broken


class _Screen:
    """The elements, drawn once; `show` patches them. What is chosen stays."""

    def __init__(self, me: LoggedIn) -> None:
        self._me = me.member
        self._picture: Picture | None = None
        self._today = self._chosen = _now().astimezone(self._me.tz).date()
        self._first_week = 0
        self._css = "is-busy"
        self._head()
        self._tools()
        self._grid = Grid(self._move)
        self._nobody = TextElement(tag="p", text="").classes("oc-note oc-icon oc-i-eye").props("role=status")
        self._nobody.set_visibility(False)
        _legend()
        self._tight = Tight()

    def show(self, seen: tuple[Picture, int]) -> None:
        self._picture, broken = seen
        if self._picture.today != self._today:
            self._new_day(self._picture.today)
        words, rest = team_words([person.member for person in self._picture.people])
        self._words.set_text(words)
        self._rest.set_text(rest)
        css = "is-warn oc-i-clock" if rest else "is-ok"
        if css != self._css:
            self._lead.classes(add=css, remove=self._css)
            self._css = css
        if self._me.is_admin:
            self._broken.set_text(f"Broken or stale: {broken or 'none'}")
        self._draw()

    def _head(self) -> None:
        with html.header().classes("oc-head"):
            with html.div():
                html.h1("Team")
                with html.p().classes("oc-status is-busy") as self._lead:
                    self._words = TextElement(tag="b", text="Looking at everybody’s calendars")
                    self._rest = TextElement(tag="span", text="")
            with html.div().classes("oc-acts wide"):
                self._span = TextElement(tag="span", text="").classes("oc-sub").props("aria-live=polite")
                self._earlier = _arrow("Earlier", "oc-i-left", lambda: self._move(-WEEKS))
                self._later = _arrow("Later", "oc-i-right", lambda: self._move(WEEKS))

    def _tools(self) -> None:
        with html.div().classes("team-tools"):
            self._name = field("Name", kind="search", autocomplete="off").props("debounce=200")
            self._name.on_value_change(self._draw)
            self._day = field("Go to", value=self._chosen.isoformat(), kind="date").props("debounce=400")
            self._day.validation = self._refusal
            self._day.on_value_change(lambda event: self._go_to(event.value))
            self._limit_days()
            with html.div().classes("team-show"):
                self._on = TextElement(tag="span", text="").classes("label")
                self._choice = ui.toggle(WORDS, value=Show.ALL, on_change=self._draw).classes("oc-seg")
                self._choice.props("unelevated no-caps toggle-color=none toggle-text-color=none role=group")
            with html.p().classes("team-links"):
                ui.link("Words that count", "/team/tags")
                if self._me.is_admin:
                    self._broken = ui.link("Broken or stale", "/team/calendars")

    def _limit_days(self) -> None:
        self._day.props["min"] = self._today.isoformat()
        self._day.props["max"] = self._last.isoformat()

    @property
    def _last(self) -> date:
        return self._picture.last if self._picture else self._today + timedelta(days=89)

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
        self._draw()

    def _refusal(self, typed: str | None) -> str | None:
        """Why nobody can go to what is typed; None while it is half typed, too."""
        day = _day_of(typed)
        if day is None or self._today <= day <= self._last:
            return None
        first, last = day_words(self._today, self._today), day_words(self._last, self._today)
        return f"Choose a day between {first} and {last}."

    def _move(self, weeks: int) -> None:
        self._first_week += weeks
        self._draw()

    def _draw(self) -> None:
        seen = self._picture
        if seen is None:
            return
        last_start = max(len(seen.weeks) - WEEKS, 0)
        self._first_week = min(max(self._first_week, 0), last_start)
        people = self._wanted(seen)
        self._grid.show(people, seen.weeks, self._first_week, self._chosen)
        self._tight.show(seen, self._first_week, WEEKS)
        first = seen.first + timedelta(days=self._first_week * WEEK)
        last = first + timedelta(days=WEEKS * WEEK - 1)
        self._span.set_text(f"{short_day(first)} to {short_day(last)}, days in {zone_words(self._me.tz)} time")
        _enable(self._earlier, self._first_week > 0)
        _enable(self._later, self._first_week < last_start)
        self._say_nobody(bool(people))

    def _wanted(self, seen: Picture) -> list[Person]:
        """Those who stand so on the chosen day, and whose name holds what was typed."""
        words = {show: f"{word} {len(seen.on(self._chosen, show)):,}" for show, word in WORDS.items()}
        if words != self._choice.options:
            self._choice.set_options(words)
        on = day_words(self._chosen, self._today)
        self._on.set_text(f"On {on}")
        self._choice.props["aria-label"] = f"Show, on {on}"
        typed = (self._name.value or "").strip().casefold()
        chosen = Show(self._choice.value or Show.ALL)
        return [person for person in seen.on(self._chosen, chosen) if typed in person.member.name.casefold()]

    def _say_nobody(self, is_somebody: bool) -> None:
        chosen, typed = Show(self._choice.value or Show.ALL), (self._name.value or "").strip()
        whose = f"Nobody whose name holds “{typed}”" if typed else "Nobody"
        what = (
            f" {NOBODY[chosen]} on {day_words(self._chosen, self._today)}." if chosen in NOBODY else " is on the team."
        )
        self._nobody.set_text("" if is_somebody else f"{whose}{what}")
        self._nobody.set_visibility(not is_somebody)


def _day_of(typed: str | None) -> date | None:
    try:
        return date.fromisoformat(typed or "")
    except ValueError:
        return None


def _arrow(name: str, icon: str, on_click: object) -> ui.button:
    button = ui.button(color=None, on_click=on_click).props("unelevated no-caps")  # type: ignore[arg-type]
    button.classes(f"oc-btn small oc-icon {icon}").props["aria-label"] = name
    return button


def _enable(button: ui.button, holds: bool) -> None:
    # Not disabled: a button that goes while it has the focus takes the keyboard's place with it.
    button.props(f"aria-disabled={str(not holds).lower()}")


def _legend() -> None:
    with html.ul().classes("oc-legend team-legend"):
        for css, word in LEGEND:
            with html.li():
                html.span().classes(f"oc-swatch {css}")
                html.b(word)
        for css, word in (("rest", "Weekend"), ("unknown", "Not known: no calendar, or not read for more than a day")):
            with html.li():
                html.span().classes(f"oc-swatch {css}")
                html.span(word)


def _now() -> datetime:
    return datetime.now(UTC)
