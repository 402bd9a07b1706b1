"""The dialog of a slot of a draft: why its holder; hand over, pin, exclude, leave empty, each with its price."""

from collections.abc import Awaitable, Callable, Sequence
from zoneinfo import ZoneInfo

from oncall_ui.domain.schedules.planning.problem import Slot
from oncall_ui.domain.schedules.planning.reasons import price_words
from oncall_ui.services.schedules.drafts.review import Review
from oncall_ui.services.schedules.drafts.views import DraftSlot
from pages.schedules.draft.actions import Actions, Refused
from pages.schedules.draft.slots import People, is_pinned, key_of
from pages.schedules.why.panel import PanelButton, WhyPanel
from pages.schedules.why.words import shown_of


class SlotDialog:
    """One per page. `said` hears what was done."""

    def __init__(self, zone: ZoneInfo, me: int | None, actions: Actions, said: Callable[[str], None]) -> None:
        self._zone, self._me, self._actions, self._said = zone, me, actions, said
        self._panel = WhyPanel()
        self._slot: DraftSlot | None = None

    async def open(self, slot: DraftSlot, review: Review, people: People) -> None:
        """Reads, then shows. Raises Refused for a draft that can't be changed any more."""
        why = await self._actions.why(slot)
        self._slot, self._review, self._people, self._why = slot, review, people, why
        shown = shown_of(why, self._me, self._zone)
        self._panel.open(
            shown,
            hand_over=self._hand_over,
            buttons=self._buttons(slot),
            replan=lambda told: self._plan_again(slot, told),
            closed=self._closed,
        )

    def show(self, review: Review) -> None:
        """Closes when the slot isn't what it was: another manager changed it, or it is planned again."""
        slot = self._slot
        if slot is None or not self._panel.is_open:
            return
        every = (*review.draft.slots, *review.open_shadows)
        now = next((each for each in every if key_of(each) == key_of(slot)), None)
        if now is None or (now.participant_id, review.draft.line.status) != (
            slot.participant_id,
            self._review.draft.line.status,
        ):
            self._panel.close()

    def _closed(self) -> None:
        self._slot = None

    def _buttons(self, slot: DraftSlot) -> list[PanelButton]:
        holder, barred = slot.participant_id, self._barred(slot)
        found = []
        if holder is not None:
            name = self._people.short(holder)
            pinned = is_pinned(slot, self._review.draft.choices.pinned)
            stays = f"{name} keeps this shift when you plan again. Costs nothing now."
            found = [
                PanelButton("Unpin" if pinned else "Pin", "pin", lambda: self._pin(slot, not pinned), stays),
                PanelButton("Exclude", "block", lambda: self._exclude(slot, holder), self._cost_without(name)),
                PanelButton("Leave empty", "off", lambda: self._hand_over(0), "Nobody is on call then."),
            ]
        if barred:
            names = ", ".join(self._people.short(each) for each in barred)
            found.append(PanelButton("Allow again", "check", lambda: self._allow(slot, barred), f"Excluded: {names}"))
        return found

    def _cost_without(self, name: str) -> str:
        """What an exclusion costs at most: what the cheapest of the others does."""
        others = [each for each in self._why.candidates if each.can_take and each.price is not None]
        price = price_words(others[0].price) if others and others[0].price is not None else "nobody is on call"
        return f"{name} won’t get this shift. At most: {price}."

    async def _plan_again(self, slot: DraftSlot, told: Callable[[int, str], None]) -> None:
        try:
            await self._actions.why_again(slot, told)
        except Refused as refused:
            self._panel.refuse(str(refused))

    async def _hand_over(self, participant: int) -> None:
        slot = self._slot
        if slot is None:
            return
        chosen = next((each for each in self._why.candidates if each.participant_id == participant), None)
        if not await self._done(self._actions.hand_over(slot, participant or None)):
            return
        if chosen is None or chosen.price is None:
            self._said("Left empty: nobody is on call. Plan again to arrange the rest around it.")
        else:
            cost = price_words(chosen.price)
            self._said(f"Handed over to {chosen.name}: {cost}. Plan again to arrange the rest around it.")

    async def _pin(self, slot: DraftSlot, is_to_be_pinned: bool) -> None:
        if await self._done(self._actions.pin(slot, is_to_be_pinned)):
            who = self._people.short(slot.participant_id)
            self._said(f"{who} keeps this shift when you plan again." if is_to_be_pinned else "The pin is gone.")

    async def _exclude(self, slot: DraftSlot, participant_id: int) -> None:
        if await self._done(self._actions.exclude(slot, participant_id, True)):
            self._said(f"{self._cost_without(self._people.short(participant_id))} Plan again to find out.")

    async def _allow(self, slot: DraftSlot, barred: Sequence[int]) -> None:
        for each in barred:
            if not await self._done(self._actions.exclude(slot, each, False)):
                return

    async def _done(self, act: Awaitable[None]) -> bool:
        """Closes the dialog once it is done; else says what keeps it from being done."""
        try:
            await act
        except Refused as refused:
            self._panel.refuse(str(refused))
            return False
        self._panel.close()
        return True

    def _barred(self, slot: DraftSlot) -> list[int]:
        place = Slot(slot.start, slot.role)
        return sorted(who for barred, who in self._review.draft.choices.barred if barred == place)
