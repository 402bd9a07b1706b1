"""The page of a draft: its head, the part that fits its state, and the bar; `show` keeps all of them up to date."""

import asyncio
from collections.abc import Awaitable, Sequence
from datetime import date, datetime
from typing import Any

from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.app import App
from oncall_ui.domain.availability.window import zone_of
from oncall_ui.domain.schedules.plan_states import PlanStatus
from oncall_ui.domain.schedules.planning.problem import Slot
from oncall_ui.domain.schedules.planning.result import Fix, FixKind
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from oncall_ui.services.schedules.drafts.review import Review
from oncall_ui.services.schedules.published.read import ScheduleView
from pages.refresh import LiveView
from pages.schedules.draft.actions import Actions, Refused
from pages.schedules.draft.pins import PinsPart
from pages.schedules.draft.planning_part import PlanningPart
from pages.schedules.draft.review.attention import OutdatedAlert
from pages.schedules.draft.review.preview_dialog import PreviewDialog
from pages.schedules.draft.review.publish_bar import PublishBar, PublishDialog
from pages.schedules.draft.review.review_part import Acts, ReviewPart
from pages.schedules.draft.slot_dialog import SlotDialog
from pages.schedules.draft.slots import People, by_key
from pages.schedules.draft.words import span_of, status_of
from pages.schedules.subnav import schedule_route
from pages.widgets.dates import count
from pages.widgets.forms.dialogs import Question
from pages.widgets.toast import Toast

OTHERS_FIRST_SECONDS = 0.15
"""After publishing: a hundred pages of the schedule show the plan before another one of them is opened."""
LOOKS = ("is-ok", "is-warn", "is-bad", "is-busy", "is-off")


