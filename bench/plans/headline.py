"""What a reader asks of a roster: how often blocked, empty, with short rest, how uneven, and how many wishes met."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from itertools import combinations

from bench.plans.team import Roster, Team
from oncall_ui.domain.schedules.planning.problem import Slot

DAY = timedelta(hours=24)
POINTS = "points"


@dataclass(frozen=True, slots=True)
class Headline:
    """`wanted` slots could go to somebody who would like them. `apart` is the distance, in `POINTS` or in shifts of a
    type, between the person furthest above and the one furthest below their share.
    """

    slots: int
    blocked: int
    empty: int
    short_rests: int
    wishes: int
    wanted: int
    apart: Mapping[str, Fraction]


def headline(team: Team, roster: Roster) -> Headline:
    """Counts one roster, from the problem alone."""
    held = [(slot, roster[slot]) for slot in team.slots if slot in roster]
    return Headline(
        slots=len(team.slots),
        blocked=sum(team.blocked(slot, person) for slot, person in held),
        empty=len(team.slots) - len(held),
        short_rests=sum(_short(team, roster, person, DAY) for person in team.people),
        wishes=sum(team.would_like(slot, person) for slot, person in held),
        wanted=sum(any(team.would_like(slot, person) for person in team.people) for slot in team.slots),
        apart=_apart(team, roster),
    )


def breaches(team: Team, roster: Roster) -> list[str]:
    """What no roster may do: a person who isn't there or is blocked for good, two shifts at once, rest cut short."""
    found = [
        f"{person} may not hold {slot.start:%Y-%m-%d %H:%M} {slot.role}"
        for slot, person in roster.items()
        if not team.may(slot, team.people[person])
    ]
    for person in team.people:
        count = _short(team, roster, person, team.hard_rest) + _twice(roster, person)
        found += [f"{person} has {count} pairs of shifts at once or too close"] if count else []
    return found


def _short(team: Team, roster: Roster, person: str, rest: timedelta) -> int:
    """Pairs of shifts of a person with less than `rest` between them."""
    mine = sorted((team.shift(slot) for slot, holder in roster.items() if holder == person), key=lambda s: s.start)
    return sum(two.start - one.end < rest for one, two in combinations(mine, 2) if one is not two)


def _twice(roster: Roster, person: str) -> int:
    starts = [slot.start for slot, holder in roster.items() if holder == person]
    return len(starts) - len(set(starts))


def _apart(team: Team, roster: Roster) -> dict[str, Fraction]:
    kinds: dict[str, list[Slot]] = {POINTS: team.slots}
    for slot in team.slots:
        kinds.setdefault(team.shift(slot).type, []).append(slot)
    found = {}
    for kind, slots in kinds.items():
        away = dict.fromkeys(team.people, Fraction(0))
        for slot in slots:
            if slot in roster:
                away[roster[slot]] += team.points(slot)
            for person, due in team.dues(slot).items():
                away[person] -= due
        each = Fraction(1) if kind == POINTS else team.points(slots[0])
        found[kind] = (max(away.values()) - min(away.values())) / each
    return found
