"""Double entry in thousandths: nothing is lost to rounding."""

from hypothesis import given
from hypothesis import strategies as st

from oncall_ui.domain.schedules.ledger.lines import Entry, corrections, dues, of_slot

PEOPLE = st.dictionaries(st.integers(1, 9), st.integers(1, 200), min_size=1)


@given(st.integers(0, 20_000), PEOPLE)
def test_dues_sum_to_the_points(points: int, shares: dict[int, int]) -> None:
    found = dues(points, shares)
    assert sum(found.values()) == points
    total = sum(shares.values())
    assert all(abs(found[each] - points * shares[each] / total) < 1 for each in shares)


def test_what_is_left_goes_to_the_largest_remainder_and_then_the_smaller_id() -> None:
    assert dues(1000, {3: 100, 1: 100, 2: 100}) == {1: 334, 2: 333, 3: 333}
    assert dues(1000, {1: 1, 2: 2}) == {1: 333, 2: 667}


@given(st.integers(0, 20_000), PEOPLE, st.integers(1, 12))
def test_a_filled_slot_sums_to_zero(points: int, shares: dict[int, int], holder: int) -> None:
    assert sum(entry.balance for entry in of_slot(points, shares, {holder: points}).values()) == 0


def test_where_nobody_owes_a_slot_its_holder_does() -> None:
    assert of_slot(3000, {}, {4: 3000}) == {4: Entry(3000, 3000)}


def test_corrections_lead_from_what_is_written_to_what_is_wanted() -> None:
    written, wanted = {1: Entry(500, 1000), 2: Entry(500, 0)}, {1: Entry(500, 0), 2: Entry(500, 1000)}
    assert corrections(written, wanted) == {1: Entry(0, -1000), 2: Entry(0, 1000)}
    assert corrections(written, written) == {}
    assert corrections(written, {}) == {1: Entry(-500, -1000), 2: Entry(-500, 0)}
