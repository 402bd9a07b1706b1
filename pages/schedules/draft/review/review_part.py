"""A draft that is ready: how good it is, what changes, what it could not keep, and the plan."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.domain.schedules.planning.problem import Slot
from oncall_ui.services.schedules.drafts.review import Review
from oncall_ui.services.schedules.drafts.views import DraftSlot
from oncall_ui.services.schedules.published.read import ScheduleView
from pages.schedules.draft.lists import Block
from pages.schedules.draft.plan import DraftPlan
from pages.schedules.draft.review.attention import BlockedCard
from pages.schedules.draft.review.bending import BendingCard
from pages.schedules.draft.review.compromises import compromise_rows
from pages.schedules.draft.review.conflicts import Conflicts, UseFix
from pages.schedules.draft.review.facts import fact_rows
from pages.schedules.draft.review.tables import certificate_rows, change_rows, changed_slots, fair_table, told
from pages.schedules.draft.slots import People, by_key
from pages.schedules.subnav import schedule_route
from pages.widgets.dates import count

OpenSlot = Callable[[str], object]
AskPerson = Callable[[int, Sequence[Slot]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Acts:
    """What can be pressed. `open_slot` is called with the key of a slot, `ticked` when a tick comes or goes."""

    open_slot: OpenSlot
    ask: AskPerson
    use_fix: UseFix
    compare: Callable[[], Awaitable[object]]
    choose_bend: Callable[[int | None], Awaitable[object]]
    ticked: Callable[[], None]


class ReviewPart:
    """Drawn where it is created."""

    def __init__(self, view: ScheduleView, zone: ZoneInfo, acts: Acts) -> None:
        self._view, self._zone, self._ask = view, zone, acts.ask
        self._slots: dict[str, DraftSlot] = {}
        with html.section().classes("oc-card").props('aria-label="What this draft is worth"'):
            self._facts = Block("facts")
        self._conflicts = Conflicts(zone, acts.open_slot, acts.use_fix)
        self.blocked = BlockedCard(zone, acts.open_slot, self._ask_holder, acts.ticked)
        with html.div().classes("oc-make even"):
            with html.div().classes("oc-stack"):
                self._draw_changes(acts.open_slot)
                with html.section().classes("oc-card").props("aria-labelledby=proof"):
                    with html.div().classes("oc-card-head"):
                        html.h2("How good it is").props("id=proof")
                    self._stages = Block("stages")
            with html.section().classes("oc-card").props("aria-labelledby=compromises") as self._compromises:
                with html.div().classes("oc-card-head"):
                    html.h2("Compromises").props("id=compromises")
                self._compromise_list = Block("compromises", slot=acts.open_slot)
        self._bending = BendingCard(acts.compare, acts.choose_bend)
        self._draw_fairness()
        self._plan = DraftPlan(view, zone, acts.open_slot)

    def _draw_changes(self, open_slot: OpenSlot) -> None:
        with html.section().classes("oc-card").props("aria-labelledby=changes") as self._changes:
            with html.div().classes("oc-card-head"):
                self._changes_head = TextElement(tag="h2", text="").classes("grow").props("id=changes")
                self._changes_for = TextElement(tag="span", text="").classes("oc-sub")
            self._change_list = Block("changes", slot=open_slot)

    def _draw_fairness(self) -> None:
        with html.section().classes("oc-card").props("aria-labelledby=fairness"):
            with html.div().classes("oc-card-head"):
                html.h2("Fairness").classes("grow").props("id=fairness")
                ui.link("Everyone’s ledger", schedule_route(self._view.id, "fairness"))
            self._fairness = Block("fairness")

    def show(self, review: Review, people: People, now: datetime) -> None:
        slots = review.draft.slots
        self._slots = by_key(slots)
        self._conflicts.show(review, people)
        self.blocked.show(review, people)
        self._facts.show(items=fact_rows(review, people, self._zone))
        changed = changed_slots(slots)
        self._changes.set_visibility(bool(changed))
        self._changes_head.set_text(
            f"{count(len(changed), 'published shift')} change" + ("s" if len(changed) == 1 else "")
        )
        self._changes_for.set_text(f"for {count(len(told(changed)), 'person', 'people')}")
        self._change_list.show(items=change_rows(slots, people, self._zone))
        compromises = compromise_rows(review, people, self._zone, now)
        self._compromises.set_visibility(bool(compromises))
        self._compromise_list.show(items=compromises)
        self._stages.show(items=certificate_rows(review))
        self._bending.show(review)
        self._fairness.show(**fair_table(review.fairness, people))
        self._plan.show(review, people, now)

    async def _ask_holder(self, key: str) -> None:
        slot = self._slots.get(key)
        if slot is not None and slot.participant_id is not None:
            await self._ask(slot.participant_id, [Slot(slot.start, slot.role)])
