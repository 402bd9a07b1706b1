"""A plan's facts say that another schedule has somebody; the solver only knows that they are excluded."""

from dataclasses import replace

from oncall_ui.domain.schedules.plan_format.reading import read_problem
from oncall_ui.domain.schedules.planning.fact_words import excluded
from oncall_ui.domain.schedules.planning.problem import Slot, Span
from oncall_ui.domain.schedules.planning.result import Conflict, Result
from oncall_ui.domain.schedules.planning.sentences import Who, sentence
from oncall_ui.services.schedules.drafts.elsewhere import explained
from tests.solving.random_plans import small_plan


def test_who_is_busy_elsewhere_is_not_called_excluded() -> None:
    problem = read_problem(small_plan(0))
    shift = problem.shifts[0]
    slot = Slot(shift.start, problem.roles[0])
    facts = (
        sentence(Who("7"), f" {excluded('Fri 25 Dec, primary')}"),
        sentence(Who("8"), f" {excluded('Fri 25 Dec')}"),
    )
    result = Result((), (), conflicts=(Conflict((slot,), facts, ()),))
    elsewhere = {"7": (Span(shift.start, shift.end),)}
    (found,) = explained(result, problem, elsewhere, ()).conflicts
    assert [str(fact) for fact in found.facts] == [
        "7 is on call in another schedule on Fri 25 Dec", "8 is excluded from Fri 25 Dec",
    ]  # fmt: skip
    assert explained(result, problem, elsewhere, {(slot, 7)}) == replace(result)
