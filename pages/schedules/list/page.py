"""/schedules: which schedules there are, who is on call now, and the member's own next shifts."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends
from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.app import App
from oncall_ui.domain.schedules.access import Access
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from oncall_ui.services.accounts.members import MemberView
from oncall_ui.services.schedules.published.overview import SchedulesOverview, read_overview
from pages.layout import frame
from pages.opening import page
from pages.refresh import EVERY_SCHEDULE, LiveView, Wanted
from pages.schedules.list.cards import ScheduleCards
from pages.schedules.list.empty import Empty
from pages.schedules.subnav import SCHEDULES, schedule_route
from pages.session import login_required
from pages.widgets.calendar_status import Status
from pages.widgets.dates import count, short_day
from pages.widgets.own_shifts import OwnShifts, lead_of_shifts
from pages.widgets.requests.waiting import WaitingCard

TICK_SECONDS = 60
NONE_YET = "No schedule yet. The first takes about two minutes."


def register(app: App) -> None:
    @page(SCHEDULES)
    async def schedules_page(me: Annotated[LoggedIn, Depends(login_required(app))]) -> None:
        with frame(app, me, "Schedules", SCHEDULES):
            screen = _Screen(app, me)

            def read(_: Wanted) -> SchedulesOverview:
                return read_overview(app, me.member.id, _now(), is_checked=True)

            view = LiveView(app, me, read, screen.show, of_schedule=EVERY_SCHEDULE)
        await view.first()
        # Not before: a timer that waits for its browser has the page sent at once.
        ui.timer(TICK_SECONDS, view.refresh, immediate=False)


class _Screen:
    """The elements, drawn once; `show` patches them."""

    def __init__(self, app: App, me: LoggedIn) -> None:
        self._me = me.member
        self._css = "is-busy"
        with html.header().classes("oc-head"):
            with html.div():
                html.h1("Schedules")
                with html.p().classes("oc-status is-busy") as self._lead:
                    self._words = TextElement(tag="b", text="Loading the schedules")
                    self._facts = TextElement(tag="span", text="")
            with html.div().classes("oc-acts wide"):
                self._new = ui.link("New schedule", f"{SCHEDULES}/new").classes("oc-btn main oc-icon oc-i-plus")
        self._empty = Empty(app, me)
        self._waiting = WaitingCard(app, me)
        with html.div().classes("oc-two") as self._two:
            self._cards = ScheduleCards()
            with html.section().classes("oc-card").props("aria-labelledby=mine"):
                with html.div().classes("oc-card-head"):
                    html.h2("Your next shifts").classes("grow").props("id=mine")
                    self._account = ui.link("Fairness", SCHEDULES).classes("oc-more")
                self._mine = OwnShifts()
                self._none = TextElement(tag="p", text="").classes("oc-mine-none")
        self._two.set_visibility(False)

    def show(self, seen: SchedulesOverview) -> None:
        now, any_yet = _now(), bool(seen.lines)
        self._show_lead(_lead(seen, self._me, now))
        self._empty.show(is_shown=not any_yet)
        self._new.set_visibility(any_yet)
        self._two.set_visibility(any_yet)
        self._cards.show(seen.lines, self._me.id, self._me.tz, now)
        several = len({shift.schedule_id for shift in seen.shifts}) > 1
        self._mine.show(seen.shifts, self._me.tz, now, named=several)
        self._waiting.show(seen.waiting, now, named=len(seen.mine) > 1)
        self._none.set_text(_no_shifts(seen, self._me))
        self._none.set_visibility(not seen.shifts)
        own = [line.card for line in seen.lines if line.is_mine]
        accounts = {card.id for card in own if card.access.includes(Access.MEMBER)}
        self._account.set_visibility(bool(accounts))
        if accounts:
            first = next((shift.schedule_id for shift in seen.shifts if shift.schedule_id in accounts), min(accounts))
            self._account.props["href"] = schedule_route(first, "fairness")

    def _show_lead(self, sentence: Status) -> None:
        self._words.set_text(sentence.word)
        self._facts.set_text(sentence.facts)
        if sentence.css != self._css:
            self._lead.classes(add=sentence.css, remove=self._css)
            self._css = sentence.css


def _lead(seen: SchedulesOverview, me: MemberView, now: datetime) -> Status:
    if not seen.lines:
        return Status("is-off", NONE_YET)
    if found := lead_of_shifts(seen.shifts, me.tz, now):
        return found
    if seen.shifts:
        first = seen.shifts[0].start.astimezone(me.tz).date()
        return Status("is-idle", f"Your next shift starts on {short_day(first)}", "")
    return Status("is-idle", _no_shifts(seen, me) if any(line.is_mine for line in seen.lines) else _sum(seen))


def _sum(seen: SchedulesOverview) -> str:
    return count(len(seen.lines), "schedule")


def _no_shifts(seen: SchedulesOverview, me: MemberView) -> str:
    """`No shifts until 7 Feb`, as far as is published."""
    ends = [line.card.published_until for line in seen.lines if line.is_mine and line.card.published_until]
    if not ends:
        return "No shifts: nothing is published yet"
    return f"No shifts until {short_day(max(ends).astimezone(me.tz).date())}"


def _now() -> datetime:
    return datetime.now(UTC)
