"""/schedules/{id}: who is on call when, over what calendars say now; and the shift that is looked at."""

from datetime import UTC, datetime, timedelta
from typing import Annotated
from urllib.parse import quote
from zoneinfo import ZoneInfo

from fastapi import Depends, Request
from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.app import App
from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.plan_states import PlanStatus
from oncall_ui.domain.schedules.planning.problem import Slot
from oncall_ui.domain.schedules.shifts.slot_key import parse_slot_key, slot_key
from oncall_ui.errors import NotAllowed
from oncall_ui.hub import CalendarChanged, MemberChanged
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from oncall_ui.services.schedules.drafts.views import PlanLine
from oncall_ui.services.schedules.drafts.why import Why, read_why
from oncall_ui.services.schedules.published.nested_view import NestedView, read_nested
from oncall_ui.services.schedules.published.read import ScheduleView, read_schedule
from pages.layout import frame
from pages.opening import page
from pages.refresh import LiveView, Wanted
from pages.schedules.board.address import Chosen
from pages.schedules.board.alert import Alert
from pages.schedules.board.nested import NestedDialog
from pages.schedules.board.new_draft import NewDraft
from pages.schedules.board.now_next import Cell, NowNext
from pages.schedules.board.now_next import Reader as OnCallReader
from pages.schedules.board.plan import Plan
from pages.schedules.board.reading import Found, Reading
from pages.schedules.board.shift import ShiftDialog
from pages.schedules.board.slots import is_nested, shift_of_key
from pages.schedules.board.words import status_of
from pages.schedules.subnav import SCHEDULES, schedule_route, schedule_subnav
from pages.session import login_required, run_as

TICK_SECONDS = 60
FOR_MANAGERS = "Create a draft: it says who would be on call, and why. Nothing changes until you publish it."
FOR_OTHERS = "They show here once a manager publishes a plan."
DRAFTS = {
    PlanStatus.PLANNING: "is being planned",
    PlanStatus.DRAFT: "is ready to review",
    PlanStatus.FAILED: "couldn’t be planned",
}


def register(app: App) -> None:
    logged_in = login_required(app)

    @page("/schedules/{schedule_id:int}")
    async def schedule_page(schedule_id: int, request: Request, me: Annotated[LoggedIn, Depends(logged_in)]) -> None:
        await _open(app, me, schedule_id, request, None)

    @page("/schedules/{schedule_id:int}/shifts/{shift}")
    async def shift_page(
        schedule_id: int, shift: str, request: Request, me: Annotated[LoggedIn, Depends(logged_in)]
    ) -> None:
        slot = parse_slot_key(shift)
        if slot is None:
            raise NotAllowed
        await _open(app, me, schedule_id, request, slot)


async def _open(app: App, me: LoggedIn, schedule_id: int, request: Request, slot: Slot | None) -> None:
    view = await run_as(app, me, read_schedule, schedule_id)
    asked = await _asked_for(app, me, schedule_id, slot) if slot else None
    chosen = Chosen.of(request.query_params)
    with frame(app, me, view.name, SCHEDULES):
        screen = _Screen(app, me, view, chosen)
        live = LiveView(app, me, screen.reading.read, screen.show, of_schedule=schedule_id)
        screen.live = live
        # Everybody's blocks are on the page; it rests between two changes, since an import brings one a second.
        LiveView(app, me, screen.concerns, screen.follow, of_team=True)
    await live.first()
    if isinstance(asked, Why):
        screen.shift.begin(view, asked)
    elif asked is not None:
        screen.nested.open(asked, ZoneInfo(view.zone))
    # Not before: a timer that waits for its browser has the page sent at once.
    ui.timer(TICK_SECONDS, live.refresh, immediate=False)


async def _asked_for(app: App, me: LoggedIn, schedule_id: int, slot: Slot) -> Why | NestedView:
    """What an address of a shift leads to. Raises NotAllowed where there is no such shift."""
    try:
        return await run_as(app, me, read_why, schedule_id, slot.start, slot.role)
    except NotAllowed:  # perhaps another schedule fills it
        return await run_as(app, me, read_nested, schedule_id, slot.start, slot.role)


def _cells(found: Found) -> list[Cell]:
    colours = {person.id: person.colour for person in found.board.people}
    reader = OnCallReader(colours, found.view.my_participant_id, found.zone, found.at)
    return reader.cells(found.on_call, found.gaps_now)


