"""What a rota adds to the ledger: who held which minutes, who was on the team, and sums of zero whatever comes."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oncall_ui.domain.schedules.ledger.lines import Entry
from oncall_ui.domain.schedules.planning.problem import NOBODY, Shift, Span
from oncall_ui.domain.schedules.rota_import.holding import Held, outside, without_overlaps
from oncall_ui.domain.schedules.rota_import.opening import (
    SlotOf,
    Usual,
    changed,
    held_slots,
    history_of,
    slots_of,
    totals,
)
from oncall_ui.domain.schedules.rota_import.team import team_of
from oncall_ui.domain.schedules.shifts.from_rules import Pattern, generate
from oncall_ui.domain.schedules.shifts.rules import DAY_SETS, USUAL_POINTS, Rule

MONDAY = datetime(2026, 6, 1, 9, tzinfo=UTC)
DAILY = Rule(DAY_SETS["Daily"], time(9))


def held(first: float, last: float, person: int) -> Held:
    """Days after the Monday."""
    return Held(MONDAY + timedelta(days=first), MONDAY + timedelta(days=last), person)


def shifts(rule: Rule = DAILY, days: int = 28, zone: str = "UTC", start: date = date(2026, 6, 1)) -> tuple[Shift, ...]:
    pattern = Pattern(ZoneInfo(zone), ("primary",), (rule,), start, points=USUAL_POINTS)
    return generate(pattern, start, start + timedelta(days=days)).shifts


def usual(shares: Mapping[int, int] | None = None, now: Mapping[int, int] | None = None) -> Usual:
    return Usual({"primary": Fraction(1)}, lambda _at, _role: shares or {}, now or {})


def counted(
    entries: list[Held], of: Usual | None = None, published: tuple[Span, ...] = (), **how: object
) -> dict[SlotOf, dict[int, Entry]]:
    return slots_of(history_of({"primary": entries}, published), shifts(**how), of or usual())  # type: ignore[arg-type]


def balances(slots: Mapping[SlotOf, Mapping[int, Entry]]) -> dict[int, float]:
    return {person: entry.balance / 1000 for person, entry in totals(slots).items()}


def test_a_week_counts_as_the_days_of_the_rules() -> None:
    found = counted([held(0, 7, 1), held(7, 14, 2)])
    assert totals(found) == {1: Entry(11000, 11000), 2: Entry(11000, 11000)}
    assert held_slots(found) == {1: 7, 2: 7}
    assert {slot.type for slot in found} == {"weekday", "weekend"}


def test_uneven_weeks_open_with_what_is_owed() -> None:
    found = counted([held(0, 7, 1), held(7, 14, 1), held(14, 21, 2), held(21, 28, 1)])
    assert balances(found) == {1: 11, 2: -11}


def test_other_handoffs_are_shared_by_the_minute() -> None:
    found = counted([held(0, 0.25, 1), held(0.25, 1, 2)])
    (entries,) = found.values()
    assert entries == {1: Entry(500, 250), 2: Entry(500, 750)}


def test_only_held_time_of_a_shift_counts() -> None:
    (entries,) = counted([held(0, 0.5, 1), held(0.6, 0.61, 1)]).values()
    assert entries == {1: Entry(510, 510)}


def test_overrides_start_later_and_count() -> None:
    cut = without_overlaps([held(0, 7, 1), held(2, 3, 2), held(2.5, 4, 3)])
    assert cut == [held(0, 2, 1), held(2, 2.5, 2), held(2.5, 4, 3), held(4, 7, 1)]
    assert without_overlaps([held(0, 1, 1), held(0, 1, 2)]) == [held(0, 1, 2)]
    assert without_overlaps([held(0, 1, 1), held(1, 2, 1)]) == [held(0, 2, 1)]
    assert history_of({"primary": [held(0, 2, 1), held(1, 2, 2)]}, ()).overlaps
    assert not history_of({"primary": [held(0, 2, 1), held(2, 3, 2)]}, ()).overlaps


def test_what_is_published_doesnt_count_twice() -> None:
    taken = (Span(MONDAY + timedelta(days=1), MONDAY + timedelta(days=3)),)
    assert outside([held(0, 7, 1)], taken) == [held(0, 1, 1), held(3, 7, 1)]
    assert held_slots(counted([held(0, 7, 1)], published=taken)) == {1: 5}
    assert not counted([held(1, 3, 1)], published=taken)


def test_time_off_counts_nothing() -> None:
    office = Rule(DAY_SETS["Weekdays"], time(9))
    off = Rule(DAY_SETS["Weekdays"], time(17), fills={"primary": NOBODY})
    pattern = Pattern(ZoneInfo("UTC"), ("primary",), (office, off), date(2026, 6, 1), points=USUAL_POINTS)
    found = slots_of(
        history_of({"primary": [held(0, 7, 1)]}, ()),
        generate(pattern, date(2026, 6, 1), date(2026, 6, 8)).shifts,
        usual(),
    )
    assert held_slots(found) == {1: 5}


@pytest.mark.parametrize(("start", "hours"), [(date(2026, 3, 28), 23), (date(2026, 10, 24), 25)])
def test_a_shift_in_which_the_clocks_change_counts_as_one(start: date, hours: int) -> None:
    first, *_ = cut = shifts(days=2, zone="Europe/Berlin", start=start)
    assert (first.end - first.start) / timedelta(hours=1) == hours
    whole = [Held(cut[0].start, cut[-1].end, 1)]
    found = slots_of(history_of({"primary": whole}, ()), cut, usual())
    assert totals(found) == {1: Entry(6000, 6000)}


def test_dues_are_those_agreed_where_they_are_known() -> None:
    found = counted([held(0, 1, 1)], usual({1: 100, 7: 100}))
    assert balances(found) == {1: 0.5, 7: -0.5}


def test_else_of_those_who_held_shifts_then_with_the_share_of_today() -> None:
    weeks = [held(7 * week, 7 * week + 7, 1 + week % 3) for week in range(4)]
    found = counted(weeks, usual(now={3: 50}))
    assert {person: round(entry.due / 1000) for person, entry in totals(found).items()} == {1: 18, 2: 18, 3: 9}


class TestTeam:
    """Who was there then, from who held shifts."""

    def rota(self, order: str) -> list[Held]:
        """A character a week; a dot is nobody."""
        return [held(7 * week, 7 * week + 7, ord(who)) for week, who in enumerate(order) if who != "."]

    def at(self, order: str, week: float) -> str:
        found = team_of(self.rota(order)).at(MONDAY + timedelta(days=7 * week))
        return "".join(map(chr, found))

    def test_everybody_of_a_steady_round_is_there_from_the_first_week_to_the_last(self) -> None:
        for week in (0, 5, 11.9):
            assert self.at("abcdef" * 2, week) == "abcdef"

    def test_somebody_who_joins_owes_from_half_a_turn_before(self) -> None:
        order = "abcabcabcadbcadbcadbc"
        assert self.at(order, 2) == "abc"
        assert self.at(order, 9) == "abcd"

    def test_somebody_who_left_owes_until_half_a_turn_after(self) -> None:
        order = "adbcadbcabcabcabcabcabc"
        assert self.at(order, 6) == "abcd"
        assert self.at(order, 12) == "abc"

    def test_a_long_hole_is_an_absence(self) -> None:
        order = "abcabc" + "ab" * 8 + "abcabc"
        assert self.at(order, 12) == "ab"
        assert self.at(order, 3) == self.at(order, 24) == "abc"

    def test_who_helped_once_owes_about_a_turn(self) -> None:
        order = "abababababx" + "ababababab"
        assert [self.at(order, week) for week in (2, 10, 18)] == ["ab", "abx", "ab"]

    def test_nobody(self) -> None:
        assert team_of([]).at(MONDAY) == []


def test_the_same_again_changes_nothing_and_less_takes_back() -> None:
    first = counted([held(0, 7, 1), held(7, 14, 2)])
    assert changed(first, first) == {}
    assert changed({}, first) == first
    back = changed(first, {})
    assert {
        slot: {who: (-entry.due, -entry.done) for who, entry in entries.items()} for slot, entries in back.items()
    } == {slot: {who: (entry.due, entry.done) for who, entry in entries.items()} for slot, entries in first.items()}


entries_of_anything = st.lists(
    st.builds(
        lambda start, length, person: held(start / 24, (start + length) / 24, person),
        st.integers(0, 500),
        st.integers(1, 200),
        st.integers(1, 5),
    ),
    max_size=25,
)


@settings(max_examples=150, deadline=None)
@given(
    entries_of_anything,
    entries_of_anything,
    st.sampled_from([DAILY, Rule(DAY_SETS["Mon"], time(10)), Rule(DAY_SETS["Daily"], time(17))]),
)
def test_sums_are_zero_and_minutes_are_held_once(one: list[Held], other: list[Held], rule: Rule) -> None:
    cut = without_overlaps(one)
    assert all(before.end <= after.start for before, after in pairwise(cut))
    assert sum((each.end - each.start for each in cut), timedelta()) <= timedelta(days=30)
    inside = {(each.start, each.person) for each in cut}
    assert all(any(each.start <= start < each.end and each.person == who for each in one) for start, who in inside)
    first, second = counted(one, rule=rule, days=30), counted(other, rule=rule, days=30)
    for slots in (first, second, changed(first, second), changed(second, first)):
        for entries in slots.values():
            assert sum(entry.balance for entry in entries.values()) == 0
    assert all(entry.due >= 0 and entry.done >= 0 for entries in first.values() for entry in entries.values())
