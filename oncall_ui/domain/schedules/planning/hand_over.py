"""What it would cost if one slot changed hands and everything else stayed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from fractions import Fraction
from typing import TypeVar

from oncall_ui.domain.schedules.planning.judge import Judge
from oncall_ui.domain.schedules.planning.problem import FirmLimit, Problem, Slot, Strength
from oncall_ui.domain.schedules.planning.result import Stage

Roster = Mapping[Slot, str]


class Hindrance(StrEnum):
    """Why somebody shouldn’t or can’t hold a slot, apart from what it costs."""

    AT_ONCE = "at_once"
    """Has another slot at the same time. Nobody can change that."""
    NOT_THERE = "not_there"
    """Not on the schedule for the whole shift."""
    PAUSED = "paused"
    NO_SHARE = "no_share"
    OTHER_ROLE = "other_role"
    RULED_OUT = "ruled_out"
    BLOCKED = "blocked"
    """For some of the shift, where the schedule never bends blocks."""
    LIMIT = "limit"
    """It would break a limit that is never to be broken."""


@dataclass(frozen=True, slots=True)
class Price:
    """`changes` are the stages that would change, by how much; more is worse. `person` None: the slot left empty.

    `apart` is how many points everybody together would be further from their shares, by bucket; below zero: closer.
    `broken` is how much more often each limit would be broken. Both have only what would change.
    """

    person: str | None
    changes: Mapping[Stage, Fraction]
    blocked: int = 0
    unknown: int = 0
    wish: int = 0
    hindrances: tuple[Hindrance, ...] = ()
    apart: Mapping[str, Fraction] = field(default_factory=dict)
    broken: Mapping[FirmLimit, int] = field(default_factory=dict)

    @property
    def is_possible(self) -> bool:
        return Hindrance.AT_ONCE not in self.hindrances


def price_of(problem: Problem, roster: Roster, slot: Slot, person: str | None) -> Price:
    """As counted by the judge. `slot` is a wanted one, `person` one of the problem or None."""
    return _Counter(problem, roster, slot).price(person)


def prices_of(problem: Problem, roster: Roster, slot: Slot) -> tuple[Price, ...]:
    """Of everybody but the holder: who could first, then the cheapest in the order of the stages."""
    counter = _Counter(problem, roster, slot)
    found = [counter.price(person.id) for person in problem.people if person.id != roster.get(slot)]
    return tuple(sorted(found, key=_rank))


def hindrances_of(problem: Problem, slot: Slot, person: str) -> tuple[Hindrance, ...]:
    """Why somebody shouldn’t or can’t hold a slot, no matter who has the others."""
    judge = Judge(problem)
    return tuple(_hindrances(problem, judge, {}, slot, person))


def recounted(problem: Problem, roster: Roster) -> dict[Stage, Fraction]:
    """The value of every stage."""
    return Judge(problem).count(roster)


class _Counter:
    def __init__(self, problem: Problem, roster: Roster, slot: Slot) -> None:
        self._problem, self._roster, self._slot = problem, roster, slot
        self._judge = Judge(problem)
        self._now, self._apart, self._broken = (
            self._judge.count(roster),
            self._apart_in(roster),
            self._judge.broken_limits(roster),
        )

    def price(self, person: str | None) -> Price:
        left = {slot: holder for slot, holder in self._roster.items() if slot != self._slot}
        roster = left | {self._slot: person} if person else left
        found = Price(
            person,
            _changed(self._now, self._judge.count(roster)),
            apart=_changed(self._apart, self._apart_in(roster)),
            broken=_changed(self._broken, self._judge.broken_limits(roster)),
        )
        if person is None:
            return found
        blocked, unknown, _ = self._judge.part(self._slot.start, person)
        hindrances = [*_hindrances(self._problem, self._judge, self._roster, self._slot, person)]
        if any(times > 0 and limit.strength is Strength.NEVER for limit, times in found.broken.items()):
            hindrances.append(Hindrance.LIMIT)
        wish = self._judge.wish(self._slot, person)
        return replace(found, blocked=blocked, unknown=unknown, wish=wish, hindrances=tuple(hindrances))

    def _apart_in(self, roster: Roster) -> dict[str, Fraction]:
        """Bucket → the points that would have to change hands for everybody to have their share."""
        found: dict[str, Fraction] = {}
        for (_, bucket), (due, done, carried) in self._judge.accounts(roster).items():
            found[bucket] = found.get(bucket, Fraction(0)) + abs(carried + done - due) / 2
        return found


def _hindrances(problem: Problem, judge: Judge, roster: Roster, slot: Slot, name: str) -> Iterator[Hindrance]:
    shift, person = judge.shift[slot.start], judge.people[name]
    others = [judge.shift[other.start] for other, who in roster.items() if who == name and other != slot]
    if any(other.start < shift.end and other.end > shift.start for other in others):
        yield Hindrance.AT_ONCE
    if (person.joined and person.joined > shift.start) or (person.left and person.left < shift.end):
        yield Hindrance.NOT_THERE
    if any(span.start < shift.end and span.end > shift.start for span in person.paused):
        yield Hindrance.PAUSED
    if not person.share:
        yield Hindrance.NO_SHARE
    if person.roles and slot.role not in person.roles:
        yield Hindrance.OTHER_ROLE
    if name in problem.excluded.get(slot, ()):
        yield Hindrance.RULED_OUT
    if judge.part(slot.start, name)[0] and problem.block_strength is Strength.NEVER:
        yield Hindrance.BLOCKED


Key = TypeVar("Key")
Number = TypeVar("Number", int, Fraction)


def _changed(before: Mapping[Key, Number], after: Mapping[Key, Number]) -> dict[Key, Number]:
    return {key: value - before[key] for key, value in after.items() if value != before[key]}


ORDER = tuple(Stage)


def _rank(price: Price) -> tuple[int, list[Fraction], str]:
    return len(price.hindrances), [price.changes.get(stage, Fraction(0)) for stage in ORDER], price.person or ""
