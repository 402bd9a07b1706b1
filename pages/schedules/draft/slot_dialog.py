"""The dialog of a slot: why its holder, who could have it instead and at what price; hand over, pin, exclude."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.domain.schedules.problem import Slot
from oncall_ui.services.schedules.candidates import Candidate
from oncall_ui.services.schedules.draft_views import DraftSlot
from oncall_ui.services.schedules.review import Review
from pages.schedules.draft.actions import Actions, Refused
from pages.schedules.draft.lists import Block
from pages.schedules.draft.prices import cost_of, cost_words
from pages.schedules.draft.slots import People, is_pinned, key_of
from pages.schedules.draft.tables import TYPES
from pages.schedules.plan.shift import role_words, span_words
from pages.widgets.dates import count, day_words
from pages.widgets.forms import busy, is_busy

EMPTY = 0
"""In place of a participant's id: leave the slot empty."""


class SlotDialog:
    """One per page, drawn for each slot that is pressed. Closed, nothing of it is left."""

    def __init__(self, zone: ZoneInfo, actions: Actions, said: Callable[[str], None]) -> None:
        self._zone, self._actions, self._said = zone, actions, said
        self._dialog = ui.dialog().props("position=right full-height transition-duration=120")
        self._dialog.on_value_change(self._forget)
        self._slot: DraftSlot | None = None
        self._candidates: Sequence[Candidate] = ()
        self._picked: int | None = None

    async def open(self, slot: DraftSlot, review: Review, people: People, *, can_change: bool) -> None:
        """Reads the candidates and shows them."""
        self._slot, self._review, self._people, self._can_change = slot, review, people, can_change
        self._candidates = await self._actions.candidates(slot) if can_change else ()
        self._picked = next((_id(each) for each in self._candidates if each.price.is_possible), None)
        self._draw(slot)
        self._dialog.open()

    def show(self, review: Review, people: People) -> None:
        """Closes when the slot isn't what it was: another manager changed it, or it is planned again."""
        slot = self._slot
        if slot is None or not self._dialog.value:
            return
        now = next((each for each in review.draft.slots if key_of(each) == key_of(slot)), None)
        if now is None or now.participant_id != slot.participant_id or review.draft.line.status != self._status:
            self._dialog.close()

    def _draw(self, slot: DraftSlot) -> None:
        self._status = self._review.draft.line.status
        self._dialog.clear()
        with self._dialog, html.div().classes("oc-panel draft-panel"):
            with html.div().classes("top"):
                title = html.h2(self._title(slot)).props("tabindex=-1")
                close = ui.button(color=None, on_click=self._dialog.close).props("flat no-caps aria-label=Close")
                close.classes("oc-btn quiet oc-icon oc-i-x")
                html.p(self._about(slot))
            with html.div().classes("scroll"):
                html.h3("If only this changed hands")
                self._list = Block("candidates", pick=self._pick)
                self._choices_words = TextElement(tag="p", text="").classes("oc-sub draft-chosen")
            self._price = TextElement(tag="p", text="").classes("oc-sub draft-price").props("aria-live=polite")
            if self._can_change:
                self._draw_buttons(slot)
        self._dialog.props(f"aria-labelledby={title.html_id}")
        self._show_list(slot)
        ui.run_javascript(f"setTimeout(() => getHtmlElement({title.id})?.focus(), 150)")

    def _draw_buttons(self, slot: DraftSlot) -> None:
        pinned = is_pinned(slot, self._review.draft.choices.pinned)
        with html.div().classes("foot"):
            self._hand = self._button("Hand over", "oc-i-hand", self._hand_over)
            if slot.participant_id is None:
                return
            self._button("Unpin" if pinned else "Pin", "oc-i-pin", lambda: self._pin_it(slot, not pinned))
            holder = slot.participant_id
            exclude = self._button("Exclude", "oc-i-block", lambda: self._exclude(slot, holder))
            exclude.props["aria-description"] = f"{self._people.short(holder)} won’t get this shift"
            if barred := self._barred(slot):
                self._button("Allow again", "oc-i-check", lambda: self._allow(slot, barred))

    def _button(self, words: str, icon: str, act: Callable[[], Awaitable[None]]) -> ui.button:
        button = ui.button(words, color=None).props("unelevated no-caps").classes(f"oc-btn oc-icon {icon}")

        async def once() -> None:
            if not is_busy(button):
                with busy(button):
                    await act()

        button.on_click(once)
        return button

    def _show_list(self, slot: DraftSlot) -> None:
        people, holder = self._people, None
        if slot.participant_id is not None:
            holder = {
                **people.mark(slot.participant_id),
                "n": people.name(slot.participant_id),
                "you": people.is_me(slot.participant_id),
                "why": _facts(slot),
                "cost": self._cost_of_pin(slot),
            }
        self._list.show(holder=holder, items=[self._line(each) for each in self._candidates])
        barred = self._barred(slot)
        names = ", ".join(people.short(each) for each in barred)
        self._choices_words.set_text(f"Excluded here: {names}." if barred else "")
        self._say_price()

    def _line(self, candidate: Candidate) -> dict[str, Any]:
        cost, who = cost_of(candidate), _id(candidate)
        name = self._people.name(who) if who else "Leave empty"
        return {
            **self._people.mark(who or None),
            "id": who,
            "n": name,
            "you": self._people.is_me(who),
            "why": cost.why,
            "cost": cost.first,
            "small": cost.rest,
            "no": bool(candidate.price.hindrances),
            "off": not candidate.price.is_possible,
            "picked": who == self._picked,
        }

    def _pick(self, who: int) -> None:
        if self._slot is not None and any(_id(each) == who and each.price.is_possible for each in self._candidates):
            self._picked = who
            self._show_list(self._slot)

    def _say_price(self) -> None:
        picked = next((each for each in self._candidates if _id(each) == self._picked), None)
        if picked is None:
            self._price.set_text("")
            return
        who = self._people.short(self._picked) if self._picked else "nobody"
        self._price.set_text(f"Hand over to {who}: {cost_words(picked)}.")

    def _cost_of_pin(self, slot: DraftSlot) -> str:
        """The holder costs nothing; another one costs at least what the cheapest does."""
        if is_pinned(slot, self._review.draft.choices.pinned):
            return "pinned"
        cheapest = next((each for each in self._candidates if each.price.is_possible), None)
        return f"without them: {cost_of(cheapest).first}" if cheapest else ""

    async def _hand_over(self) -> None:
        slot, picked = self._slot, self._picked
        if slot is None or picked is None:
            return
        candidate = next(each for each in self._candidates if _id(each) == picked)
        if not await self._done(self._actions.hand_over(slot, picked or None)):
            return
        who = self._people.short(picked) if picked else "nobody"
        self._said(f"Handed over to {who}: {cost_words(candidate)}. Plan again to arrange the rest around it.")

    async def _pin_it(self, slot: DraftSlot, is_pinned: bool) -> None:
        if await self._done(self._actions.pin(slot, is_pinned)):
            who = self._people.short(slot.participant_id)
            self._said(f"{who} keeps this shift when you plan again." if is_pinned else "The pin is gone.")

    async def _exclude(self, slot: DraftSlot, participant_id: int) -> None:
        if await self._done(self._actions.exclude(slot, participant_id, True)):
            self._said(f"{self._people.short(participant_id)} won’t get this shift. Plan again to find somebody else.")

    async def _allow(self, slot: DraftSlot, barred: Sequence[int]) -> None:
        for each in barred:
            if not await self._done(self._actions.exclude(slot, each, False)):
                return

    async def _done(self, act: Awaitable[None]) -> bool:
        """Closes the dialog once it is done; else says what keeps it from being done."""
        try:
            await act
        except Refused as refused:
            self._price.set_text(str(refused))
            return False
        self._dialog.close()
        return True

    def _barred(self, slot: DraftSlot) -> list[int]:
        place = Slot(slot.start, slot.role)
        return sorted(who for barred, who in self._review.draft.choices.barred if barred == place)

    def _title(self, slot: DraftSlot) -> str:
        who = "you" if self._people.is_me(slot.participant_id) else self._people.name(slot.participant_id)
        first, last = slot.start.astimezone(self._zone).date(), slot.end.astimezone(self._zone).date()
        days = day_words(first, first) + ("" if first == last else f" to {day_words(last, first)}")
        return f"Why {'nobody' if slot.participant_id is None else who}, {days}?"

    def _about(self, slot: DraftSlot) -> str:
        kind = TYPES.get(slot.type, slot.type).removesuffix("s").lower()
        words = [role_words(slot.role), span_words(slot.start, slot.end, self._zone), kind, count(slot.points, "point")]
        return ", ".join([*words, *([slot.label] if slot.label else [])]) + "."

    def _forget(self) -> None:
        if not self._dialog.value:
            self._dialog.clear()
            self._slot = None


def _id(candidate: Candidate) -> int:
    return int(candidate.price.person) if candidate.price.person else EMPTY


def _facts(slot: DraftSlot) -> str:
    """What the plan knows about the holder on this slot."""
    facts = list(slot.reasons)
    if slot.blocked:
        facts.append("blocked for part of it" if slot.blocked < 1000 else "blocked for all of it")
    if slot.wish > 0:
        facts.append("prefers this")
    if slot.unknown:
        facts.append("nothing is known of that time" if slot.read_at is None else "from old data, or beyond it")
    return ", ".join(facts)
