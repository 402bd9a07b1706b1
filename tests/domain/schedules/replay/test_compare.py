"""A replay is the same, or says what differs first."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction

from oncall_ui.domain.schedules.planning.problem import Slot
from oncall_ui.domain.schedules.planning.result import Stage, StageResult
from oncall_ui.domain.schedules.replay.compare import Outcome, compared

START = datetime(2027, 1, 4, 9, tzinfo=UTC)
SLOTS = [Slot(START + timedelta(days=day), "primary") for day in range(4)]


def stage(name: Stage, value: int, *, proved: bool = True) -> StageResult:
    return StageResult(name, Fraction(value), Fraction(value), proved)


PLAN = Outcome(
    "abc",
    "HiGHS 1.11.0",
    (stage(Stage.GAPS, 0), stage(Stage.FAIRNESS, 4), stage(Stage.WISHES, -20)),
    dict(zip(SLOTS, ["1", "2", "1", None], strict=True)),
)


def test_the_same_input_values_and_holders_are_the_same_result() -> None:
    found = compared(PLAN, PLAN)
    assert found.is_same and found.is_proved and (found.moved, found.slots) == (0, 4)
    assert not compared(PLAN, replace(PLAN, input_hash="other")).is_same
    assert compared(PLAN, replace(PLAN, solver="HiGHS 2")).is_same, "another version may do the same"


def test_the_first_goal_that_differs_is_named_and_whether_it_is_better() -> None:
    better = replace(PLAN, stages=(stage(Stage.GAPS, 0), stage(Stage.FAIRNESS, 3), stage(Stage.WISHES, -10)))
    found = compared(PLAN, better)
    assert (found.better, found.worse, found.is_same) == (Stage.FAIRNESS, None, False)
    assert compared(better, PLAN).worse is Stage.FAIRNESS
    open_plan = replace(PLAN, stages=(stage(Stage.GAPS, 0), stage(Stage.FAIRNESS, 4, proved=False)))
    assert not compared(open_plan, better).is_proved
    spread = replace(PLAN, stages=(*PLAN.stages, stage(Stage.COMFORT, 3, proved=False)))
    assert compared(spread, spread).is_proved, "comfort may stay open"


def test_equally_good_plans_may_have_other_holders_and_manual_changes_dont_count() -> None:
    moved = replace(PLAN, roster=dict(zip(SLOTS, ["2", "1", "1", None], strict=True)))
    found = compared(PLAN, moved)
    assert (found.moved, found.better, found.worse, found.is_same) == (2, None, None, False)
    hand = replace(PLAN, manual=frozenset(SLOTS[:2]), is_by_hand=True, stages=(stage(Stage.GAPS, 9),))
    assert compared(hand, moved).is_same
