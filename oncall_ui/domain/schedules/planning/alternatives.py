"""What a plan would come to if somebody else had one slot, and everything else were planned again."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from oncall_ui.domain.schedules.planning.hand_over import Hindrance
from oncall_ui.domain.schedules.planning.result import Stage


class Outcome(StrEnum):
    """Of one alternative. OPEN: the time was up before it was known.

    With a `stage`, an OPEN one is as good as the plan in every stage before it, and costs at most `cost` in it.
    """

    EQUAL = "equal"
    WORSE = "worse"
    IMPOSSIBLE = "impossible"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Alternative:
    """What is known about one person on the slot.

    - EQUAL: another plan is as good up to wishes and has this person on the slot.
    - WORSE: `stage` is the first that gets worse, by `cost`; by at least as much where `is_proved` is False.
    - IMPOSSIBLE: `hindrances` say why. Without any, a limit that always holds or a fixed slot forbids it.
    """

    person: str
    outcome: Outcome
    stage: Stage | None = None
    cost: Fraction = Fraction(0)
    is_proved: bool = True
    hindrances: tuple[Hindrance, ...] = ()
