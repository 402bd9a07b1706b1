"""/schedules/{id}/repair: what needs a change, who could take over, and for managers the fixes."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends
from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.app import App
from oncall_ui.domain.schedules.problem import Slot
from oncall_ui.errors import NotAllowed, PlanOutdated
from oncall_ui.services.accounts.sessions import LoggedIn
from oncall_ui.services.schedules.conflicts.keeping import keep_anyway
from oncall_ui.services.schedules.conflicts.views import OpenConflict, read_conflicts
from oncall_ui.services.schedules.read import ScheduleView, read_schedule
from oncall_ui.services.schedules.why import Why, read_why
from pages.layout import frame
from pages.opening import page
from pages.refresh import LiveView, Wanted
from pages.schedules.repair.happened import Happened
from pages.schedules.repair.words import heading_words, lead_of
from pages.schedules.subnav import REPAIR, SCHEDULES, schedule_route, schedule_subnav
from pages.session import login_required, run_as
from pages.widgets.toast import Toast

TICK_SECONDS = 60
MOST_EXPLAINED = 6
"""For so many shifts it says who could take over; the page of the shift does for the others."""


def register(app: App) -> None:
    @page(f"/schedules/{{schedule_id:int}}/{REPAIR}")
    async def repair_page(schedule_id: int, me: Annotated[LoggedIn, Depends(login_required(app))]) -> None:
        view = await run_as(app, me, read_schedule, schedule_id)
        with frame(app, me, f"Changes needed on {view.name}", SCHEDULES):
            screen = _Screen(app, me, view)
            live = LiveView(app, me, screen.read, screen.show, of_schedule=schedule_id)
        await live.first()
        # Not before: a timer that waits for its browser has the page sent at once.
        ui.timer(TICK_SECONDS, live.refresh)


@dataclass(frozen=True, slots=True)
class Found:
    """What was read. `whys` are those of the first shifts."""

    view: ScheduleView
    conflicts: tuple[OpenConflict, ...]
    whys: dict[Slot, Why]
    at: datetime


class _Screen:
    """Built once; `show` updates it."""

    def __init__(self, app: App, me: LoggedIn, view: ScheduleView) -> None:
        self._app, self._me, self._id = app, me, view.id
        self._client = ui.context.client
        self._css = "is-busy"
        with html.header().classes("oc-head"), html.div():
            ui.link(view.name, schedule_route(view.id)).classes("oc-back oc-icon oc-i-left")
            self._heading = TextElement(tag="h1", text="Changes needed")
            with html.p().classes("oc-status is-busy").props("role=status") as self._status:
                self._words = TextElement(tag="b", text="Loading")
                self._rest = TextElement(tag="span", text="")
        schedule_subnav(view, REPAIR)
        with html.section().classes("oc-card").props("aria-labelledby=happened") as self._card:
            with html.div().classes("oc-card-head"):
                html.h2("What happened").classes("grow").props("id=happened")
            self._happened = Happened(self._keep)
        self._toast = Toast()

    def read(self, _: Wanted) -> Found:
        app, me = self._app, self._me.member.id
        view, conflicts = read_schedule(app, me, self._id), read_conflicts(app, me, self._id)
        slots = list(dict.fromkeys(Slot(each.shift_start, each.role) for each in conflicts))
        return Found(view, conflicts, dict(self._whys(slots[:MOST_EXPLAINED])), datetime.now(UTC))

    def _whys(self, slots: list[Slot]) -> list[tuple[Slot, Why]]:
        found = []
        for slot in slots:
            try:
                found.append((slot, read_why(self._app, self._me.member.id, self._id, slot.start, slot.role)))
            except NotAllowed:  # who may see the schedule has been asked already: the slot is gone
                continue
        return found

    def show(self, found: Found) -> None:
        self._heading.set_text(heading_words(found.conflicts))
        lead = lead_of(found.conflicts, found.at)
        self._words.set_text(lead.word)
        self._rest.set_text(lead.facts)
        self._status.classes(add=lead.css, remove=self._css)
        self._css = lead.css
        self._card.set_visibility(bool(found.conflicts))
        self._happened.show(found.conflicts, found.whys, found.at)

    async def _keep(self, conflict_id: int) -> None:
        with self._client:
            try:
                await run_as(self._app, self._me, keep_anyway, self._id, conflict_id)
            except (NotAllowed, PlanOutdated):
                self._toast.say("This shift doesn’t need a change any more")
            else:
                self._toast.say("Kept. It’s asked again only if the block grows.")