class _Screen:
    """The page's elements, built once; `show` updates them and keeps what is chosen."""

    live: LiveView[Found]

    def __init__(self, app: App, me: LoggedIn, view: ScheduleView, chosen: Chosen) -> None:
        self._app, self._viewer = app, me
        self._view, self._chosen = view, chosen
        self._route = schedule_route(view.id)
        self._address = chosen.address(self._route)
        self.reading = Reading(app, me, view.id, chosen.first)
        self._new_draft = NewDraft(app, me, lambda: self._view)
        self._css = "is-busy"
        self._slot: Slot | None = None
        self._me, self._others = me.member.id, frozenset[int | None]()
        self._waiting: tuple[PlanLine, ...] = ()
        self._head()
        self._count = schedule_subnav(view, "")
        self._drafts = html.div().classes("oc-stack board-drafts")
        self._alert = Alert(self._open_shift)
        self._now = NowNext()
        self._empty = _Empty()
        self._plan = Plan(chosen, self._write_address, self._move, self._open_shift)
        self.nested = NestedDialog()
        self.shift = ShiftDialog(app, me, self.reading, self._tell_address)

    def show(self, found: Found) -> None:
        self._view = found.view
        self._count.show(found.view.waiting)
        self._others = frozenset(person.member_id for person in found.board.people) - {self._me}
        self._say(found)
        self._show_drafts(found)
        self._alert.show(found)
        self._now.show(found.published.drawn(lambda: _cells(found), "now", found.view.my_participant_id))
        self._plan.show(found)
        is_empty = found.view.published_until is None
        self._empty.show(found.view, is_empty=is_empty)
        self._plan.box.set_visibility(not is_empty)
        self.shift.show(found)

    async def concerns(self, wanted: Wanted) -> bool:
        """Whether the availability of somebody else who is on the page changed."""
        changed = (each for each in wanted.changes if isinstance(each, CalendarChanged | MemberChanged))
        return any(each.member_id in self._others for each in changed)

    def follow(self, has_changed: bool) -> None:
        """Reads the page again if it has."""
        if has_changed:
            self.live.refresh()

    def _head(self) -> None:
        with html.header().classes("oc-head"):
            with html.div():
                ui.link("Schedules", SCHEDULES).classes("oc-back oc-icon oc-i-left")
                self._name = TextElement(tag="h1", text=self._view.name)
                with html.p().classes("oc-status is-busy").props("role=status") as self._status:
                    self._words = TextElement(tag="b", text="Loading the shifts")
                    self._rest = TextElement(tag="span", text="")
            with html.div().classes("oc-acts wide") as self._acts:
                new = ui.button("New draft", color=None, on_click=self._new_draft.open)
                new.props("unelevated no-caps").classes("oc-btn")
                self._new = new
                try_it = ui.button("Try a change", color=None, on_click=self._try_change)
                try_it.props("unelevated no-caps").classes("oc-btn")
            self._show_acts(self._view)

    def _show_acts(self, view: ScheduleView) -> None:
        """Members try only that they are away themselves."""
        may_plan, is_member = _may_plan(view), view.access.includes(Access.MEMBER) and view.my_participant_id
        self._new.set_visibility(may_plan)
        self._acts.set_visibility(may_plan or (bool(is_member) and not view.is_archived))

    def _try_change(self) -> None:
        ui.navigate.to(schedule_route(self._view.id, "what-if"))

    def _say(self, found: Found) -> None:
        drafts = len(found.drafts)
        status = found.published.drawn(
            lambda: status_of(found.view, found.board, drafts, found.at),
            "status",
            drafts,
            found.view.published_until,
            found.view.zone,
        )
        self._words.set_text("Archived" if found.view.is_archived else status.words)
        self._rest.set_text("" if found.view.is_archived else status.rest)
        self._status.classes(add=status.css, remove=self._css)
        self._css = status.css
        self._name.set_text(found.view.name)
        self._show_acts(found.view)

    def _show_drafts(self, found: Found) -> None:
        if found.drafts == self._waiting:
            return
        self._waiting = found.drafts
        self._drafts.clear()
        with self._drafts:
            for draft in found.drafts:
                with html.p().classes("oc-note oc-icon oc-i-edit"), html.span():
                    ui.link(f"Draft {draft.number}", schedule_route(found.view.id, "drafts", draft.number))
                    TextElement(tag="span", text=f" {DRAFTS[draft.status]}" + (f", by {draft.by}" * bool(draft.by)))
        self._drafts.set_visibility(bool(found.drafts))

    def _move(self, weeks: int) -> None:
        first = self.reading.first or Reading.usual_first(self._view, _now())
        self.reading.first = first + timedelta(weeks=weeks)
        self._write_address()
        self.live.refresh()

    async def _open_shift(self, key: str) -> None:
        slot = parse_slot_key(shift_of_key(key))
        if slot is not None and is_nested(key):
            found = await run_as(self._app, self._viewer, read_nested, self._view.id, slot.start, slot.role)
            self.nested.open(found, ZoneInfo(self._view.zone))
        elif slot is not None:
            await self.shift.open(self._view, slot)

    def _tell_address(self, slot: Slot | None) -> None:
        self._slot = slot
        self._write_address()

    def _write_address(self) -> None:
        slot, route = self._slot, self._route
        if slot is not None:
            route = schedule_route(self._view.id, "shifts", quote(slot_key(slot.start, slot.role), safe=""))
        address = Chosen(self._plan.view, self._plan.who, self.reading.first).address(route)
        if address != self._address:
            self._address = address
            # In place of the one there: Back leaves the page.
            ui.navigate.history.replace(address)


class _Empty:
    """In place of the plan until something is published."""

    def __init__(self) -> None:
        with html.section().classes("oc-card board-empty") as self._box:
            html.h2("No shifts yet")
            self._words = TextElement(tag="p", text="")
        self._box.set_visibility(False)

    def show(self, view: ScheduleView, *, is_empty: bool) -> None:
        self._box.set_visibility(is_empty)
        self._words.set_text(FOR_MANAGERS if _may_plan(view) else FOR_OTHERS)


def _may_plan(view: ScheduleView) -> bool:
    return view.access.includes(Access.MANAGER) and not view.is_archived


def _now() -> datetime:
    return datetime.now(UTC)
