"""Home: when the member can't be on call, what is coming up, and whether the calendars are up to date."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated
from weakref import WeakValueDictionary

from fastapi import Depends
from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.app import App
from oncall_ui.readiness import Readiness
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from oncall_ui.services.accounts.members import MemberView
from oncall_ui.services.connections.views import ConnectionView
from pages.home.agenda import Agenda
from pages.home.alerts import Alerts, alerts
from pages.home.calendar_list import CalendarList
from pages.home.conflicts import Conflicts
from pages.home.first_steps import FirstSteps
from pages.home.imports_notice import ImportsNotice
from pages.home.manual_days import ManualDaysSection
from pages.home.overview import Overview, calm, lead, look
from pages.home.shifts import ShiftsSection
from pages.home.unused import Unused
from pages.home.welcome import SKIP, Progress, Welcome, lead_of, progress_of
from pages.layout import frame
from pages.opening import page
from pages.refresh import EVERY_SCHEDULE, Connections, LiveView, Wanted
from pages.session import login_required
from pages.shared_reading import SharedReading
from pages.widgets.calendar_status import Status
from pages.widgets.people import first_name
from pages.widgets.requests.waiting import WaitingCard
from pages.widgets.strip import Strip

TICK_SECONDS = 30


def register(app: App, readiness: Readiness) -> None:
    @page("/")
    async def home_page(me: Annotated[LoggedIn, Depends(login_required(app))], steps: str = "") -> None:
        def show(seen: Overview) -> None:
            if seen.own.zone == me.member.zone:
                screen.show(seen, _now())
            else:
                ui.navigate.reload()  # the page was opened in another time zone

        def tick() -> None:
            """Shows what the time alone changes: minutes in words, lines that are over, the day, who is on call."""
            if reader.seen is not None and reader.seen.holds(_now()):
                show(reader.seen)
            else:
                view.refresh()

        with frame(app, me, "Home", "/") as live:
            screen = _Screen(app, me, readiness, welcomes=steps != SKIP)
            reader = _reader_of(app, me.member)

            async def read(wanted: Wanted) -> Overview:
                return await reader.read(wanted, live.connections)

            view = LiveView(app, me, read, show, of_schedule=EVERY_SCHEDULE)
        await view.first()
        # Not before: a timer that waits for its browser has the page sent at once.
        ui.timer(TICK_SECONDS, tick, immediate=False)


class _Screen:
    """The elements, drawn once; `show` patches them."""

    def __init__(self, app: App, me: LoggedIn, readiness: Readiness, *, welcomes: bool) -> None:
        self._welcomes, self._member = welcomes, me.member
        with html.header().classes("oc-head"):
            with html.div() as self._head:
                # The page stays Home for who finds their way by headings.
                self._title = html.h1("Home")
                with html.p().classes("oc-status is-busy") as self._lead:
                    self._words = TextElement(tag="b", text="Loading your calendars")
                    self._rest = TextElement(tag="span", text="")
            self._manual_days = ManualDaysSection(app, me)
        self._css = "is-busy"
        self._greeting: TextElement | None = None
        ImportsNotice(readiness, me.member)
        self._conflicts = Conflicts(app, me)
        self._alerts = Alerts(app, me)
        self._unused = Unused()
        self._start = FirstSteps(app)
        self._welcome = Welcome(app, me.member)
        self._waiting = WaitingCard(app, me)
        self._shifts = ShiftsSection()
        self._strip = Strip("Your availability")
        with html.div().classes("oc-two home-two") as self._two:
            self._agenda = Agenda("Coming up", me.member.tz, self._manual_days.remove)
            with html.div().classes("oc-stack"):
                with html.section().classes("oc-card").props("aria-labelledby=calendars") as self._calendars:
                    with html.div().classes("oc-card-head"):
                        html.h2("Calendars").classes("grow").props("id=calendars")
                        ui.link("Manage", "/calendars").classes("oc-more")
                    self._statuses = CalendarList()
                self._manual_days.draw_list()
                promise = html.p("We keep only when you’re blocked or would like to be on call. Never titles.")
                promise.classes("oc-note oc-icon oc-i-shield")

    def show(self, seen: Overview, now: datetime) -> None:
        progress = progress_of(seen) if self._welcomes else None
        self._show_welcome(progress)
        self._show_lead(lead_of(progress) if progress else lead(seen, now))
        self._conflicts.show(seen.schedules.conflicts, now)
        self._alerts.show(alerts(seen.watched, seen.zone, now))
        self._unused.show([] if progress else seen.unused)
        self._start.show(seen, is_hidden=progress is not None)
        self._calendars.set_visibility(bool(seen.connections))
        self._two.set_visibility(progress is None and bool(seen.connections or seen.own.manual or seen.lines))
        self._waiting.show(seen.schedules.waiting, now, named=len(seen.schedules.mine) > 1)
        self._shifts.show(seen.schedules, self._member, now)
        self._strip.show(seen.picture)
        self._agenda.show(seen.to_come(now), seen.today, calm(seen, now))
        self._manual_days.show(seen.own.manual, seen.today)
        self._statuses.show(seen.watched, seen.zone, now)

    def _show_welcome(self, progress: Progress | None) -> None:
        is_new = progress is not None
        if self._greeting is None and is_new:  # few are: the others need no element for it
            with self._head:
                self._greeting = TextElement(tag="h2", text=f"Welcome, {first_name(self._member.name)}")
                self._greeting.classes("home-welcome").move(target_index=1)
        if self._greeting is not None:
            self._greeting.set_visibility(is_new)
        self._title.classes(add="oc-hidden" if is_new else "", remove="" if is_new else "oc-hidden")
        self._welcome.show(progress)

    def _show_lead(self, sentence: Status) -> None:
        self._words.set_text(sentence.word)
        self._rest.set_text(sentence.facts)
        if sentence.css != self._css:
            self._lead.classes(add=sentence.css, remove=self._css)
            self._css = sentence.css


class _Reader:
    """Reads the overview once for all open Homes of a member, and of it only what changed since the last reading."""

    def __init__(self, app: App, member: MemberView) -> None:
        self._app, self._member = app, member
        self._last = SharedReading[Overview]()
        self.seen: Overview | None = None

    async def read(self, wanted: Wanted, connections: Connections) -> Overview:
        began_at, found = await connections.begun(wanted)
        return await self._last.get(wanted.at, lambda: self._look(found), builds_on=began_at)

    def _look(self, connections: Sequence[ConnectionView]) -> Overview:
        self.seen = look(self._app, self._member, connections, _now(), self.seen)
        return self.seen


_OPEN: WeakValueDictionary[tuple[int, int, str], _Reader] = WeakValueDictionary()
"""By app, member and zone; gone with the last page that holds it."""


def _reader_of(app: App, member: MemberView) -> _Reader:
    """The same object for all open Homes of the member."""
    return _OPEN.setdefault((id(app), member.id, member.zone), _Reader(app, member))


def _now() -> datetime:
    return datetime.now(UTC)
