"""When points that somebody takes on are given back."""

from hypothesis import given
from hypothesis import strategies as st

from oncall_ui.domain.schedules.ledger.repayment import LONGEST_WEEKS, Repayment, repayment

points = st.floats(0, 50)


def test_a_plan_gives_back_a_part_of_the_usual_points_each_week_once_it_begins() -> None:
    assert repayment(1.5, 0.0, 0.5, 3.0) == Repayment(1.5, 6)
    assert repayment(1.5, 0.5, 0.5, 3.0) == Repayment(2.0, 7)


def test_what_somebody_owes_is_paid_first() -> None:
    assert repayment(1.0, -3.0, 0.5, 3.0) == Repayment(-2.0, 0)
    assert repayment(1.5, -1.0, 0.5, 3.0) == Repayment(0.5, 4)


def test_nothing_is_said_that_nobody_can_know() -> None:
    assert repayment(1.5, 0.0, 0.0, 3.0) is None  # balances aren’t carried over
    assert repayment(50.0, 0.0, 0.5, 3.0) is None  # years ahead
    assert repayment(0.0, 0.0, 0.5, 3.0) is None


@given(points, st.floats(-50, 50), st.floats(0.01, 10), st.floats(0, 20))
def test_more_points_never_take_less_time(more: float, balance: float, a_week: float, ahead: float) -> None:
    one, two = repayment(1.0, balance, a_week, ahead), repayment(1.0 + more, balance, a_week, ahead)
    assert one is None or two is None or one.weeks <= two.weeks <= LONGEST_WEEKS
