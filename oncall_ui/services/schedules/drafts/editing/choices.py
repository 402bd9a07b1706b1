"""What managers decided about the slots of a draft, as its row keeps it."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from oncall_ui.domain.schedules.plan_format.fields import utc
from oncall_ui.domain.schedules.planning.problem import FillKind, Shift, Slot

Decision = tuple[Slot, int]
"""A slot and a participant id."""


@dataclass(frozen=True, slots=True)
class Choices:
    """`pinned`: who has the slot whatever else. `barred`: who may not have it. `empty`: nobody has it.

    `accepted`: who may have the slot although they are blocked, so that it needs no tick before publishing.
    `asked`: who was asked to lift their block for it. `bend`: how many more limits fairness may break than must be
    broken; None: as the schedule's settings say.
    """

    pinned: Mapping[Slot, int]
    barred: frozenset[Decision] = frozenset()
    empty: frozenset[Slot] = frozenset()
    accepted: frozenset[Decision] = frozenset()
    asked: frozenset[Decision] = frozenset()
    bend: int | None = None

    @property
    def people(self) -> set[int]:
        return {*self.pinned.values(), *(participant for _, participant in self.barred)}

    def fixed(self, shifts: Iterable[Shift], people: Collection[str]) -> dict[Slot, str]:
        """The pins on slots that are wanted."""
        wanted = set(_wanted(shifts))
        return {
            slot: str(participant)
            for slot, participant in self.pinned.items()
            if slot in wanted and str(participant) in people
        }

    def excluded(self, shifts: Iterable[Shift]) -> dict[Slot, set[str]]:
        wanted, found = set(_wanted(shifts)), dict[Slot, set[str]]()
        for slot, participant in self.barred:
            if slot in wanted:
                found.setdefault(slot, set()).add(str(participant))
        return found

    def pin(self, slot: Slot, participant: int) -> "Choices":
        """Also takes back that they may not have it, and that nobody has."""
        return replace(
            self,
            pinned={**self.pinned, slot: participant},
            barred=self.barred - {(slot, participant)},
            empty=self.empty - {slot},
        )

    def unpin(self, slot: Slot) -> "Choices":
        return replace(self, pinned={each: who for each, who in self.pinned.items() if each != slot})

    def exclude(self, slot: Slot, participant: int) -> "Choices":
        """Also takes back that they are pinned there."""
        pinned = {each: who for each, who in self.pinned.items() if (each, who) != (slot, participant)}
        return replace(self, pinned=pinned, barred=self.barred | {(slot, participant)})

    def include(self, slot: Slot, participant: int) -> "Choices":
        return replace(self, barred=self.barred - {(slot, participant)})

    def leave_empty(self, slot: Slot) -> "Choices":
        """Also takes back who is pinned there."""
        return replace(self.unpin(slot), empty=self.empty | {slot})

    def fill(self, slot: Slot) -> "Choices":
        """Takes back that nobody has it."""
        return replace(self, empty=self.empty - {slot})

    def accept(self, slot: Slot, participant: int) -> "Choices":
        return replace(self, accepted=self.accepted | {(slot, participant)})

    def ask(self, slot: Slot, participant: int) -> "Choices":
        return replace(self, asked=self.asked | {(slot, participant)})


NO_CHOICES = Choices({})


def from_row(stored: Mapping[str, Any]) -> Choices:
    """What `to_row` wrote."""
    pinned = dict(_decisions(stored.get("pinned", ())))
    return Choices(
        pinned,
        frozenset(_decisions(stored.get("barred", ()))),
        frozenset(_slots(stored.get("empty", ()))),
        frozenset(_decisions(stored.get("accepted", ()))),
        frozenset(_decisions(stored.get("asked", ()))),
        stored.get("bend"),
    )


def to_row(choices: Choices) -> dict[str, Any]:
    """As JSON, in one order."""
    bend = {} if choices.bend is None else {"bend": choices.bend}
    return bend | {
        "pinned": _written(choices.pinned.items()),
        "barred": _written(choices.barred),
        "empty": _written_slots(choices.empty),
        "accepted": _written(choices.accepted),
        "asked": _written(choices.asked),
    }


def _written(decisions: Iterable[Decision]) -> list[list[str | int]]:
    ordered = sorted(decisions, key=lambda each: (each[0].start, each[0].role, each[1]))
    return [[utc(slot.start), slot.role, participant] for slot, participant in ordered]


def _written_slots(slots: Iterable[Slot]) -> list[list[str | int]]:
    return [[utc(slot.start), slot.role] for slot in sorted(slots, key=lambda each: (each.start, each.role))]


def _slots(rows: Iterable[Sequence[Any]]) -> Iterator[Slot]:
    for start, role in rows:
        yield Slot(datetime.fromisoformat(start).astimezone(UTC), role)


def _decisions(rows: Iterable[Sequence[Any]]) -> Iterator[Decision]:
    for start, role, participant in rows:
        yield Slot(datetime.fromisoformat(start).astimezone(UTC), role), participant


def _wanted(shifts: Iterable[Shift]) -> Iterator[Slot]:
    for shift in shifts:
        yield from (
            Slot(shift.start, role) for role, filler in shift.fills.items() if filler.kind is not FillKind.NOBODY
        )
