"""What the points between limits and fairness come to, counted like the page of a draft counts its own."""

from fractions import Fraction
from typing import Any

from oncall_ui.domain.schedules.bending.offer import Curve, Offer
from oncall_ui.domain.schedules.planning.breaches import breaches_of
from oncall_ui.domain.schedules.planning.problem import Problem, Rest
from oncall_ui.services.schedules.bending.offers import problem_key
from oncall_ui.services.schedules.drafts.review import fair_rows


def curve_as_row(problem: Problem, curve: Curve) -> dict[str, Any]:
    """With what the points are of, so that they are shown only beside plans of the same."""
    points = [_point(problem, offer) for offer in curve.offers]
    return {"of": problem_key(problem), "points": points, "is_whole": curve.is_whole}


def _point(problem: Problem, offer: Offer) -> list[object]:
    breaches = breaches_of(problem, offer.roster)
    rests = sum(breach.times for breach in breaches if isinstance(breach.limit, Rest))
    above = [row.after for row in fair_rows(problem, offer.roster)]
    apart = max(above) - min(above) if above else Fraction(0)
    return [offer.more, sum(breach.times for breach in breaches), rests, str(apart), offer.is_proved]
