"""What a review begins with where something keeps the draft from being published: what changed, and who is blocked."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.domain.schedules.planning.problem import Slot
from oncall_ui.services.schedules.drafts.review import Review
from oncall_ui.services.schedules.drafts.views import DraftSlot
from pages.schedules.draft.lists import Block
from pages.schedules.draft.slots import People, key_of
from pages.schedules.plan.shift import span_words
from pages.widgets.dates import NBSP, count

UPDATE = "Update the draft to publish it"
WHOLE = 1000
HOUR = timedelta(hours=1)
CALENDARS = "The availability of "


class OutdatedAlert:
    """Hidden while the draft is what it would be now."""

    def __init__(self, update: Callable[[], Awaitable[None]]) -> None:
        with html.section().classes("oc-alert is-warn").props("aria-labelledby=outdated") as self._box:
            html.i().classes("oc-i oc-i-clock").props("aria-hidden=true")
            with html.div():
                self._head = TextElement(tag="h2", text="").props("id=outdated")
                self._why = TextElement(tag="p", text="")
            with html.div().classes("oc-acts"):
                button = ui.button(UPDATE, color=None, on_click=update).props("unelevated no-caps")
                button.classes("oc-btn main oc-icon oc-i-sync")
        self._box.set_visibility(False)

    def show(self, reasons: Sequence[str]) -> None:
        self._box.set_visibility(bool(reasons))
        only_calendars = bool(reasons) and all(each.startswith(CALENDARS) for each in reasons)
        self._head.set_text(f"{'Calendars' if only_calendars else 'Things'} have changed since this draft")
        said = [each.removesuffix(" since this draft was planned. Plan it again.") for each in reasons]
        self._why.set_text(f"{'. '.join(each.removesuffix('.') for each in said)}. Publishing waits.")


class BlockedCard:
    """A tick for each slot whose holder is blocked, and a button that asks them. `ticked` hears every change."""

    def __init__(
        self,
        zone: ZoneInfo,
        open_slot: Callable[[str], object],
        ask: Callable[[str], object],
        ticked: Callable[[], None],
    ) -> None:
        self._zone, self._changed = zone, ticked
        self._ticks: set[tuple[str, int | None]] = set()
        self._slots: dict[str, DraftSlot] = {}
        with html.section().classes("oc-card draft-blocked").props("aria-labelledby=blocked") as self._card:
            with html.div().classes("oc-card-head"), html.div().classes("grow"):
                self._head = TextElement(tag="h2", text="").props("id=blocked")
                html.p("Tick each one you have agreed with them. Publishing waits until then.").classes("oc-sub")
            self._list = Block("blocked", slot=open_slot, ask=ask, tick=self._tick)
        self._card.set_visibility(False)

    def show(self, review: Review, people: People) -> None:
        choices = review.draft.choices
        self._slots = {key_of(slot): slot for slot in review.draft.slots if slot.blocked}
        for key, slot in self._slots.items():
            if (Slot(slot.start, slot.role), slot.participant_id) in choices.accepted:
                self._ticks.add((key, slot.participant_id))
        self._card.set_visibility(bool(self._slots))
        number = len(self._slots)
        self._head.set_text(f"{count(number, 'shift')} {'is' if number == 1 else 'are'} blocked for the person on call")
        self._list.show(items=[self._line(key, slot, review, people) for key, slot in self._slots.items()])

    @property
    def accepted(self) -> list[Slot]:
        """The blocked slots that are ticked."""
        return [Slot(slot.start, slot.role) for key, slot in self._slots.items() if self._is_ticked(key, slot)]

    @property
    def missing(self) -> int:
        """How many ticks are still missing."""
        return len(self._slots) - len(self.accepted)

    def _line(self, key: str, slot: DraftSlot, review: Review, people: People) -> dict[str, Any]:
        asked = (Slot(slot.start, slot.role), slot.participant_id) in review.draft.choices.asked
        may_ask = not asked and people.can_be_asked(slot.participant_id)
        name = people.short(slot.participant_id)
        return {
            "key": key,
            "n": people.name(slot.participant_id),
            "when": span_words(slot.start, slot.end, self._zone),
            "small": f"{slot.role}, blocked for {_share(slot)}" + (f". {name} was asked by email" if asked else ""),
            "ticked": self._is_ticked(key, slot),
            "ask": f"Ask {name}" if may_ask else "",
        }

    def _is_ticked(self, key: str, slot: DraftSlot) -> bool:
        return (key, slot.participant_id) in self._ticks

    def _tick(self, args: Sequence[Any]) -> None:
        key, is_ticked = str(args[0]), bool(args[1])
        slot = self._slots.get(key)
        if slot is None:
            return
        (self._ticks.add if is_ticked else self._ticks.discard)((key, slot.participant_id))
        self._changed()


def _share(slot: DraftSlot) -> str:
    """`10 of 48 h`."""
    whole = (slot.end - slot.start) / HOUR
    blocked = whole * slot.blocked / WHOLE
    return "all of it" if slot.blocked == WHOLE else f"{max(1, round(blocked))} of {round(whole)}{NBSP}h"
