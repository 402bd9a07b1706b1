"""What is published around parts of slots, as a problem to count with: each part is a shift of its own there."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlmodel import Session

from oncall_ui.domain.availability.window import Window, zone_of
from oncall_ui.domain.schedules.cover.effects import Effect, effects_of
from oncall_ui.domain.schedules.planning.hand_over import Price, prices_of
from oncall_ui.domain.schedules.planning.problem import Held, Problem, Shift, Slot
from oncall_ui.domain.schedules.planning.reasons import Fact, FactKind, Facts, Said
from oncall_ui.models import Schedule
from oncall_ui.services.schedules.drafts.build import Built, build_published
from oncall_ui.services.schedules.drafts.live import Live, live_parts
from oncall_ui.services.schedules.drafts.persons import barred
from oncall_ui.services.schedules.people import periods_of

AROUND = timedelta(days=35)
"""How much of what is published around a part is counted: limits reach as far as a month."""


@dataclass(frozen=True, slots=True)
class Part:
    """A slot from one moment to another. `of_shift` is when its shift starts."""

    of_shift: datetime
    role: str
    start: datetime
    end: datetime

    @property
    def slot(self) -> Slot:
        """As it is called in a counted problem."""
        return Slot(self.start, self.role)


class Counted:
    """Of the published slots around some parts, with calendars as of `at`. The parts' shifts must exist.

    Two parts of one shift have the same times.
    """

    def __init__(self, session: Session, schedule: Schedule, parts: Sequence[Part], at: datetime) -> None:
        start, end = min(part.of_shift for part in parts), max(part.of_shift for part in parts)
        window = Window(start - AROUND, end + AROUND)
        lives = live_parts(session, schedule.id or 0, window.start, window.end)
        built = build_published(session, schedule, window, at)
        self._cut = {part.of_shift: part for part in parts}
        shifts = tuple(self._shift(shift) for shift in built.problem.shifts)
        calendars = built.calendars
        problem = replace(
            built.problem,
            shifts=shifts,
            blocks=calendars.blocks,
            preferences=calendars.preferences,
            unknown=calendars.unknown,
            excluded=self._excluded(session, schedule, built, shifts),
        )
        self.roster, beside = _held_by(lives, problem, {part.slot for part in parts}, self._cut)
        ids = {person.id for person in problem.people}
        self.problem = replace(problem, held=(*problem.held, *(each for each in beside if each.person in ids)))
        self._said = Said({FactKind.BLOCKED: calendars.blocks, FactKind.PREFERS: calendars.preferences})
        self._facts: dict[Slot, Facts] = {}

    @property
    def people(self) -> frozenset[str]:
        return frozenset(person.id for person in self.problem.people)

    def prices(self, part: Part) -> tuple[Price, ...]:
        """Of giving it to each but its holder: who could first, then those with whom the plan comes to least."""
        return prices_of(self.problem, self.roster, part.slot)

    def effects(self, moves: Mapping[Part, int]) -> tuple[Effect, ...]:
        """Of giving each part to that participant, all at once, in this order."""
        return effects_of(self.problem, self.roster, {part.slot: str(person) for part, person in moves.items()})

    def facts(self, part: Part, price: Price) -> tuple[Fact, ...]:
        """What speaks against the person of the price, and for them."""
        if part.slot not in self._facts:
            self._facts[part.slot] = Facts(self.problem, self.roster, part.slot, self._said)
        return self._facts[part.slot].of(price.person or "", price)

    def _shift(self, shift: Shift) -> Shift:
        part = self._cut.get(shift.start)
        return shift if part is None else replace(shift, start=part.start, end=part.end)

    def _excluded(
        self, session: Session, schedule: Schedule, built: Built, shifts: Sequence[Shift]
    ) -> dict[Slot, frozenset[str]]:
        """As it is for whole shifts, and counted again for those that are cut."""
        found = {slot: people for slot, people in built.problem.excluded.items() if slot.start not in self._cut}
        periods = periods_of(session, schedule.id or 0)
        zone, roles = zone_of(schedule.zone), built.problem.roles
        for part in self._cut.values():
            shift = next(each for each in shifts if each.start == part.start)
            for role in roles:
                slot = Slot(part.start, role)
                busy = {
                    person
                    for person, spans in built.elsewhere.items()
                    if any(span.start < part.end and span.end > part.start for span in spans)
                }
                others = {
                    str(each) for each, theirs in periods.items() if slot in {*barred(theirs, [shift], roles, zone)}
                }
                found[slot] = frozenset(busy | others)
        return found


def _held_by(
    lives: Sequence[Live], problem: Problem, asked: set[Slot], cut: Mapping[datetime, Part]
) -> tuple[dict[Slot, str], list[Held]]:
    """Who has most of each slot, and what others have of it, but for the slots that are asked about."""
    shifts = {shift.start: shift for shift in problem.shifts}
    by_slot: defaultdict[Slot, list[tuple[timedelta, Live]]] = defaultdict(list)
    for live in lives:
        start = cut[live.shift.start].start if live.shift.start in cut else live.shift.start
        if live.part.participant_id is not None and start in shifts and live.part.role in problem.roles:
            length = min(live.part.end, shifts[start].end) - max(live.part.start, start)
            by_slot[Slot(start, live.part.role)].append((length, live))
    roster, beside = dict[Slot, str](), list[Held]()
    for slot, parts in by_slot.items():
        length, longest = max(parts, key=lambda each: each[0])
        if length > timedelta(0):
            roster[slot] = str(longest.part.participant_id)
        if slot not in asked:
            others = [live for _, live in parts if live.part.participant_id != longest.part.participant_id]
            beside += [_as_held(live) for live in others]
    return roster, beside


def _as_held(live: Live) -> Held:
    return Held(live.part.start, live.part.end, live.shift.type, live.part.role, str(live.part.participant_id))
