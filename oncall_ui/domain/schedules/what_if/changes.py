"""What can be tried: a schedule as it would be. Every function returns the changed value and leaves its argument alone.

Participants are named by their ids. Somebody who isn't on the schedule yet has a negative one, theirs in the try.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from oncall_ui.domain.availability.window import start_of_day
from oncall_ui.domain.schedules.membership import Period, Terms, agreed, ended
from oncall_ui.domain.schedules.plan_format.spans import united
from oncall_ui.domain.schedules.planning.problem import Limit, Span

NEW_ROLE_PERCENT = 100


@dataclass(frozen=True, slots=True)
class Away:
    """Blocked on these days of the schedule's zone, `to_day` exclusive, beside what their calendars say."""

    participant: int
    from_day: date
    to_day: date


@dataclass(frozen=True, slots=True)
class Joins:
    """`member` None: somebody who has no account yet. `participant` is negative, or that of somebody who comes back."""

    participant: int
    member: int | None
    from_day: date
    share: int = 100


@dataclass(frozen=True, slots=True)
class Leaves:
    """Not on the schedule from that day on."""

    participant: int
    from_day: date


@dataclass(frozen=True, slots=True)
class ShareIs:
    """Another share, in percent, from that day on; everything else that is agreed stays."""

    participant: int
    from_day: date
    share: int


@dataclass(frozen=True, slots=True)
class PointsAre:
    """What a shift of each of these types counts."""

    points: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class LimitsAre:
    """These limits in place of those there are."""

    limits: tuple[Limit, ...]


@dataclass(frozen=True, slots=True)
class RoleAdded:
    """One role more, called last. It counts all points."""

    name: str


@dataclass(frozen=True, slots=True)
class RoleRemoved:
    """One role less."""

    name: str


Change: TypeAlias = Away | Joins | Leaves | ShareIs | PointsAre | LimitsAre | RoleAdded | RoleRemoved


@dataclass(frozen=True, slots=True)
class Entry:
    """A change that can be switched off without losing it."""

    change: Change
    is_on: bool = True


@dataclass(frozen=True, slots=True)
class Tried:
    """What a plan is computed with beside what is set. `is_free`: what is published may move without being counted.

    `seed` draws among equally good plans; None: the plan's number does.
    """

    entries: tuple[Entry, ...] = ()
    is_free: bool = False
    seed: int | None = None

    @property
    def changes(self) -> tuple[Change, ...]:
        """Those that are switched on, in the order in which they were added."""
        return tuple(entry.change for entry in self.entries if entry.is_on)

    @property
    def joining(self) -> tuple[Joins, ...]:
        """Those who aren't on the schedule at all yet."""
        return tuple(each for each in self.changes if isinstance(each, Joins) and each.participant < 0)

    @property
    def rest(self) -> "Tried":
        """What still counts in a draft once the settings are changed: leave, which is no setting."""
        return replace(self, entries=tuple(Entry(each) for each in self.changes if isinstance(each, Away)))


NOTHING_TRIED = Tried()


def periods_with(periods: Mapping[int, Sequence[Period]], changes: Iterable[Change]) -> dict[int, list[Period]]:
    """Participant id → what would be agreed."""
    found = {participant: list(theirs) for participant, theirs in periods.items()}
    for change in changes:
        match change:
            case Joins(participant, _, from_day, share):
                found[participant] = agreed(found.get(participant, ()), Period(from_day, None, Terms(share)))
            case Leaves(participant, from_day):
                found[participant] = ended(found.get(participant, ()), from_day)
            case ShareIs(participant, from_day, share):
                found[participant] = with_share(found.get(participant, ()), from_day, share)
    return {participant: theirs for participant, theirs in found.items() if theirs}


def with_share(periods: Sequence[Period], from_day: date, share: int) -> list[Period]:
    """The periods with this share from that day on."""
    found = list(periods)
    for period in periods:
        if period.to_day is None or period.to_day > from_day:
            terms = replace(period.terms, share=share)
            found = agreed(found, Period(max(period.from_day, from_day), period.to_day, terms))
    return found


def blocks_with(
    blocks: Mapping[str, tuple[Span, ...]], changes: Iterable[Change], zone: ZoneInfo
) -> dict[str, tuple[Span, ...]]:
    """Person → when they would be blocked. Days are those of the schedule's zone."""
    found = dict(blocks)
    for change in changes:
        if isinstance(change, Away):
            away = Span(start_of_day(change.from_day, zone), start_of_day(change.to_day, zone))
            person = str(change.participant)
            found[person] = united([*found.get(person, ()), away])
    return found


def points_with(points: Mapping[str, int], changes: Iterable[Change]) -> dict[str, int]:
    """Type → what a shift of it would count."""
    found = dict(points)
    for change in changes:
        if isinstance(change, PointsAre):
            found |= change.points
    return found


def limits_with(limits: tuple[Limit, ...], changes: Iterable[Change]) -> tuple[Limit, ...]:
    """The last ones that were tried."""
    for change in changes:
        if isinstance(change, LimitsAre):
            limits = change.limits
    return limits


def roles_with(roles: Sequence[Mapping[str, Any]], changes: Iterable[Change]) -> list[dict[str, Any]]:
    """Rows of `Schedule.roles`, in order of who would be called first."""
    found = [dict(role) for role in roles]
    for change in changes:
        if isinstance(change, RoleAdded) and change.name not in {role["name"] for role in found}:
            found.append({"name": change.name, "percent": NEW_ROLE_PERCENT})
        elif isinstance(change, RoleRemoved):
            found = [role for role in found if role["name"] != change.name]
    return found
