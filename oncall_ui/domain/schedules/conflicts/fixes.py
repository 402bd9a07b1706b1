"""A way to repair a published plan: which slots change hands, and what that comes to beside what is published."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction

from oncall_ui.domain.schedules.planning.judge import Judge, Roster
from oncall_ui.domain.schedules.planning.problem import FirmLimit, Problem, Slot
from oncall_ui.domain.schedules.planning.result import Stage, StageResult

ALL = "all"


@dataclass(frozen=True, slots=True)
class Move:
    """A slot that changes hands. None: nobody has it, or will. `blocked` is the part of it in which the new holder is,
    in thousandths.
    """

    slot: Slot
    before: str | None
    after: str | None
    blocked: int = 0


@dataclass(frozen=True, slots=True)
class RepairFix:
    """One fix. `moves` are by time, `stages` in the order of a repair.

    `left` are the slots that needed a change and keep their holder, because nobody else can. `broken` is how much more
    often each limit is broken than now, only where that differs. `off` is how many points the one furthest from their
    share is off it, now and then; `wishes` how many slots their holder prefers, now and then.
    """

    moves: tuple[Move, ...]
    stages: tuple[StageResult, ...]
    left: tuple[Slot, ...]
    broken: Mapping[FirmLimit, int]
    off: tuple[Fraction, Fraction]
    wishes: tuple[int, int]

    def value(self, stage: Stage) -> Fraction:
        return next(each.value for each in self.stages if each.name is stage)

    def is_proved(self, stage: Stage) -> bool:
        return next(each.proved for each in self.stages if each.name is stage)

    @property
    def people(self) -> frozenset[str]:
        """Everybody who gains or loses a slot."""
        return frozenset(who for move in self.moves for who in (move.before, move.after) if who is not None)


class FixCounter:
    """Of one problem, whose published slots are held as `before` says; `needed` are those that need a change."""

    def __init__(self, problem: Problem, before: Roster, needed: Collection[Slot]) -> None:
        self._judge, self._before, self._needed = Judge(problem), before, needed
        self._broken = self._judge.broken_limits(before)

    def fix(self, after: Roster, stages: tuple[StageResult, ...]) -> RepairFix:
        slots = sorted(self._before.keys() | after.keys(), key=lambda slot: (slot.start, slot.role))
        changed = [slot for slot in slots if self._before.get(slot) != after.get(slot)]
        broken = self._judge.broken_limits(after)
        return RepairFix(
            moves=tuple(self._move(slot, after.get(slot)) for slot in changed),
            stages=stages,
            left=tuple(slot for slot in sorted(self._needed, key=_order) if self._before.get(slot) == after.get(slot)),
            broken={
                limit: number - self._broken[limit] for limit, number in broken.items() if number != self._broken[limit]
            },
            off=(self._off(self._before), self._off(after)),
            wishes=(self._wishes(self._before), self._wishes(after)),
        )

    def _move(self, slot: Slot, after: str | None) -> Move:
        blocked = self._judge.part(slot.start, after)[0] if after else 0
        return Move(slot, self._before.get(slot), after, blocked)

    def _off(self, roster: Roster) -> Fraction:
        accounts = self._judge.accounts(roster).items()
        return max(
            (abs(carried + done - due) for (_, bucket), (due, done, carried) in accounts if bucket == ALL),
            default=Fraction(0),
        )

    def _wishes(self, roster: Roster) -> int:
        return sum(self._judge.wish(slot, person) > 0 for slot, person in roster.items())


def _order(slot: Slot) -> tuple[object, ...]:
    return slot.start, slot.role
