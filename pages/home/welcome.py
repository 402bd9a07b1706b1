"""Home until a calendar is read: three steps, the one that is next is open."""

from dataclasses import dataclass

from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.app import App
from oncall_ui.domain.imports.state import State
from oncall_ui.services.accounts.members import MemberView
from oncall_ui.services.connections.views import CalendarView, ConnectionView
from pages.home.overview import Overview
from pages.widgets.calendar_status import Status, mode_words
from pages.widgets.dates import count, zone_words

STEPS = 3
NEW = "/calendar_connections/new"
SKIP = "later"
"""The value of the query parameter `steps` with which Home is as usual."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a new member has got. Two are equal when the page looks the same."""

    connection: ConnectionView | None
    calendar: CalendarView | None
    """The first calendar that is imported."""

    @property
    def done(self) -> int:
        return 1 if self.connection is None else 2

    @property
    def drawn(self) -> tuple[object, ...]:
        """Differs when the steps have to be drawn again."""
        on = (self.calendar.id, self.calendar.name, mode_words(self.calendar)) if self.calendar else ()
        found = (
            (self.connection.id, self.connection.nickname, len(self.connection.calendars)) if self.connection else ()
        )
        return self.done, *found, *on


def progress_of(seen: Overview) -> Progress | None:
    """None, so that Home is as usual, once a calendar was read, one needs its member, or the member added days."""
    calendars = seen.calendars
    if seen.own.manual or any(each.last_read_at or each.needs_you for each in calendars):
        return None
    connection = seen.watched[0][0] if seen.watched else next(iter(seen.connections), None)
    return Progress(connection, calendars[0] if calendars else None)


def lead_of(progress: Progress) -> Status:
    """`1 of 3 steps done · about 2 minutes to your first calendar`."""
    words = f"{progress.done} of {STEPS} steps done"
    if progress.calendar is None:
        next_one = "about 2 minutes to your first calendar" if progress.done == 1 else "choose what counts"
        return Status("is-idle", words, what=f" · {next_one}")
    return Status("is-busy", words, what=f" · {_reading(progress.calendar)}")


def _reading(calendar: CalendarView) -> str:
    if calendar.state is State.RETRYING:
        return "trying again soon"
    read = f", {count(calendar.progress, 'event')} so far" if calendar.progress else ""
    return f"reading your calendar{read}"


class Welcome:
    """Drawn again only when a step is done; what counts up is patched."""

    def __init__(self, app: App, me: MemberView) -> None:
        self._app, self._me = app, me
        self._drawn: tuple[object, ...] | None = None
        self._status: tuple[TextElement, TextElement] | None = None
        with html.div().classes("oc-stack") as self._box:
            self._bar = html.div().classes("oc-through").props("role=progressbar aria-valuemin=0")
            self._bar.props.update({"aria-label": "First steps", "aria-valuemax": str(STEPS)})
            with self._bar:
                self._part = html.i()
            with html.section().classes("oc-card").props('aria-label="First steps"'):
                self._list = html.ol().classes("oc-first")
            with html.p().classes("oc-note oc-icon oc-i-clock"), html.span():
                html.span("No calendar at hand? Block days yourself, or ")
                ui.link("skip this for now", f"/?steps={SKIP}")
                html.span(".")
        self._box.set_visibility(False)

    def show(self, progress: Progress | None) -> None:
        """Hidden without one."""
        self._box.set_visibility(progress is not None)
        if progress is None:
            self._drawn = None
            return
        if progress.drawn != self._drawn:
            self._drawn = progress.drawn
            self._draw(progress)
        if self._status and progress.calendar:
            word, facts = self._status
            word.set_text("Retrying" if progress.calendar.state is State.RETRYING else "Importing")
            facts.set_text(f" · {_reading(progress.calendar)}")

    def _draw(self, progress: Progress) -> None:
        self._bar.props.update(
            {"aria-valuenow": str(progress.done), "aria-valuetext": f"{progress.done} of {STEPS} steps done"}
        )
        self._part.style(f"--v:{progress.done * 100 // STEPS}")
        self._status = None
        self._list.clear()
        with self._list:
            _done("Account created", f"{self._me.email}, times in {zone_words(self._me.tz)}")
            if progress.connection is None:
                self._connect()
                _later("Check what counts", "You see which events would block on-call before anything is saved.")
            else:
                self._connected(progress.connection, progress.calendar)
                self._check(progress.connection, progress.calendar)

    def _connect(self) -> None:
        minutes = self._app.settings.import_interval
        often = f"every {count(minutes, 'minute')}" if minutes > 1 else "every minute"
        keeps = "keep only when you’re blocked or would like to be on call"
        with _open(2, "Connect a calendar", f"We read it {often} and {keeps}."):
            offered = [product for product in self._app.products if self._app.offers(product)]
            with html.div().classes("more oc-products"):
                for product in offered:
                    with html.div():
                        html.img(src=f"/static/logos/{product.logo}", alt="")
                        html.h3(product.name)
                        html.p(product.sentence)
                        button = ui.button(product.button, color=None).props("unelevated no-caps").classes("oc-btn")
                        button.on_click(lambda key=product.key: ui.navigate.to(f"{NEW}/{key}"))

    def _connected(self, connection: ConnectionView, calendar: CalendarView | None) -> None:
        found = f"{count(len(connection.calendars), 'calendar')} found"
        on = f"{calendar.name} is on" if calendar else "none is on yet"
        with _done(f"{connection.product_name} connected", f"{connection.account} · {found}, {on}"):
            edit = ui.button("Edit", color=None).props("flat no-caps").classes("oc-btn quiet")
            edit.props["aria-label"] = f"Edit {connection.nickname}"
            edit.on_click(lambda: ui.navigate.to(f"/calendar_connections/{connection.id}"))

    def _check(self, connection: ConnectionView, calendar: CalendarView | None) -> None:
        words = "You see which of its events would count." if calendar else "Choose which calendars count, and how."
        with _open(3, "Check what counts", words):
            check = ui.button("Check events", color=None).props("unelevated no-caps").classes("oc-btn main")
            check.on_click(lambda: ui.navigate.to(f"/calendar_connections/{connection.id}"))
            if calendar is None:
                return
            with html.div().classes("more home-importing oc-cal"):
                TextElement(tag="span", text=calendar.name).classes("name")
                html.span(mode_words(calendar)).classes("mode")
                with html.div().classes("oc-status is-busy").props("role=status"):
                    self._status = TextElement(tag="b", text="Importing"), TextElement(tag="span", text="")


def _open(number: int, heading: str, words: str) -> html.li:
    """The step that is next; what is drawn inside follows its words."""
    step = html.li().classes("now").props("aria-current=step")
    with step:
        html.span(str(number)).classes("n").props("aria-hidden=true")
        _words(heading, words)
    return step


def _done(heading: str, words: str) -> html.li:
    step = html.li().classes("done")
    with step:
        with html.span().classes("n").props("aria-hidden=true"):
            html.i().classes("oc-i oc-i-check")
        _words(heading, words, is_done=True)
    return step


def _later(heading: str, words: str) -> None:
    with html.li().classes("later"):
        html.span(str(STEPS)).classes("n").props("aria-hidden=true")
        _words(heading, words)


def _words(heading: str, words: str, *, is_done: bool = False) -> None:
    with html.div():
        with html.h3():
            TextElement(tag="span", text=heading)
            if is_done:
                html.span(", done").classes("oc-hidden")
        TextElement(tag="p", text=words)
