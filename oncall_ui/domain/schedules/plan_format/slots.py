"""What is given for slots: who held, holds or must hold them, who may not, and who would like to."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from oncall_ui.domain.schedules.plan_format.fields import (
    Fields,
    UnusableInput,
    flag,
    instant,
    items,
    known,
    list_of,
    text,
    utc,
    whole,
)
from oncall_ui.domain.schedules.plan_format.spans import take_span
from oncall_ui.domain.schedules.planning.problem import FillKind, Held, Published, Shift, Slot, Wish
from oncall_ui.domain.schedules.shifts.types import type_of

MOST_WEIGHT = 1_000_000
MOST_WISH = 1_000_000


@dataclass(slots=True)
class SlotReader:
    """Reads lists that name slots. A slot that no shift has is left out, with a sentence in `problems`."""

    shifts: Mapping[datetime, Shift]
    roles: tuple[str, ...]
    people: Collection[str]
    problems: list[str] = field(default_factory=list)

    def fixed(self, value: object, path: str) -> dict[Slot, str]:
        """Refuses a slot that isn't wanted, or that two people are fixed on."""
        found: dict[Slot, str] = {}
        for item, where in items(value, path):
            fields = Fields(item, where)
            slot, person = self._slot(fields), self._person(fields)
            fields.close()
            if not self._is_wanted(slot):
                raise UnusableInput(f"{where}.start", f"no shift wants {slot.role} at {utc(slot.start)}")
            if found.setdefault(slot, person) != person:
                raise UnusableInput(where, f"{found[slot]!r} is fixed on this slot, too")
        return found

    def excluded(self, value: object, path: str) -> dict[Slot, frozenset[str]]:
        found: dict[Slot, set[str]] = defaultdict(set)
        for item, where in items(value, path):
            fields = Fields(item, where)
            slot, person = self._slot(fields), self._person(fields)
            fields.close()
            if self._is_known(slot, where):
                found[slot].add(person)
        return {slot: frozenset(found[slot]) for slot in sorted(found, key=self._place)}

    def published(self, value: object, path: str) -> dict[Slot, Published]:
        found: dict[Slot, Published] = {}
        for item, where in items(value, path):
            fields = Fields(item, where)
            slot = self._slot(fields)
            published = Published(
                self._person(fields),
                accepted=fields.get("accepted", flag, False),
                frozen=fields.get("frozen", flag, False),
                weight=fields.get("weight", whole(0, MOST_WEIGHT), 1),
            )
            fields.close()
            if slot in found:
                raise UnusableInput(where, "this slot is there twice")
            if self._is_known(slot, where):
                found[slot] = published
        return {slot: found[slot] for slot in sorted(found, key=self._place)}

    def wishes(self, value: object, path: str) -> tuple[Wish, ...]:
        """Sorted. Several of one person for one slot add up."""
        found: dict[tuple[Slot, str], int] = defaultdict(int)
        for item, where in items(value, path):
            fields = Fields(item, where)
            slot, person = self._slot(fields), self._person(fields)
            worth = fields.take("value", whole(-MOST_WISH, MOST_WISH))
            fields.close()
            if self._is_known(slot, where):
                found[slot, person] += worth
        ordered = sorted(found, key=lambda key: (*self._place(key[0]), key[1]))
        return tuple(Wish(slot.start, slot.role, person, found[slot, person]) for slot, person in ordered)

    def with_fillers(self, fixed: Mapping[Slot, str], excluded: Mapping[Slot, frozenset[str]]) -> dict[Slot, str]:
        """The fixed slots and those that a rule gives to a person, in order. Refuses what contradicts itself."""
        given = dict(fixed)
        for shift in self.shifts.values():
            for role, filler in shift.fills.items():
                if filler.kind is FillKind.PERSON:
                    given.setdefault(Slot(shift.start, role), filler.name)
        for slot, person in given.items():
            if person in excluded.get(slot, ()):
                raise UnusableInput("excluded", f"{person!r} is fixed on {slot.role} at {utc(slot.start)}")
        ordered = sorted(given, key=self._place)
        self._refuse_two_at_once(ordered, given)
        return {slot: given[slot] for slot in ordered}

    def _refuse_two_at_once(self, ordered: list[Slot], given: Mapping[Slot, str]) -> None:
        latest: dict[str, Slot] = {}
        for slot in ordered:
            before = latest.get(given[slot])
            if before and self.shifts[before.start].end > slot.start:
                raise UnusableInput(
                    "fixed",
                    f"{given[slot]!r} is fixed twice at once: on {before.role} at {utc(before.start)} "
                    f"and on {slot.role} at {utc(slot.start)}",
                )
            latest[given[slot]] = slot

    def _slot(self, fields: Fields) -> Slot:
        return Slot(fields.take("start", instant), fields.take("role", known(self.roles, "role")))

    def _person(self, fields: Fields) -> str:
        return fields.take("person", known(self.people, "person"))

    def _is_wanted(self, slot: Slot) -> bool:
        shift = self.shifts.get(slot.start)
        return shift is not None and shift.fills[slot.role].kind is not FillKind.NOBODY

    def _is_known(self, slot: Slot, path: str) -> bool:
        wanted = self._is_wanted(slot)
        if not wanted:
            self.problems.append(f"{path} is left out: no shift wants {slot.role} at {utc(slot.start)}.")
        return wanted

    def _place(self, slot: Slot) -> tuple[datetime, int]:
        return slot.start, self.roles.index(slot.role)


@dataclass(frozen=True, slots=True)
class HeldReader:
    """Reads the slots held before the plan."""

    zone: ZoneInfo
    roles: tuple[str, ...]
    people: Collection[str]

    def read(self, value: object, path: str) -> tuple[Held, ...]:
        """Sorted by start. A type that isn't named is derived."""
        held = list_of(self._held)(value, path)
        return tuple(sorted(held, key=lambda one: (one.start, self.roles.index(one.role), one.person)))

    def _held(self, value: object, path: str) -> Held:
        fields = Fields(value, path)
        span = take_span(fields)
        kind = fields.get("type", text, "") or type_of(span.start, span.end, self.zone)
        role = fields.take("role", known(self.roles, "role"))
        person = fields.take("person", known(self.people, "person"))
        fields.close()
        return Held(span.start, span.end, kind, role, person)
