"""What managers decided about the slots of a draft, as its row keeps it."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from oncall_ui.domain.schedules.plan_format.fields import utc
from oncall_ui.domain.schedules.problem import FillKind, Shift, Slot

Decision = tuple[Slot, int]
"""A slot and a participant id."""


@dataclass(frozen=True, slots=True)
class Choices:
    """`pinned`: who has the slot whatever else. `barred`: who may not have it."""

    pinned: Mapping[Slot, int]
    barred: frozenset[Decision] = frozenset()

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
        """Also takes back that they may not have it."""
        return Choices({**self.pinned, slot: participant}, self.barred - {(slot, participant)})

    def unpin(self, slot: Slot) -> "Choices":
        return replace(self, pinned={each: who for each, who in self.pinned.items() if each != slot})

    def exclude(self, slot: Slot, participant: int) -> "Choices":
        """Also takes back that they are pinned there."""
        pinned = {each: who for each, who in self.pinned.items() if (each, who) != (slot, participant)}
        return Choices(pinned, self.barred | {(slot, participant)})

    def include(self, slot: Slot, participant: int) -> "Choices":
        return replace(self, barred=self.barred - {(slot, participant)})


NO_CHOICES = Choices({})


def from_row(stored: Mapping[str, Sequence[Sequence[Any]]]) -> Choices:
    """What `to_row` wrote."""
    pinned = dict(_decisions(stored.get("pinned", ())))
    return Choices(pinned, frozenset(_decisions(stored.get("barred", ()))))


def to_row(choices: Choices) -> dict[str, list[list[str | int]]]:
    return {"pinned": _written(choices.pinned.items()), "barred": _written(choices.barred)}


def _written(decisions: Iterable[Decision]) -> list[list[str | int]]:
    ordered = sorted(decisions, key=lambda each: (each[0].start, each[0].role, each[1]))
    return [[utc(slot.start), slot.role, participant] for slot, participant in ordered]


def _decisions(rows: Iterable[Sequence[Any]]) -> Iterator[Decision]:
    for start, role, participant in rows:
        yield Slot(datetime.fromisoformat(start).astimezone(UTC), role), participant


def _wanted(shifts: Iterable[Shift]) -> Iterator[Slot]:
    for shift in shifts:
        yield from (
            Slot(shift.start, role) for role, filler in shift.fills.items() if filler.kind is not FillKind.NOBODY
        )
