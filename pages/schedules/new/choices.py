"""What is chosen on /schedules/new, until the draft is created."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

from oncall_ui.domain.availability.day_grid import monday_of
from oncall_ui.domain.schedules.problem import (
    NOBODY,
    Filler,
    FillKind,
    LaterStage,
    Limit,
    Most,
    Per,
    Rest,
    Row,
    Spread,
    Strength,
)
from oncall_ui.domain.schedules.ready_made import READY_MADE, ReadyMade
from oncall_ui.domain.schedules.rules import USUAL_POINTS, Rule
from oncall_ui.domain.schedules.shifts import Pattern

WEEKS, LEAST_WEEKS, MOST_WEEKS = 12, 4, 52
AHEAD = timedelta(days=7)
"""A new draft begins on the first Monday at least this far ahead."""
TWO_ROLES, ONE_ROLE = ("primary", "secondary"), ("primary",)


@dataclass(frozen=True, slots=True)
class LimitChoice:
    """One sentence of the step Priorities: whether it applies, its number, and how strictly."""

    is_on: bool
    number: int
    strength: Strength = Strength.AVOID


@dataclass(frozen=True, slots=True)
class Choices:
    """Everything the three steps ask for. Each change makes a new value."""

    name: str
    zone: ZoneInfo
    start: date
    shares: Mapping[int, int]
    """Member id → share in percent, of those who are on call."""
    weeks: int = WEEKS
    roles: tuple[str, ...] = TWO_ROLES
    rules: tuple[Rule, ...] = ()
    ready_made: str = ""
    """The key of the ready-made set the rules are, until one of them is changed."""
    blocks: Strength = Strength.AVOID
    needs_fresh: bool = False
    points: Mapping[str, int] = field(default_factory=lambda: dict(USUAL_POINTS))
    order: tuple[LaterStage, ...] = tuple(LaterStage)
    skipped: frozenset[LaterStage] = frozenset()
    rest: LimitChoice = LimitChoice(False, 11)
    most: LimitChoice = LimitChoice(False, 2)
    row: LimitChoice = LimitChoice(True, 1)
    spread: LimitChoice = LimitChoice(True, 96)

    @property
    def end(self) -> date:
        return self.start + timedelta(weeks=self.weeks)

    @property
    def limits(self) -> tuple[Limit, ...]:
        """Those that are switched on."""
        found: list[tuple[bool, Limit]] = [
            (self.rest.is_on, Rest(timedelta(hours=self.rest.number), self.rest.strength)),
            (self.most.is_on, Most(self.most.number, Per.WEEK, strength=self.most.strength)),
            (self.row.is_on, Row(self.row.number, self.row.strength)),
            (self.spread.is_on, Spread(timedelta(hours=self.spread.number))),
        ]
        return tuple(limit for is_on, limit in found if is_on)

    @property
    def stages(self) -> tuple[LaterStage, ...]:
        """The priorities in order, without those that are switched off."""
        return tuple(stage for stage in self.order if stage not in self.skipped)

    def pattern(self, holidays: Mapping[date, str]) -> Pattern:
        """What the shifts follow from."""
        return Pattern(self.zone, self.roles, self.rules, self.start, points=self.points, holidays=frozenset(holidays))

    def with_set(self, chosen: ReadyMade) -> "Choices":
        """The rules of a ready-made set in place of the present ones."""
        return replace(self, rules=chosen.rules(self.roles), ready_made=chosen.key)

    def with_roles(self, roles: tuple[str, ...]) -> "Choices":
        """Rules that are time off stay so in every role; all others lose what was said about a role that is gone."""
        rules = tuple(replace(rule, fills=_fills(rule, roles)) for rule in self.rules)
        return replace(self, roles=roles, rules=rules)


def first_choices(name: str, zone: ZoneInfo, today: date, members: Mapping[int, int]) -> Choices:
    """The usual: one set of weekly shifts, everybody with a full share."""
    soonest = today + AHEAD
    monday = monday_of(soonest)
    start = monday if monday == soonest else monday + timedelta(days=7)
    return Choices(name, zone, start, dict(members)).with_set(READY_MADE[0])


def is_off(rule: Rule) -> bool:
    """Whether the rule begins time for which nobody is wanted."""
    return bool(rule.fills) and all(filler.kind is FillKind.NOBODY for filler in rule.fills.values())


def new_rule(days: frozenset[int], at: time) -> Rule:
    return Rule(days, at)


def _fills(rule: Rule, roles: tuple[str, ...]) -> dict[str, Filler]:
    if is_off(rule):
        return dict.fromkeys(roles, NOBODY)
    return {role: filler for role, filler in rule.fills.items() if role in roles}
