"""The pins of a draft that couldn't be planned, each with a button that takes it back."""

from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any
from zoneinfo import ZoneInfo

from nicegui import html

from oncall_ui.domain.schedules.planning.problem import Slot
from oncall_ui.services.schedules.drafts.review import Review
from pages.schedules.draft.lists import Block
from pages.schedules.draft.slots import People, key_of
from pages.widgets.dates import clock, day_words

AT_ONCE = "Pinned twice at this time"


class PinsPart:
    """Drawn where it is created; `unpin` is called with the slot whose pin is taken back."""

    def __init__(self, zone: ZoneInfo, unpin: Callable[[Slot], Awaitable[None]]) -> None:
        self._zone, self._unpin = zone, unpin
        self._slots: dict[str, Slot] = {}
        with html.section().classes("oc-card").props("aria-labelledby=pins") as self._card:
            with html.div().classes("oc-card-head"), html.div().classes("grow"):
                html.h2("Pinned shifts").props("id=pins")
                html.p("Unpin what can’t be kept, then plan again.").classes("oc-sub")
            self._list = Block("pins", unpin=self._press)
        self._card.set_visibility(False)

    def show(self, review: Review, people: People) -> None:
        """Those that clash first, then by time."""
        pinned = review.draft.choices.pinned
        times = Counter((slot.start, who) for slot, who in pinned.items())
        self._slots = {key_of(slot): slot for slot in pinned}
        self._card.set_visibility(bool(pinned))
        ordered = sorted(pinned, key=lambda slot: (times[slot.start, pinned[slot]] == 1, slot.start, slot.role))
        self._list.show(
            items=[self._line(slot, people.name(pinned[slot]), times[slot.start, pinned[slot]] > 1) for slot in ordered]
        )

    def _line(self, slot: Slot, name: str, is_clash: bool) -> dict[str, Any]:
        day = slot.start.astimezone(self._zone).date()
        when = f"{day_words(day, day)}, {clock(slot.start, self._zone)}"
        small = f"{slot.role}. {AT_ONCE}" if is_clash else slot.role
        return {"key": key_of(slot), "n": name, "when": when, "small": small}

    async def _press(self, key: object) -> None:
        slot = self._slots.get(str(key))
        if slot is not None:
            await self._unpin(slot)
