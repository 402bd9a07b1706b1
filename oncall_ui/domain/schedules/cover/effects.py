"""What it would mean for each of those who get a slot if published slots changed hands together."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from oncall_ui.domain.schedules.planning.fact_words import limit_words
from oncall_ui.domain.schedules.planning.hand_over import Hindrance, Roster, hindrances_of
from oncall_ui.domain.schedules.planning.judge import Judge
from oncall_ui.domain.schedules.planning.problem import FirmLimit, Group, Problem, Slot, Strength


@dataclass(frozen=True, slots=True)
class Effect:
    """Of one slot and who gets it. `broken` is how often each limit would be broken that isn’t without it."""

    slot: Slot
    person: str
    blocked: int
    """Thousandths of the slot."""
    hindrances: tuple[Hindrance, ...]
    broken: Mapping[FirmLimit, int]

    @property
    def is_refused(self) -> bool:
        """Whether it breaks what never bends: an own rule, a block or a limit of that kind, two places at once."""
        return bool(self.hindrances) or any(limit.strength is Strength.NEVER for limit in self.broken)

    @property
    def is_free(self) -> bool:
        """Whether nothing at all speaks against it."""
        return not self.is_refused and not self.blocked and not self.broken

    @property
    def never(self) -> tuple[str, ...]:
        """The limits it breaks that never bend, in words."""
        return tuple(
            limit_words(limit, times) for limit, times in self.broken.items() if limit.strength is Strength.NEVER
        )

    def words(self) -> tuple[str, ...]:
        """The limits it breaks: `1 short rest`."""
        return tuple(limit_words(limit, times) for limit, times in self.broken.items())


def effects_of(problem: Problem, roster: Roster, moves: Mapping[Slot, str]) -> tuple[Effect, ...]:
    """Of giving each slot of `moves` to its person, all at once. What they have already breaks nothing new."""
    return tuple(_Counter(problem, roster, moves).effects())


class _Counter:
    def __init__(self, problem: Problem, roster: Roster, moves: Mapping[Slot, str]) -> None:
        self._problem, self._roster, self._moves = problem, roster, moves
        self._judge = Judge(problem)
        self._after = {**roster, **moves}

    def effects(self) -> Iterator[Effect]:
        before, after = self._judge.broken_limits(self._roster), self._judge.broken_limits(self._after)
        for slot, person in self._moves.items():
            # Against the slot left empty: what its holder breaks now would else hide what the next one breaks.
            empty = self._judge.broken_limits({each: who for each, who in self._after.items() if each != slot})
            broken = {
                limit: more
                for limit, times in after.items()
                if (more := times - (before if isinstance(limit, Group) else empty)[limit]) > 0
            }
            hindrances = hindrances_of(self._problem, slot, person, self._after)
            yield Effect(slot, person, self._judge.part(slot.start, person)[0], hindrances, broken)
