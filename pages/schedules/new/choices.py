"""What is chosen on /schedules/new, until the draft is created."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

from oncall_ui.domain.availability.day_grid import monday_of
from oncall_ui.domain.schedules.membership import Period, Terms
from oncall_ui.domain.schedules.planning.problem import (
    DEFAULT_ORDER,
    NOBODY,
    Apart,
    Filler,
    FillKind,
    LaterStage,
    Limit,
    Row,
    Spread,
    Strength,
)
from oncall_ui.domain.schedules.shifts.from_rules import Pattern
from oncall_ui.domain.schedules.shifts.ready_made import READY_MADE, Office, ReadyMade, follow_the_sun
from oncall_ui.domain.schedules.shifts.rules import USUAL_POINTS, OneOff, Rule

WEEKS, LEAST_WEEKS, MOST_WEEKS = 12, 4, 52
AHEAD = timedelta(days=7)
"""A new draft begins on the first Monday at least this far ahead."""
TWO_ROLES: Mapping[str, int] = {"primary": 100, "secondary": 100}
USUAL_LIMITS: tuple[Limit, ...] = (Row(1), Spread(timedelta(hours=96)))
SUN = "follow_the_sun"
"""The key of the ready-made set that asks for offices."""
BEGINS = time(9)


@dataclass(frozen=True, slots=True)
class Agreed:
    """What is agreed with one person. Days are inclusive; None: from the start, without an end, not paused."""

    terms: Terms = field(default_factory=Terms)
    joins: date | None = None
    leaves: date | None = None
    """The last day."""
    paused: tuple[date, date] | None = None

    def periods(self, start: date) -> tuple[Period, ...]:
        """For a schedule that starts on that day, in the order in which they are agreed."""
        day = timedelta(days=1)
        begins, last = max(start, self.joins or start), self.leaves or date.max - day
        found = [Period(begins, self.leaves + day if self.leaves else None, self.terms)]
        if self.paused and max(begins, self.paused[0]) <= min(last, self.paused[1]):
            until = min(last, self.paused[1]) + day
            found.append(Period(max(begins, self.paused[0]), until, replace(self.terms, is_paused=True)))
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Choices:
    """Everything the three steps ask for. Each change makes a new value. People are member ids, in fillers as text."""

    name: str
    zone: ZoneInfo
    start: date
    people: Mapping[int, Agreed]
    """Those who are on call."""
    weeks: int = WEEKS
    roles: Mapping[str, int] = field(default_factory=lambda: dict(TWO_ROLES))
    """Name → percentage of a shift's points, in order of who is called first."""
    rules: tuple[Rule, ...] = ()
    one_offs: tuple[OneOff, ...] = ()
    ready_made: str = ""
    """The key of the ready-made set the rules are, until one of them is changed."""
    offices: tuple[Office, ...] = ()
    country: str = ""
    region: str = ""
    holidays: Mapping[date, str] = field(default_factory=dict)
    blocks: Strength = Strength.AVOID
    needs_fresh: bool = False
    points: Mapping[str, int] = field(default_factory=lambda: dict(USUAL_POINTS))
    stages: tuple[LaterStage, ...] = DEFAULT_ORDER
    """The priorities in order, without those that are switched off."""
    limits: tuple[Limit, ...] = USUAL_LIMITS

    @property
    def end(self) -> date:
        return self.start + timedelta(weeks=self.weeks)

    @property
    def is_sun(self) -> bool:
        """Whether the shifts follow the offices."""
        return self.ready_made == SUN

    @property
    def types(self) -> set[str]:
        """Those that rules name."""
        found = [rule.type for rule in self.rules] + [one_off.type for one_off in self.one_offs]
        return {each for each in found if each}

    def pattern(self) -> Pattern:
        """What the shifts follow from."""
        roles, holidays = tuple(self.roles), frozenset(self.holidays)
        return Pattern(self.zone, roles, self.rules, self.start, self.one_offs, self.points, holidays)

    def with_set(self, chosen: ReadyMade) -> "Choices":
        """The rules of a ready-made set in place of the present ones."""
        now = replace(self, rules=chosen.rules(tuple(self.roles)), ready_made=chosen.key)
        return now.with_offices(self.offices or _usual_offices(self.zone)) if chosen.key == SUN else now

    def with_offices(self, offices: Sequence[Office]) -> "Choices":
        """Shifts that follow the sun around these offices."""
        rules = follow_the_sun(self.zone, offices, self.start)
        return replace(self, offices=tuple(offices), rules=rules, ready_made=SUN)

    def with_roles(self, roles: Mapping[str, int], renamed: Mapping[str, str]) -> "Choices":
        """Rules that are time off stay so in every role; all others lose what was said about a role that is gone."""
        rules = tuple(replace(rule, fills=_fills(rule.fills, roles, renamed)) for rule in self.rules)
        one_offs = tuple(replace(each, fills=_fills(each.fills, roles, renamed)) for each in self.one_offs)
        people = {key: _with_roles(agreed, roles, renamed) for key, agreed in self.people.items()}
        return replace(self, roles=dict(roles), rules=rules, one_offs=one_offs, people=people)

    def with_people(self, people: Mapping[int, Agreed]) -> "Choices":
        """Shifts of somebody who isn't on the schedule any more go to the best; limits lose them, too."""
        ids = {str(member) for member in people}
        rules = tuple(replace(rule, fills=_of(rule.fills, ids)) for rule in self.rules)
        one_offs = tuple(replace(each, fills=_of(each.fills, ids)) for each in self.one_offs)
        limits = tuple(now for limit in self.limits if (now := _limit_of(limit, ids)) is not None)
        return replace(self, people=dict(people), rules=rules, one_offs=one_offs, limits=limits)


