"""Counts a finished roster from the problem alone. It shares no code with the model, so that neither hides an error."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from fractions import Fraction
from functools import cached_property
from itertools import combinations

from oncall_ui.domain.schedules.planning import problem as given
from oncall_ui.domain.schedules.planning.problem import Problem, Slot, Strength
from oncall_ui.domain.schedules.planning.result import Stage

Roster = Mapping[Slot, str]
"""Who holds which slot. A slot that isn't in it is empty."""


class Judge:
    """Recounts rosters of one problem."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.shift = {shift.start: shift for shift in problem.shifts}
        self.people = {person.id: person for person in problem.people}
        self.wanted = [
            Slot(shift.start, role)
            for shift in problem.shifts
            for role in problem.roles
            if shift.fills[role].kind is not given.FillKind.NOBODY
        ]
        self.repair = problem.task is given.Task.REPAIR
        self.parts: dict[tuple[datetime, str], tuple[int, int, int]] = {}

    def count(self, roster: Roster) -> dict[Stage, Fraction]:
        """The value of every stage."""
        return {
            Stage.GAPS: Fraction(self._gaps(roster)),
            Stage.BLOCKS: Fraction(self._blocks(roster)),
            Stage.LIMITS: Fraction(sum(self.broken_by(limit, roster, Strength.AVOID) for limit in self.problem.limits)),
            Stage.CHANGES: Fraction(
                sum(was.weight for slot, was in self.problem.published.items() if roster.get(slot) != was.person)
            ),
            Stage.FAIRNESS: self._fairness(roster),
            Stage.WISHES: -Fraction(sum(self.wish(slot, person) for slot, person in roster.items())),
            Stage.COMFORT: Fraction(self._comfort(roster)),
        }

    def broken_limits(self, roster: Roster) -> dict[given.FirmLimit, int]:
        """How often each limit is broken, those that must never be, too. Spreading shifts out breaks nothing."""
        limits = [limit for limit in self.problem.limits if not isinstance(limit, given.Spread)]
        return {limit: self.broken_by(limit, roster, limit.strength) for limit in limits}

    def part(self, start: datetime, person: str) -> tuple[int, int, int]:
        """Thousandths of the shift that are blocked, unknown and preferred."""
        if (start, person) not in self.parts:
            shift = self.shift[start]
            found = []
            for spans in (self.problem.blocks, self.problem.unknown, self.problem.preferences):
                inside = [
                    (min(shift.end, span.end) - max(shift.start, span.start)) / timedelta(seconds=1)
                    for span in spans.get(person, ())
                    if span.start < shift.end and span.end > shift.start
                ]
                whole = (shift.end - shift.start) / timedelta(seconds=1)
                found.append(max(1, round(Fraction(sum(inside)) * 1000 / Fraction(whole))) if inside else 0)
            self.parts[start, person] = found[0], found[1], found[2]
        return self.parts[start, person]

    def wish(self, slot: Slot, person: str) -> int:
        """What the holder of a slot would give for it."""
        blocked, _, preferred = self.part(slot.start, person)
        own = self._wished[slot.start, slot.role, person]
        return own if blocked or not preferred else own + max(1, round(Fraction(preferred, 100)))

    @cached_property
    def _wished(self) -> Counter[tuple[datetime, str, str]]:
        total: Counter[tuple[datetime, str, str]] = Counter()
        for wish in self.problem.wishes:
            total[wish.start, wish.role, wish.person] += wish.value
        return total

    def agreed(self, slot: Slot, person: str) -> bool:
        """Whether this slot was published for this person and accepted, which a repair respects."""
        was = self.problem.published.get(slot)
        return self.repair and was is not None and was.accepted and was.person == person

    def _gaps(self, roster: Roster) -> int:
        ranks = {role: len(self.problem.roles) - 1 - place for place, role in enumerate(self.problem.roles)}
        return sum(self.shift[slot.start].points << ranks[slot.role] for slot in self.wanted if slot not in roster)

    def _blocks(self, roster: Roster) -> int:
        total = 0
        for slot, person in roster.items():
            blocked = self.part(slot.start, person)[0]
            if blocked and not self.agreed(slot, person):
                total += 100 + round(Fraction(9, 10) * blocked)
        return total

    def _comfort(self, roster: Roster) -> int:
        unknown = sum(1 for slot, person in roster.items() if self.part(slot.start, person)[1])
        spreads = [limit for limit in self.problem.limits if isinstance(limit, given.Spread)]
        return unknown + sum(self.broken_by(limit, roster, None) for limit in spreads)

    def _spans(self, person: str, roster: Roster) -> list[tuple[datetime, datetime, bool, bool, str]]:
        """Start, end, held before, agreed, type: everything of a person, once for each shift."""
        mine = [
            (slot.start, self.shift[slot.start].end, False, self.agreed(slot, person), self.shift[slot.start].type)
            for slot, holder in roster.items()
            if holder == person
        ]
        old = [(h.start, h.end, True, True, h.type) for h in self.problem.held if h.person == person]
        return sorted({*mine, *old})

    def broken_by(self, limit: given.Limit, roster: Roster, strength: Strength | None) -> int:
        """What a limit of this strength counts, and 0 for one of another. `spread` has None."""
        if getattr(limit, "strength", None) is not strength:
            return 0
        if isinstance(limit, given.Group):
            return self._group(limit, roster)
        if isinstance(limit, given.Apart):
            return self._apart(limit, roster)
        total = 0
        for person in self.people:
            if limit.people and person not in limit.people:
                continue
            mine = self._spans(person, roster)
            if isinstance(limit, given.Rest | given.Spread):
                total += self._pairs(limit, mine)
            elif isinstance(limit, given.Most):
                total += self._most(limit, mine)
            else:
                total += self._row(limit, mine)
        return total

    def _pairs(self, limit: given.Rest | given.Spread, mine: list[tuple[datetime, datetime, bool, bool, str]]) -> int:
        total = 0
        rest = isinstance(limit, given.Rest)
        for one, two in combinations(mine, 2):
            near = two[0] - (one[1] if rest else one[0]) < limit.gap
            total += near and not (one[2] and two[2]) and not (rest and self.repair and one[3] and two[3])
        return total

    def _most(self, limit: given.Most, mine: list[tuple[datetime, datetime, bool, bool, str]]) -> int:
        planned = {self._window(limit, s.start) for s in self.problem.shifts if not limit.type or s.type == limit.type}
        had: Counter[object] = Counter()
        agreed: Counter[object] = Counter()
        for start, kind, ok in {(start, kind, ok) for start, _, _, ok, kind in mine}:
            if not limit.type or kind == limit.type:
                had[self._window(limit, start)] += 1
                agreed[self._window(limit, start)] += ok
        return sum(max(0, count - limit.count) for window, count in had.items() if window in planned) - sum(
            max(0, count - limit.count) for window, count in agreed.items() if self.repair and window in planned
        )

    def _window(self, limit: given.Most, at: datetime) -> object:
        day = at.astimezone(self.problem.zone).date()
        if limit.per is given.Per.WEEK:
            return day.isocalendar()[:2]
        return (day.year, day.month) if limit.per is given.Per.MONTH else (day - self.problem.start).days // limit.days

    def _row(self, limit: given.Row, mine: list[tuple[datetime, datetime, bool, bool, str]]) -> int:
        first = self.problem.shifts[0].start
        starts = sorted({h.start for h in self.problem.held if h.start < first} | set(self.shift))
        have = {one[0]: one for one in mine}
        total = 0
        for place in range(len(starts) - limit.count):
            run = starts[place : place + limit.count + 1]
            if all(start in have for start in run) and any(not have[start][2] for start in run):
                total += not (self.repair and all(have[start][3] for start in run))
        return total

    def _apart(self, limit: given.Apart, roster: Roster) -> int:
        total = 0
        spans = {person: self._spans(person, roster) for person in limit.people}
        for at in self.shift:
            on = [next((s for s in spans[person] if s[0] <= at < s[1]), None) for person in limit.people]
            both = [one for one in on if one is not None]
            if len(both) == 2 and not all(one[2] for one in both):
                total += not (self.repair and all(one[3] for one in both))
        return total

    def _group(self, limit: given.Group, roster: Roster) -> int:
        total = 0
        for at in self.shift:
            here = [slot for slot in self.wanted if slot.start == at]
            holders = [roster[slot] for slot in here if slot in roster]
            agreed = len(holders) == len(here) and all(self.agreed(slot, roster[slot]) for slot in here)
            total += not limit.people.intersection(holders) and not agreed
        return total

    def _fairness(self, roster: Roster) -> Fraction:
        return sum(
            ((self._half(carried - due) + done) ** 2 for due, done, carried in self.accounts(roster).values()),
            Fraction(0),
        )

    @staticmethod
    def _half(value: Fraction) -> Fraction:
        return Fraction(round(value * 2)) / 2

    def accounts(self, roster: Roster) -> dict[tuple[str, str], tuple[Fraction, Fraction, Fraction]]:
        """Due, done and carried of each person in each bucket."""
        found = {}
        for bucket, slots in self.buckets.items():
            done: dict[str, Fraction] = {}
            for slot in slots:
                if (holder := roster.get(slot)) is not None:
                    done[holder] = done.get(holder, Fraction(0)) + self._points(slot)
            for person in self.people.values():
                due = self.dues[person.id, bucket]
                carried = person.carried.get(bucket, Fraction(0))
                if self.problem.carry_cap is not None:
                    cap = self.problem.carry_cap * due
                    carried = min(cap, max(-cap, carried))
                found[person.id, bucket] = due, done.get(person.id, Fraction(0)), carried
        return found

    def _points(self, slot: Slot) -> Fraction:
        return self.shift[slot.start].points * self.problem.role_points.get(slot.role, Fraction(1))

    @cached_property
    def dues(self) -> dict[tuple[str, str], Fraction]:
        """What each person is due in each bucket, whatever the roster."""
        found = {(person, bucket): Fraction(0) for person in self.people for bucket in self.buckets}
        owed = {slot: tuple(self._owed(slot).items()) for slot in self.wanted}
        for bucket, slots in self.buckets.items():
            for shares, count in Counter(owed[slot] for slot in slots).items():
                for person, points in shares:
                    found[person, bucket] += count * points
        return found

    @cached_property
    def buckets(self) -> dict[str, list[Slot]]:
        """The slots of each bucket that is kept."""
        found: dict[str, list[Slot]] = {"all": self.wanted}
        for role in sorted(self.problem.roles) if self.problem.balance_roles else ():
            found[f"role:{role}"] = [slot for slot in self.wanted if slot.role == role]
        for kind in sorted({self.shift[slot.start].type for slot in self.wanted}):
            found[f"type:{kind}"] = [slot for slot in self.wanted if self.shift[slot.start].type == kind]
        seen: list[list[Slot]] = []
        for name, slots in list(found.items()):
            if not slots or slots in seen:
                del found[name]
            seen.append(slots)
        return found

    def _owed(self, slot: Slot) -> dict[str, Fraction]:
        shares = self._shares(slot)
        points, total = self._points(slot), sum(shares.values())
        return {person: points * share / total for person, share in shares.items()}

    def _shares(self, slot: Slot) -> dict[str, Fraction]:
        at = slot.start
        return {
            person.id: person.share
            for person in self.people.values()
            if person.share
            and not (person.joined and at < person.joined)
            and not (person.left and person.left <= at)
            and not any(span.start <= at < span.end for span in person.paused)
            and (slot.role in person.roles or not person.roles)
        }
