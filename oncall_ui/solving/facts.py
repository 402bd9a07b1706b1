"""What the model needs to know of a problem: slots, who may hold them, what each choice costs, what is due."""

import hashlib
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from oncall_ui.domain.schedules.planning.problem import FillKind, Person, Problem, Shift, Slot, Span, Strength, Task

_TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Place:
    """A wanted slot: `shift` is its place in the list of shifts, `points` what it counts in fairness."""

    shift: int
    role: str
    slot: Slot
    type: str
    points: Fraction
    gap: int


@dataclass(frozen=True, slots=True)
class Choice:
    """What one person on one slot costs. `blocked` and `unknown` are thousandths."""

    blocked: int
    block_cost: int
    unknown: int
    wish: int
    given: bool


@dataclass(frozen=True, slots=True)
class Facts:
    """`choices[p][m]` exists only where person m may hold place p, or is given it."""

    problem: Problem
    places: tuple[Place, ...]
    choices: tuple[Mapping[str, Choice], ...]
    buckets: Mapping[str, frozenset[int]]
    carried: Mapping[tuple[str, str], Fraction]
    due: Mapping[tuple[str, str], Fraction]
    shares: tuple[Mapping[str, Fraction], ...]

    def drawn(self) -> list[str]:
        """Everybody in an order that the seed draws, so that the alphabet doesn't decide between equals."""
        seed = self.problem.seed
        return sorted(
            (person.id for person in self.problem.people),
            key=lambda person: hashlib.sha256(f"{seed}:{person}".encode()).digest(),
        )

    def accepted(self, place: Place, person: str) -> bool:
        """Whether a repair takes this person's block on this place as agreed."""
        was = self.problem.published.get(place.slot)
        return self.problem.task is Task.REPAIR and was is not None and was.accepted and was.person == person


def facts_of(problem: Problem) -> Facts:
    """Everything the model needs, in the canonical order of the problem."""
    places = _places(problem)
    buckets = _buckets(problem, places)
    shares = tuple(
        {person.id: person.share for person in problem.people if owes(person, place.slot.start, place.role)}
        for place in places
    )
    due = _due(problem, places, buckets, shares)
    carried = {
        (person.id, bucket): _capped(problem, person.carried.get(bucket, Fraction(0)), due[person.id, bucket])
        for person in problem.people
        for bucket in buckets
    }
    reader = _Reader(problem)
    choices = tuple(reader.choices(place) for place in places)
    return Facts(problem, places, choices, buckets, carried, due, shares)


