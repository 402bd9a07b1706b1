"""/schedules/{id}/repair: what needs a change, who could take over, and for managers the fixes."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends
from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.app import App
from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.conflicts.fixes import RepairFix
from oncall_ui.domain.schedules.planning.problem import Slot
from oncall_ui.errors import NotAllowed, PlanNotReady, PlanOutdated
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from oncall_ui.services.schedules.conflicts.applying import use_repair
from oncall_ui.services.schedules.conflicts.keeping import keep_anyway
from oncall_ui.services.schedules.conflicts.repairing import Broken, find_fixes
from oncall_ui.services.schedules.conflicts.views import OpenConflict, read_conflicts
from oncall_ui.services.schedules.drafts.why import Why, read_why
from oncall_ui.services.schedules.published.read import ScheduleView, read_schedule
from pages.layout import frame
from pages.opening import page
from pages.refresh import LiveView, Wanted
from pages.schedules.repair.fixes import Fixes, Offered, with_more
from pages.schedules.repair.happened import Happened
from pages.schedules.repair.words import found_words, heading_words, lead_of
from pages.schedules.subnav import REPAIR, SCHEDULES, schedule_route, schedule_subnav
from pages.session import login_required, run_as, still_here
from pages.widgets.calendar_status import Status
from pages.widgets.dates import count
from pages.widgets.forms.dialogs import Question
from pages.widgets.people import first_name
from pages.widgets.toast import Toast

TICK_SECONDS = 60
LOOKING = Status("is-busy", "Looking for fixes", ". The one with the fewest changes comes first")
NOT_YOURS = "Only the schedule’s managers can do this."
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
        ui.timer(TICK_SECONDS, live.refresh, immediate=False)


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
        self._found: Found | None = None
        self._offered: Offered | None = None
        self._said: Status | None = None
        self._is_busy = False
        with html.header().classes("oc-head"):
            with html.div():
                ui.link(view.name, schedule_route(view.id)).classes("oc-back oc-icon oc-i-left")
                self._heading = TextElement(tag="h1", text="Changes needed")
                with html.p().classes("oc-status is-busy").props("role=status") as self._status:
                    self._words = TextElement(tag="b", text="Loading")
                    self._rest = TextElement(tag="span", text="")
            with html.div().classes("oc-acts wide"):
                self._find = ui.button("Find fixes", color=None, on_click=self._find_fixes)
                self._find.props("unelevated no-caps").classes("oc-btn main")
                self._find.set_visibility(False)
        schedule_subnav(view, REPAIR)
        with html.section().classes("oc-card").props("aria-labelledby=happened") as self._card:
            with html.div().classes("oc-card-head"):
                html.h2("What happened").classes("grow").props("id=happened")
            self._happened = Happened(self._keep)
        with html.section().props('aria-label="Fixes"') as self._box:
            self._refused = TextElement(tag="p", text="").classes("oc-note oc-icon oc-i-alert").props("role=alert")
            self._fixes = Fixes(self._use)
        self._refused.set_visibility(False)
        self._box.set_visibility(False)
        self._toast, self._question = Toast(), Question()

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
        if self._found is not None and _ids(self._found) != _ids(found) and not self._is_busy:
            self._offered = self._said = None  # found for something else
        self._found = found
        self._heading.set_text(heading_words(found.conflicts))
        self._show_fixes()
        lead = self._said if self._said and found.conflicts else lead_of(found.conflicts, found.at)
        self._words.set_text(lead.word)
        self._rest.set_text(lead.facts)
        self._status.classes(add=lead.css, remove=self._css)
        self._css = lead.css
        self._card.set_visibility(bool(found.conflicts))
        self._happened.show(found.conflicts, found.whys, found.at)

    def _show_fixes(self) -> None:
        found = self._found
        if found is None:
            return
        is_possible = bool(found.conflicts) and found.view.access.includes(Access.MANAGER)
        self._find.set_visibility(is_possible and not found.view.is_archived and self._offered is None)
        self._find.set_enabled(not self._is_busy)
        self._fixes.show(self._offered, found.view.my_participant_id, is_busy=self._is_busy)
        self._box.set_visibility(self._offered is not None or self._refused.visible)

    def _say(self, said: Status | None) -> None:
        self._said = said
        if self._found is not None:
            self.show(self._found)

    def _refuse(self, sentence: str) -> None:
        self._refused.set_text(sentence)
        self._refused.set_visibility(bool(sentence))

    async def _find_fixes(self) -> None:
        if self._is_busy:
            return
        await still_here(self._app, self._me)
        self._is_busy, self._offered = True, None
        self._refuse("")
        self._say(LOOKING)

        def heard(broken: Broken, fix: RepairFix) -> None:
            with self._client:
                self._offered = with_more(self._offered, broken, fix)
                self._say(LOOKING)

        said: Status | None = None
        try:
            fixes = await find_fixes(self._app, self._me.member.id, self._id, heard)
            self._offered, said = Offered(fixes.broken, fixes.found), found_words(fixes.found)
        except (NotAllowed, PlanNotReady) as error:
            self._offered = None
            self._refuse(error.sentence if isinstance(error, PlanNotReady) else NOT_YOURS)
        finally:
            self._is_busy = False
            with self._client:
                self._say(said)

    async def _use(self, place: int) -> None:
        offered = self._offered
        if self._is_busy or offered is None or not 0 <= place < len(offered.found):
            return
        self._is_busy = True
        with self._client:
            self._show_fixes()
            try:
                fix = offered.found[place]
                changes = await run_as(self._app, self._me, use_repair, self._id, offered.broken, fix)
            except (NotAllowed, PlanOutdated) as error:
                self._refuse(error.sentence if isinstance(error, PlanOutdated) else NOT_YOURS)
            else:
                self._toast.say(f"{count(len(changes), 'shift')} changed hands.")
            finally:
                self._is_busy, self._offered = False, None
                self._say(None)

    async def _keep(self, conflict_id: int) -> None:
        """For somebody else only once asked: nobody can take it back, nor do they hear of it from us."""
        kept = next((each for each in self._found.conflicts if each.id == conflict_id), None) if self._found else None
        with self._client:
            if kept is not None and not kept.is_mine and not await self._agrees(kept):
                return
            try:
                await run_as(self._app, self._me, keep_anyway, self._id, conflict_id)
            except (NotAllowed, PlanOutdated):
                self._toast.say("This shift doesn’t need a change any more")
            else:
                self._toast.say("Kept. It’s asked again only if the block grows.")

    async def _agrees(self, kept: OpenConflict) -> bool:
        name = first_name(kept.name)
        sentences = [f"Ask {name} first. It’s asked again only if the block grows, and nobody else is looked for."]
        return await self._question.ask(f"Leave it with {name}?", sentences, keep="Cancel", lose="Keep anyway")


def _ids(found: Found) -> list[int]:
    return [each.id for each in found.conflicts]
