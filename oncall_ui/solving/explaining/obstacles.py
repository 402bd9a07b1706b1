"""What can keep a person from a slot, each by itself, so that one can be left out and the rest kept."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from oncall_ui.domain.schedules.planning.problem import (
    Apart,
    Group,
    Limit,
    Most,
    Person,
    Rest,
    Row,
    Spread,
    Strength,
)
from oncall_ui.domain.schedules.planning.result import Stage
from oncall_ui.solving.facts import Choice, Facts, Place, thousandths
from oncall_ui.solving.limits import Pick, Rule, rules_of


class Kind(StrEnum):
    """In the order in which people look for a reason: what comes first is kept when either would do."""

    NOT_THERE = "not there"
    NO_SHARE = "no share"
    PAUSED = "paused"
    OTHER_ROLE = "other role"
    BLOCKED = "blocked"
    RULED_OUT = "ruled out"
    FIXED = "fixed"
    LAST = "last"
    AT_ONCE = "at once"
    REST = "rest"
    MOST = "most"
    ROW = "row"
    APART = "apart"
    GROUP = "group"


ORDER = {kind: place for place, kind in enumerate(Kind)}
OF_LIMIT: Mapping[type[Limit], Kind] = {
    Rest: Kind.REST,
    Most: Kind.MOST,
    Row: Kind.ROW,
    Apart: Kind.APART,
    Group: Kind.GROUP,
}


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One fact. A block is one for each shift, a limit one for each person; `limit` is its place in the problem."""

    kind: Kind
    person: str = ""
    start: datetime | None = None
    role: str = ""
    limit: int = -1


@dataclass(frozen=True, slots=True)
class Line:
    """Σ factor · pick ≤ `most`, because of one fact."""

    picks: Mapping[Pick, int]
    most: int
    obstacle: Obstacle


def rank_of(obstacle: Obstacle) -> tuple[int, str, str, str, int]:
    """What people know best comes first; equal facts by time and name."""
    start = obstacle.start.isoformat() if obstacle.start else ""
    return ORDER[obstacle.kind], start, obstacle.role, obstacle.person, obstacle.limit


class Obstacles:
    """Of one problem. In `wide`, its places and rules without any of them, everybody may hold everything."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.problem = facts.problem
        self.wide = _without_obstacles(facts)
        self.given = {(p, m) for p, choices in enumerate(facts.choices) for m, one in choices.items() if one.given}
        self._holders = dict(self.given)
        self.prices: dict[Obstacle, int] = {}
        self._against = {
            (p, person.id): self._obstacles(p, place, person)
            for p, place in enumerate(facts.places)
            for person in self.problem.people
        }
        self.lines = list(self._lines())

    def against(self, pick: Pick, stage: Stage) -> list[Obstacle]:
        """What rules a pick out by itself, in a stage and those after it."""
        return [one for one in self._against[pick] if self.holds(one, stage)]

    def own(self, pick: Pick) -> list[Obstacle]:
        """What rules a pick out by itself, whether or not it may be bent."""
        return self._against[pick]

    def holds(self, obstacle: Obstacle, stage: Stage) -> bool:
        """Blocks that may be bent hold from the stage of blocks on, limits that may be from the stage of limits on."""
        if obstacle.kind is Kind.BLOCKED:
            return stage is not Stage.GAPS or self.problem.block_strength is Strength.NEVER
        return stage is Stage.LIMITS or obstacle.limit < 0 or self.is_never(obstacle)

    def is_never(self, obstacle: Obstacle) -> bool:
        """Whether its limit always holds."""
        return getattr(self.problem.limits[obstacle.limit], "strength", None) is Strength.NEVER

    def _obstacles(self, p: int, place: Place, person: Person) -> list[Obstacle]:
        """Of a person who is given the slot, only a block counts, and only where blocks are counted."""
        holder = self._holders.get(p)
        found = self._own(place, person)
        if holder == person.id:
            may_bend = self.problem.block_strength is Strength.AVOID
            return [one for one in found if one.kind is Kind.BLOCKED and may_bend]
        fixed = Obstacle(Kind.FIXED, holder or "", place.slot.start, place.role)
        return [*found, fixed] if holder else found

    def _own(self, place: Place, person: Person) -> list[Obstacle]:
        shift = self.problem.shifts[place.shift]
        slot = place.slot
        found = []
        if (person.joined and person.joined > shift.start) or (person.left and person.left < shift.end):
            found.append(Obstacle(Kind.NOT_THERE, person.id))
        if not person.share:
            found.append(Obstacle(Kind.NO_SHARE, person.id))
        if any(span.start < shift.end and shift.start < span.end for span in person.paused):
            found.append(Obstacle(Kind.PAUSED, person.id))
        if person.roles and place.role not in person.roles:
            found.append(Obstacle(Kind.OTHER_ROLE, person.id, role=place.role))
        blocked = thousandths(self.problem.blocks.get(person.id, ()), shift.start, shift.end)
        if blocked and not self.facts.accepted(place, person.id):
            found.append(Obstacle(Kind.BLOCKED, person.id, shift.start))
            self.prices[found[-1]] = 100 + round(9 * blocked / 10)
        if person.id in self.problem.excluded.get(slot, ()):
            found.append(Obstacle(Kind.RULED_OUT, person.id, slot.start, slot.role))
        return found

    def _lines(self) -> list[Line]:
        found = []
        for rule in rules_of(self.wide):
            obstacle = self._source(rule)
            if obstacle is None:
                continue
            most = rule.most + rule.excuse
            if obstacle.limit < 0 or self.is_never(obstacle):
                most = max(most, sum(factor for pick, factor in rule.picks.items() if pick in self.given))
            found.append(Line(rule.picks, most, obstacle))
        return found

    def _source(self, rule: Rule) -> Obstacle | None:
        people = {person for _, person in rule.picks}
        alone = next(iter(people)) if len(people) == 1 else ""
        if rule.about == "slot" or not people:
            return None
        if rule.about == "last":
            p = next(pick[0] for pick, factor in rule.picks.items() if factor > 0)
            place = self.facts.places[p]
            return None if p in self._holders else Obstacle(Kind.LAST, start=place.slot.start, role=place.role)
        if rule.source < 0:
            return Obstacle(Kind.AT_ONCE, alone)
        limit = self.problem.limits[rule.source]
        if isinstance(limit, Spread):
            return None
        return Obstacle(OF_LIMIT[type(limit)], alone if isinstance(limit, Rest | Most | Row) else "", limit=rule.source)


def _without_obstacles(facts: Facts) -> Facts:
    """The same places and limits, for people who may hold everything."""
    problem = facts.problem
    limits = tuple(
        limit if isinstance(limit, Spread) else replace(limit, strength=Strength.AVOID) for limit in problem.limits
    )
    free = Choice(0, 0, 0, 0, given=False)
    choices = {person.id: free for person in problem.people}
    return Facts(replace(problem, limits=limits), facts.places, tuple(choices for _ in facts.places), {}, {}, {}, ())
