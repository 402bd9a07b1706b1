"""When points that somebody takes on are given back: an estimate, from what plans do with balances."""

import math
from dataclasses import dataclass

EVEN = 0.05
"""A balance below that is shown as none."""
LONGEST_WEEKS = 52
"""Nobody can say what is further ahead."""


@dataclass(frozen=True, slots=True)
class Repayment:
    """`balance`: what they have with these points, above zero more than their share. `weeks`: until a plan has given
    it back; 0 where they are still below their share.
    """

    balance: float
    weeks: int


def repayment(points: float, balance: float, a_week: float, weeks_ahead: float) -> Repayment | None:
    """Of `points` on top of a balance. None: no plan gives them back, or nobody can say when.

    `a_week`: how much of a balance plans return in a week, which is the part of somebody's usual points that may be
    carried over. `weeks_ahead`: for how long shifts are published, in which no turn changes by itself.
    """
    after = balance + points
    if points < EVEN:
        return None
    if after < EVEN:
        return Repayment(after, 0)
    if a_week <= 0:
        return None
    weeks = math.ceil(max(weeks_ahead, 0) + after / a_week)
    return Repayment(after, weeks) if weeks <= LONGEST_WEEKS else None
