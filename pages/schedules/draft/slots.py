"""The slots of a draft as the plan draws them."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from oncall_ui.domain.schedules.planning.problem import Slot
from oncall_ui.domain.schedules.shifts.slot_key import slot_key
from oncall_ui.services.schedules.drafts.review import Review, ReviewPerson
from oncall_ui.services.schedules.drafts.views import DraftSlot
from pages.schedules.plan.shift import Holder, Mark, PlanSlot
from pages.widgets.dates import count

NOBODY = "Nobody"


class People:
    """The people of a schedule by participant id, as names and marks. `me` is the member who looks."""

    def __init__(self, people: Mapping[int, ReviewPerson], me: int) -> None:
        self._people, self._me = people, me

    @property
    def names(self) -> dict[str, str]:
        """First names by participant id as text, as plans name people."""
        return {str(each): self.short(each) for each in self._people}

    def holder(self, participant_id: int | None) -> Holder | None:
        person = self._people.get(participant_id or 0)
        return Holder(person.name, person.colour, participant_id) if person is not None else None

    def name(self, participant_id: int | None) -> str:
        holder = self.holder(participant_id)
        return holder.name if holder else NOBODY

    def short(self, participant_id: int | None) -> str:
        """The first name; the whole one where two people share it."""
        holder = self.holder(participant_id)
        if holder is None:
            return NOBODY
        twins = sum(each.name.split(maxsplit=1)[:1] == [holder.short] for each in self._people.values())
        return holder.short if twins == 1 else holder.name

    def is_me(self, participant_id: int | None) -> bool:
        person = self._people.get(participant_id or 0)
        return person is not None and person.member_id == self._me

    def can_be_asked(self, participant_id: int | None) -> bool:
        """Whether it is somebody else, and there is an account behind them."""
        person = self._people.get(participant_id or 0)
        return person is not None and person.member_id not in {None, self._me}

    def mark_of_member(self, member_id: int) -> dict[str, str]:
        """As `mark`."""
        return self.mark(next((each for each, person in self._people.items() if person.member_id == member_id), None))

    def mark(self, participant_id: int | None) -> dict[str, str]:
        """What a template draws: `n` name, `i` initials, `p` CSS classes."""
        holder = self.holder(participant_id)
        if holder is None:
            return {"n": NOBODY, "i": "!", "p": "oc-p nobody"}
        return {"n": self.short(participant_id), "i": holder.initials, "p": holder.mark}


def plan_slots(review: Review, people: People, roles: tuple[str, ...], now: datetime) -> list[PlanSlot]:
    """Of `shown_slots`."""
    pinned = review.draft.choices.pinned
    return [
        PlanSlot(
            key=key_of(slot),
            start=slot.start,
            end=slot.end,
            role=slot.role,
            level=roles.index(slot.role) if slot.role in roles else len(roles),
            holder=people.holder(slot.participant_id),
            marks=frozenset(_marks(slot, pinned)),
            details=tuple(_details(slot, people, now)),
            is_open=slot in review.open_shadows,
        )
        for slot in shown_slots(review, roles)
    ]


def shown_slots(review: Review, roles: tuple[str, ...]) -> list[DraftSlot]:
    """Those of the draft and its empty shadows, sorted by start, then in the order of roles."""
    places = {role: place for place, role in enumerate(roles)}
    every = (*review.draft.slots, *review.open_shadows)
    return sorted(every, key=lambda slot: (slot.start, places.get(slot.role, len(roles))))


def key_of(slot: DraftSlot | Slot) -> str:
    """Names a slot on the page."""
    return slot_key(slot.start, slot.role)


def by_key(slots: Iterable[DraftSlot]) -> dict[str, DraftSlot]:
    return {key_of(slot): slot for slot in slots}


def is_pinned(slot: DraftSlot, pinned: Mapping[Slot, int]) -> bool:
    holder = pinned.get(Slot(slot.start, slot.role))
    return holder is not None and holder == slot.participant_id


def _marks(slot: DraftSlot, pinned: Mapping[Slot, int]) -> Iterable[Mark]:
    if slot.blocked:
        yield Mark.CONFLICT
    if is_pinned(slot, pinned):
        yield Mark.PINNED
    if slot.wish > 0:
        yield Mark.WISH
    if slot.unknown:
        yield Mark.STALE
    if slot.changed:
        yield Mark.CHANGED


def _details(slot: DraftSlot, people: People, now: datetime) -> Iterable[str]:
    if slot.unknown and slot.read_at is not None and (days := (now - slot.read_at).days):
        yield f"data {count(days, 'day')} old"
    if slot.changed:
        yield f"was {people.name(slot.before)}"
