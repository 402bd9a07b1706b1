"""What a rota adds to the ledger: its time is cut by the shifts of the schedule's rules and counts what they count."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from oncall_ui.domain.schedules.ledger.lines import MILLI, Entry, corrections, of_slot
from oncall_ui.domain.schedules.planning.problem import FillKind, Shift, Span
from oncall_ui.domain.schedules.rota_import.holding import Held, carried, minutes_in, outside, without_overlaps
from oncall_ui.domain.schedules.rota_import.team import Team, team_of

Shares = Callable[[datetime, str], Mapping[int, int]]
"""(start of a shift, role) → percent of everybody of whom it is agreed that they were on the team; empty: unknown."""


@dataclass(frozen=True, slots=True, order=True)
class SlotOf:
    """What a line of the ledger is about."""

    at: datetime
    role: str
    type: str


Slots = Mapping[SlotOf, Mapping[int, Entry]]
"""Everybody's entries of each slot. Those of a slot sum to zero."""


@dataclass(frozen=True, slots=True)
class History:
    """The time of each role that people held, without overlaps and without what is published."""

    held: Mapping[str, Sequence[Held]]
    overlaps: bool
    """Whether entries of one role overlapped."""


@dataclass(frozen=True, slots=True)
class Usual:
    """How the schedule counts."""

    role_points: Mapping[str, Fraction]
    shares: Shares
    share_now: Mapping[int, int]
    """Percent of those of whom one is agreed today; the others count 100."""


def history_of(entries: Mapping[str, Sequence[Held]], published: Sequence[Span]) -> History:
    """By role."""
    clean = {role: without_overlaps(theirs) for role, theirs in entries.items()}
    before = sum(((each.end - each.start) for theirs in entries.values() for each in theirs), start=timedelta())
    after = sum(((each.end - each.start) for theirs in clean.values() for each in theirs), start=timedelta())
    return History({role: outside(theirs, published) for role, theirs in clean.items()}, before != after)


def slots_of(history: History, shifts: Sequence[Shift], usual: Usual) -> dict[SlotOf, dict[int, Entry]]:
    """One for each shift and role of which somebody held a part. `shifts` are sorted by start."""
    found = {}
    for role, held in history.held.items():
        team, first, weight = team_of(held), 0, usual.role_points.get(role, Fraction(1))
        for shift in shifts:
            if shift.fills[role].kind is FillKind.NOBODY:
                continue
            lengths, first = minutes_in(held, first, Span(shift.start, shift.end))
            points = int(shift.points * MILLI * weight)
            holders = carried(points, shift.end - shift.start, lengths)
            if any(holders.values()):
                shares = usual.shares(shift.start, role) or _shares(team, shift, holders, usual.share_now)
                found[SlotOf(shift.start, role, shift.type)] = of_slot(sum(holders.values()), shares, holders)
    return found


def changed(written: Slots, wanted: Slots) -> dict[SlotOf, dict[int, Entry]]:
    """What has to be added to what is written; nothing where it says the same already."""
    found = {slot: corrections(written.get(slot, {}), wanted.get(slot, {})) for slot in sorted({*written, *wanted})}
    return {slot: entries for slot, entries in found.items() if entries}


def totals(slots: Slots) -> dict[int, Entry]:
    """Person → what all slots sum to."""
    found: defaultdict[int, Entry] = defaultdict(Entry)
    for entries in slots.values():
        for person, entry in entries.items():
            found[person] = Entry(found[person].due + entry.due, found[person].done + entry.done)
    return dict(found)


def held_slots(slots: Slots) -> dict[int, int]:
    """Person → of how many slots they held at least a part."""
    found: defaultdict[int, int] = defaultdict(int)
    for entries in slots.values():
        for person, entry in entries.items():
            found[person] += entry.done > 0
    return dict(found)


def _shares(team: Team, shift: Shift, holders: Mapping[int, int], share_now: Mapping[int, int]) -> dict[int, int]:
    """Who holds a part of it is on the team, too: handoffs there may be in the middle of a shift here."""
    return {person: share_now.get(person) or 100 for person in sorted({*team.at(shift.start), *holders})}
