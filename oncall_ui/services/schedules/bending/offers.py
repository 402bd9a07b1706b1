"""The points between limits and fairness that a draft's manager may choose from, as its row keeps them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from oncall_ui.domain.schedules.plan_format.canonical import input_hash
from oncall_ui.domain.schedules.planning.problem import Problem
from oncall_ui.domain.schedules.planning.result import Stage, StageResult
from oncall_ui.models import SchedulePlan
from oncall_ui.services.schedules.drafts.editing.choices import from_row
from oncall_ui.services.schedules.drafts.results import stages_of


@dataclass(frozen=True, slots=True)
class LimitOffer:
    """`more` limits break than have to, `broken` in all, `rests` of them short rests.

    `apart` are the points between who is most above their share and who is most below. `is_proved`: no plan with as
    many broken limits is fairer.
    """

    more: int
    broken: int
    rests: int
    apart: Fraction
    is_proved: bool


@dataclass(frozen=True, slots=True)
class Bending:
    """What a manager can choose in a draft whose limits can't all be kept.

    `bent`: how many more limits than have to this draft breaks for fairness. `chosen`: how many a manager allowed;
    None: the schedule's setting decides. `is_changed`: managers decided about slots since: nothing to compare.
    `is_whole`: no plan is fairer than the last of the offers.
    """

    offers: tuple[LimitOffer, ...]
    bent: int
    chosen: int | None
    is_changed: bool
    is_whole: bool


def bending_of(plan: SchedulePlan) -> Bending | None:
    """None where every limit is kept, or fairness doesn't count."""
    stages = {stage.name: stage for stage in stages_of(plan)}
    limits = stages.get(Stage.LIMITS)
    if limits is None or Stage.FAIRNESS not in stages or _least(limits) <= 0:
        return None
    is_changed = has_changed_by_hand(plan)
    stored = {} if is_changed else plan.result.get("offers", {})
    points = stored.get("points", ())
    offers = tuple(
        LimitOffer(more, broken, rests, Fraction(apart), is_proved) for more, broken, rests, apart, is_proved in points
    )
    return Bending(offers, int(limits.bent or 0), from_row(plan.choices).bend, is_changed, bool(stored.get("is_whole")))


def has_changed_by_hand(plan: SchedulePlan) -> bool:
    """Whether managers decided about slots since the draft was planned."""
    now, then = from_row(plan.choices), from_row(plan.result.get("choices", {}))
    return (now.pinned, now.barred, now.empty) != (then.pinned, then.barred, then.empty)


def kept_offers(result: Mapping[str, Any], problem: Problem) -> dict[str, Any]:
    """Those in a former result, for a draft that is planned again with nothing changed but the choice."""
    offers = result.get("offers", {})
    return {"offers": offers} if offers.get("of") == problem_key(problem) else {}


def _least(limits: StageResult) -> Fraction:
    """How many limits break when fairness may bend none."""
    return limits.value - (limits.bent or 0)


def problem_key(problem: Problem) -> str:
    """The same for problems that differ in nothing but how many limits may bend."""
    return input_hash(replace(problem, bend=True))
