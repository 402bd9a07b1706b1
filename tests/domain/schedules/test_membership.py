"""What is agreed replaces what it covers, day by day."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from oncall_ui.domain.schedules.membership import Period, Terms, agreed, ended, terms_on

FIRST = date(2026, 12, 7)
DAYS = [FIRST + timedelta(days=number) for number in range(12)]
PERIODS = st.builds(
    lambda first, length, share: Period(
        DAYS[first], DAYS[first] + timedelta(days=length) if length else None, Terms(share)
    ),
    st.integers(0, 10),
    st.integers(0, 6),
    st.integers(1, 3),
)


@given(st.lists(PERIODS, max_size=6))
def test_on_every_day_holds_what_was_agreed_last(changes: list[Period]) -> None:
    periods: list[Period] = []
    for change in changes:
        periods = agreed(periods, change)
    for day in DAYS:
        last = next((change.terms for change in reversed(changes) if change.covers(day)), None)
        assert terms_on(periods, day) == last
    assert periods == sorted(periods, key=lambda period: period.from_day)


@given(st.lists(PERIODS, max_size=4), st.sampled_from(DAYS))
def test_who_leaves_is_gone_from_that_day_on(changes: list[Period], left: date) -> None:
    periods: list[Period] = []
    for change in changes:
        periods = agreed(periods, change)
    after = ended(periods, left)
    for day in DAYS:
        assert terms_on(after, day) == (terms_on(periods, day) if day < left else None)