class Screen:
    """Built once; the part below the head is drawn again when the draft's state changes."""

    def __init__(self, app: App, me: LoggedIn, view: ScheduleView, number: int) -> None:
        self._view, self._member = view, me.member.id
        self._actions = Actions(app, me, view.id, number)
        self._zone = zone_of(view.zone)
        self._review: Review | None = None
        self._held: tuple[LiveView[Any], ...] = ()
        self._people = People({}, self._member)
        self._part: PlanningPart | PinsPart | ReviewPart | None = None
        self._state: PlanStatus | None = None
        self._reasons: Sequence[str] = ()
        self._draw_head()
        self._refused = TextElement(tag="p", text="").classes("oc-alert draft-refused").props("role=alert")
        self._refused.set_visibility(False)
        self._outdated = OutdatedAlert(self._plan_again)
        self._place = html.div().classes("draft-part")
        with self._place:
            html.div().classes("oc-card draft-loading").props("aria-hidden=true")
        self._question, self._toast = Question(), Toast()
        self._dialog = PublishDialog(self._zone, self._publish)
        self._preview_dialog = PreviewDialog()
        self._slot_dialog = SlotDialog(self._zone, view.my_participant_id, self._actions, self._toast.say)

    def add_bar(self) -> None:
        """The bar at the foot of the page."""
        rules = schedule_route(self._view.id, "rules")
        self._bar = PublishBar(rules, preview=self._preview, publish=self._ask_publish, discard=self._discard)

    def hold_before_leaving(self, *views: LiveView[Any]) -> None:
        """What need not be read any more once the plan is published."""
        self._held = views

    def show(self, found: tuple[Review, datetime]) -> None:
        review, now = found
        self._review, self._people = review, People(review.people, self._member)
        line = review.draft.line
        self._show_status(review, now)
        if line.status is not self._state:
            self._draw_part(line.status)
        if isinstance(self._part, PlanningPart):
            self._part.show(review, now)
        elif isinstance(self._part, PinsPart):
            self._part.show(review, self._people)
        elif isinstance(self._part, ReviewPart):
            self._part.show(review, self._people, now)
        if line.status is PlanStatus.FAILED:
            self._say(review.draft.note)
        self._slot_dialog.show(review)
        self._show_bar()

    def show_changes(self, reasons: Sequence[str]) -> None:
        """What has changed since the draft was planned; see `read_changes`."""
        self._reasons = reasons
        self._show_bar()

    def _draw_head(self) -> None:
        with html.header().classes("oc-head"):
            with html.div():
                ui.link(self._view.name, schedule_route(self._view.id)).classes("oc-back oc-icon oc-i-left")
                html.h1(f"Draft for {self._view.name}")
                with html.p().classes("oc-status is-busy").props("role=status") as self._status:
                    self._first = TextElement(tag="b", text="Reading the draft")
                    self._rest = TextElement(tag="span", text="")
            with html.div().classes("oc-acts wide"):
                self._again = ui.button("Plan again", color=None, on_click=self._plan_again).props("flat no-caps")
                self._again.classes("oc-btn quiet oc-icon oc-i-sync").set_visibility(False)

    def _show_status(self, review: Review, now: datetime) -> None:
        status = status_of(review, self._zone, now)
        self._first.set_text(status.first)
        self._rest.set_text(status.rest)
        self._status.classes(add=status.css, remove=" ".join({*LOOKS} - {status.css}))
        is_planning = review.draft.line.status is PlanStatus.PLANNING
        self._status.props(f"aria-busy={str(is_planning).lower()}")
        self._again.set_visibility(review.draft.line.status in {PlanStatus.DRAFT, PlanStatus.FAILED})

    def _draw_part(self, state: PlanStatus) -> None:
        self._state, self._part = state, None
        self._place.clear()
        with self._place:
            if state is PlanStatus.PLANNING:
                self._part = PlanningPart(self._stop, self._discard)
            elif state is PlanStatus.FAILED:
                self._part = PinsPart(self._zone, self._unpin)
            elif state in {PlanStatus.DRAFT, PlanStatus.PUBLISHED}:
                acts = Acts(self._open_slot, self._ask, self._use_fix, self._compare, self._choose_bend, self._show_bar)
                self._part = ReviewPart(self._view, self._zone, acts)

    def _show_bar(self) -> None:
        review = self._review
        if review is None or review.draft.line.status is not PlanStatus.DRAFT:
            self._outdated.show(())
            if review is not None and review.draft.line.status is PlanStatus.FAILED:
                self._bar.show_failed()
            else:
                self._bar.hide()
            return
        self._outdated.show(self._reasons)
        self._bar.show(review, self._waits())

    def _waits(self) -> str:
        """Why the draft can't be published yet; empty if it can."""
        if self._reasons:
            return "Update the draft to publish it."
        missing = self._part.blocked.missing if isinstance(self._part, ReviewPart) else 0
        if missing:
            return f"Tick the {count(missing, 'blocked shift')} to publish."
        return ""

    def _say(self, sentence: str) -> None:
        """Above everything, until the next thing is done. Empty: nothing."""
        self._refused.set_text(sentence)
        self._refused.set_visibility(bool(sentence))

    async def _open_slot(self, key: str) -> None:
        review = self._review
        slot = by_key((*review.draft.slots, *review.open_shadows)).get(key) if review is not None else None
        if review is not None and slot is not None:
            await self._try(self._slot_dialog.open(slot, review, self._people))

    async def _ask(self, participant_id: int, slots: Sequence[Slot]) -> None:
        if await self._try(self._actions.ask(participant_id, slots)):
            self._toast.say(f"Asked {self._people.short(participant_id)} by email to lift the block.")

    async def _use_fix(self, fix: Fix) -> None:
        if fix.kind is FixKind.ASK and fix.person is not None:
            await self._ask(int(fix.person), fix.slots)
            return
        given = [(pin.slot, int(pin.person)) for pin in fix.pins]
        empty = fix.slots if fix.kind is FixKind.EMPTY else ()
        if await self._try(self._actions.use_fix(given, empty)):
            self._toast.say("The draft is planned again around it.")

    async def _compare(self) -> None:
        await self._try(self._actions.compare())

    async def _choose_bend(self, more: int | None) -> None:
        if await self._try(self._actions.choose_bend(more)):
            self._toast.say("The draft is planned again.")

    async def _unpin(self, slot: Slot) -> None:
        if await self._try(self._actions.unpin(slot)):
            self._toast.say("Unpinned. Plan again when you are done.")

    async def _stop(self) -> None:
        await self._try(self._actions.stop())

    async def _plan_again(self) -> None:
        await self._try(self._actions.plan_again())

    async def _discard(self) -> None:
        if self._review is None:
            return
        span = span_of(self._review.draft.line)
        lost = [f"The plan of {span} and what you changed in it are lost. No one gets a message."]
        if await self._question.ask("Discard this draft?", lost, keep="Cancel", lose="Discard") and await self._try(
            self._actions.discard()
        ):
            ui.navigate.to(schedule_route(self._view.id))

    async def _preview(self) -> None:
        self._say("")
        try:
            found = await self._actions.preview()
        except Refused as refused:
            self._say(str(refused))
        else:
            self._preview_dialog.open(found, self._people)

    async def _ask_publish(self) -> None:
        if self._review is not None and not self._waits():
            self._say("")
            self._dialog.ask(self._review, self._people)

    async def _publish(self, until: date | None) -> None:
        part = self._part
        if self._review is None or not isinstance(part, ReviewPart):
            return
        publishing = self._actions.publish(self._review.draft.revision, part.blocked.accepted, until)
        # Others wait to see the plan that this page only shows until it is left.
        releases = [view.hold() for view in self._held]
        is_published = await self._try(publishing)
        self._dialog.close()
        if is_published:
            await asyncio.sleep(OTHERS_FIRST_SECONDS)
            ui.navigate.to(schedule_route(self._view.id))
        else:
            for release in releases:
                release()

    async def _try(self, act: Awaitable[None]) -> bool:
        """Whether it was done; what keeps it from being done is said above everything."""
        self._say("")
        try:
            await act
        except Refused as refused:
            self._say(str(refused))
            return False
        return True