def thousandths(spans: Sequence[Span], start: datetime, end: datetime) -> int:
    """How much of [start, end) the spans cover, which are sorted and disjoint: 0 only where they don't touch it."""
    covered = timedelta(0)
    for span in spans[bisect_right(spans, start, key=_end) :]:
        if span.start >= end:
            break
        covered += min(span.end, end) - max(span.start, start)
    return max(1, _rounded(1000 * (covered // _TICK), (end - start) // _TICK)) if covered else 0


def _end(span: Span) -> datetime:
    return span.end


def _rounded(number: int, by: int) -> int:
    """`number / by` to the nearest whole number, ties to even."""
    whole, rest = divmod(number, by)
    return whole + (2 * rest > by or (2 * rest == by and whole % 2 == 1))


def _places(problem: Problem) -> tuple[Place, ...]:
    count = len(problem.roles)
    return tuple(
        Place(
            index,
            role,
            Slot(shift.start, role),
            shift.type,
            shift.points * problem.role_points.get(role, Fraction(1)),
            shift.points * 2 ** (count - 1 - rank),
        )
        for index, shift in enumerate(problem.shifts)
        for rank, role in enumerate(problem.roles)
        if shift.fills[role].kind is not FillKind.NOBODY
    )


def _buckets(problem: Problem, places: tuple[Place, ...]) -> dict[str, frozenset[int]]:
    named: list[tuple[str, frozenset[int]]] = [("all", frozenset(range(len(places))))]
    if problem.balance_roles:
        for role in sorted(problem.roles):
            named.append((f"role:{role}", frozenset(i for i, place in enumerate(places) if place.role == role)))
    for kind in sorted({place.type for place in places}):
        named.append((f"type:{kind}", frozenset(i for i, place in enumerate(places) if place.type == kind)))
    kept: dict[str, frozenset[int]] = {}
    for name, members in named:
        if members and members not in kept.values():
            kept[name] = members
    return kept


def owes(person: Person, at: datetime, role: str) -> bool:
    """Whether a slot of `role` that starts at `at` adds to what this person is due."""
    return (
        person.share > 0
        and (person.joined is None or person.joined <= at)
        and (person.left is None or at < person.left)
        and (not person.roles or role in person.roles)
        and not any(span.start <= at < span.end for span in person.paused)
    )


def _due(
    problem: Problem,
    places: tuple[Place, ...],
    buckets: Mapping[str, frozenset[int]],
    shares: tuple[Mapping[str, Fraction], ...],
) -> dict[tuple[str, str], Fraction]:
    """Places that weigh the same in the same buckets and are owed by the same people are counted once."""
    due = {(person.id, bucket): Fraction(0) for person in problem.people for bucket in buckets}
    inside = [tuple(name for name, members in buckets.items() if i in members) for i in range(len(places))]
    alike = Counter((inside[i], place.points, tuple(shares[i].items())) for i, place in enumerate(places))
    for (named, points, owing), count in alike.items():
        total = sum((share for _, share in owing), Fraction(0))
        for person, share in owing:
            owed = count * points * share / total
            for bucket in named:
                due[person, bucket] += owed
    return due


def _capped(problem: Problem, carried: Fraction, due: Fraction) -> Fraction:
    if problem.carry_cap is None:
        return carried
    most = problem.carry_cap * due
    return max(-most, min(most, carried))


class _Reader:
    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.wishes: dict[tuple[Slot, str], int] = {}
        for wish in problem.wishes:
            key = Slot(wish.start, wish.role), wish.person
            self.wishes[key] = self.wishes.get(key, 0) + wish.value
        self.spans: dict[tuple[int, str], tuple[int, int, int]] = {}

    def choices(self, place: Place) -> dict[str, Choice]:
        fixed = self.problem.fixed.get(place.slot) or self.frozen(place)
        found = {}
        for person in self.problem.people:
            if fixed is None or fixed == person.id:
                choice = self.choice(place, person, given=fixed is not None)
                if choice is not None:
                    found[person.id] = choice
        return found

    def frozen(self, place: Place) -> str | None:
        """Who keeps a frozen slot in a repair: its person, where that person still may."""
        was = self.problem.published.get(place.slot)
        if self.problem.task is not Task.REPAIR or was is None or not was.frozen:
            return None
        person = next(person for person in self.problem.people if person.id == was.person)
        return was.person if self.choice(place, person, given=False) is not None else None

    def choice(self, place: Place, person: Person, *, given: bool) -> Choice | None:
        shift = self.problem.shifts[place.shift]
        if not given and not self.may_hold(place, shift, person):
            return None
        blocked, unknown, preferred = self.read(place.shift, shift, person.id)
        was = self.problem.published.get(place.slot)
        agreed = self.problem.task is Task.REPAIR and was is not None and was.accepted and was.person == person.id
        if blocked and self.problem.block_strength is Strength.NEVER and not given and not agreed:
            return None
        wish = 0 if blocked or not preferred else max(1, _rounded(preferred, 100))
        wish += self.wishes.get((place.slot, person.id), 0)
        cost = 100 + _rounded(9 * blocked, 10) if blocked and not agreed else 0
        return Choice(blocked, cost, unknown, wish, given)

    def read(self, index: int, shift: Shift, person: str) -> tuple[int, int, int]:
        key = index, person
        if key not in self.spans:
            problem = self.problem
            self.spans[key] = (
                thousandths(problem.blocks.get(person, ()), shift.start, shift.end),
                thousandths(problem.unknown.get(person, ()), shift.start, shift.end),
                thousandths(problem.preferences.get(person, ()), shift.start, shift.end),
            )
        return self.spans[key]

    def may_hold(self, place: Place, shift: Shift, person: Person) -> bool:
        return (
            person.share > 0
            and (person.joined is None or person.joined <= shift.start)
            and (person.left is None or shift.end <= person.left)
            and (not person.roles or place.role in person.roles)
            and person.id not in self.problem.excluded.get(place.slot, ())
            and not any(span.start < shift.end and shift.start < span.end for span in person.paused)
        )
