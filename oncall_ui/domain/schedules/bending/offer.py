"""One point on the curve between limits and fairness."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from oncall_ui.domain.schedules.planning.problem import Slot


@dataclass(frozen=True, slots=True)
class Offer:
    """The fairest plan that breaks at most `more` limits beyond those that must be broken.

    `limits` is how many it breaks, `fairness` the stage's value. `is_proved`: no plan with as many is fairer.
    """

    more: int
    roster: Mapping[Slot, str]
    limits: Fraction
    fairness: Fraction
    is_proved: bool


@dataclass(frozen=True, slots=True)
class Curve:
    """From the fewest broken limits to the fairest plan, each fairer than the one before.

    `is_whole`: no plan is fairer than the last one, however many limits it breaks.
    """

    offers: tuple[Offer, ...]
    is_whole: bool