def first_choices(name: str, zone: ZoneInfo, today: date, members: Sequence[int]) -> Choices:
    """The usual: one set of weekly shifts, everybody with a full share."""
    soonest = today + AHEAD
    monday = monday_of(soonest)
    start = monday if monday == soonest else monday + timedelta(days=7)
    return Choices(name, zone, start, {member: Agreed() for member in members}).with_set(READY_MADE[0])


def _usual_offices(zone: ZoneInfo) -> tuple[Office, ...]:
    far = ZoneInfo("America/New_York" if zone.key != "America/New_York" else "Europe/London")
    return Office(zone, BEGINS), Office(far, BEGINS)


def _fills(fills: Mapping[str, Filler], roles: Mapping[str, int], renamed: Mapping[str, str]) -> dict[str, Filler]:
    if fills and all(filler.kind is FillKind.NOBODY for filler in fills.values()):
        return dict.fromkeys(roles, NOBODY)
    found = {}
    for role, filler in fills.items():
        name = renamed.get(filler.name, filler.name) if filler.kind is FillKind.LAST else filler.name
        now = renamed.get(role, role)
        if now in roles and (filler.kind is not FillKind.LAST or name in roles):
            found[now] = Filler(filler.kind, name)
    return found


def _with_roles(agreed: Agreed, roles: Mapping[str, int], renamed: Mapping[str, str]) -> Agreed:
    held = frozenset(renamed.get(role, role) for role in agreed.terms.roles)
    return replace(agreed, terms=replace(agreed.terms, roles=held & set(roles)))


def _of(fills: Mapping[str, Filler], ids: set[str]) -> dict[str, Filler]:
    return {role: each for role, each in fills.items() if each.kind is not FillKind.PERSON or each.name in ids}


def _limit_of(limit: Limit, ids: set[str]) -> Limit | None:
    """None where it was about those people only."""
    if not limit.people or limit.people <= ids:
        return limit
    people = limit.people & ids
    return replace(limit, people=people) if people and not isinstance(limit, Apart) else None
