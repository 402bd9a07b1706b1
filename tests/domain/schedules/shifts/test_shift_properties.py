"""What holds for the shifts of any rules in any zone."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import example, given, settings
from hypothesis import strategies as st

from oncall_ui.domain.availability.window import start_of_day
from oncall_ui.domain.schedules.planning.problem import NOBODY, Shift
from oncall_ui.domain.schedules.shifts.from_rules import Pattern, generate
from oncall_ui.domain.schedules.shifts.rules import OneOff, Rule
from tests.domain.schedules.patterns import pattern

ZONES = [
    ZoneInfo(name)
    for name in (
        "UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "America/Santiago",
        "Asia/Kolkata", "Africa/Cairo", "America/St_Johns", "Africa/Casablanca",
    )
]  # fmt: skip
CHEAP = settings(max_examples=25, deadline=None)

zones = st.sampled_from(ZONES)
# Apia skipped 30 December 2011; the other years have the clock changes of today.
days = st.one_of(
    st.dates(date(2011, 12, 20), date(2012, 1, 5)),
    st.dates(date(2026, 1, 1), date(2027, 12, 31)),
)
times = st.times().map(lambda moment: moment.replace(second=0, microsecond=0))
off = {"primary": NOBODY}


@st.composite
def rule_sets(draw: st.DrawFn) -> tuple[Rule, ...]:
    """Rules with a start every Monday of every cycle, so that no shift is longer than 7 days."""
    weekly = Rule(frozenset({0}), draw(times))
    others = st.builds(
        lambda days, at, week, fills: Rule(days, at, every=2, week=week, fills=fills),
        st.frozensets(st.integers(0, 6), min_size=1),
        times,
        st.integers(1, 2),
        st.sampled_from([{}, off]),
    )
    return (weekly, *draw(st.lists(others, max_size=3)))


def wanted_and_off(made: Pattern, start: date, end: date) -> list[tuple[datetime, datetime]]:
    """The spans of all shifts, time off among them."""
    rules = tuple(Rule(rule.days, rule.at, every=rule.every, week=rule.week) for rule in made.rules)
    return [(s.start, s.end) for s in generate(pattern(*rules, zone=made.zone), start, end).shifts]


@CHEAP
@given(rule_sets(), zones, days)
def test_shifts_tile_time(rules: tuple[Rule, ...], zone: ZoneInfo, start: date) -> None:
    spans = wanted_and_off(pattern(*rules, zone=zone), start, start + timedelta(days=20))
    assert spans
    assert all(begin < end for begin, end in spans)
    assert all(one[1] == following[0] for one, following in pairwise(spans))


@CHEAP
@given(rule_sets(), zones, days, st.integers(1, 19))
def test_two_steps_give_the_same_as_one(rules: tuple[Rule, ...], zone: ZoneInfo, start: date, first: int) -> None:
    made = pattern(*rules, zone=zone)
    middle, end = start + timedelta(days=first), start + timedelta(days=20)
    once = generate(made, start, end).shifts
    assert (*generate(made, start, middle).shifts, *generate(made, middle, end).shifts) == once
    assert repr(generate(made, start, end).shifts) == repr(once)


@CHEAP
@given(rule_sets(), zones, days)
def test_starts_are_at_the_wall_time_of_a_rule_but_in_a_skipped_hour(
    rules: tuple[Rule, ...], zone: ZoneInfo, start: date
) -> None:
    at = {rule.at for rule in rules}
    for begin, _end in wanted_and_off(pattern(*rules, zone=zone), start, start + timedelta(days=20)):
        local = begin.astimezone(zone).replace(tzinfo=None)
        assert local.time() in at or any(_is_skipped(local, moment, zone) for moment in at)


def _is_skipped(local: datetime, at: time, zone: ZoneInfo) -> bool:
    """Whether the rule's time doesn't exist on that day or the one before, and comes out as `local`."""
    for day in (local.date(), local.date() - timedelta(days=1)):
        wall = datetime.combine(day, at)
        back = wall.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).replace(tzinfo=None)
        if back == local != wall:
            return True
    return False


@CHEAP
@given(rule_sets(), zones, st.integers(2012, 2027))
def test_a_year_has_as_many_shifts_as_the_calendar_says(rules: tuple[Rule, ...], zone: ZoneInfo, year: int) -> None:
    made = pattern(*rules, zone=zone)
    start, end = date(year, 1, 1), date(year + 1, 1, 1)
    calendar = [start + timedelta(days=number) for number in range((end - start).days)]
    walls = {(day, rule.at) for day in calendar for rule in rules if rule.starts_on(day, made.cycle_from)}
    # Two walls are one instant only where a skipped hour moves one onto the other.
    instants = {datetime.combine(day, at, zone).astimezone(UTC) for day, at in walls}
    assert len(wanted_and_off(made, start, end)) == len(instants)
    assert len(walls) - len(instants) <= len(rules)


@CHEAP
@given(rule_sets(), zones, days, times, st.frozensets(st.integers(0, 6), min_size=1))
def test_time_off_never_moves_another_start(
    rules: tuple[Rule, ...], zone: ZoneInfo, start: date, at: time, weekdays: frozenset[int]
) -> None:
    end = start + timedelta(days=20)
    before = _starts(generate(pattern(*rules, zone=zone), start, end).shifts)
    after = _starts(generate(pattern(Rule(weekdays, at, fills=off), *rules, zone=zone), start, end).shifts)
    assert after == before


def _starts(shifts: Sequence[Shift]) -> list[datetime]:
    return [shift.start for shift in shifts]


@CHEAP
@given(rule_sets(), zones, days, st.integers(0, 400), st.integers(1, 160))
@example((Rule(frozenset({0}), time()),), ZoneInfo("Pacific/Apia"), date(2011, 12, 24), 0, 145)  # over a skipped day
def test_one_offs_keep_every_minute(
    rules: tuple[Rule, ...], zone: ZoneInfo, start: date, after: int, hours: int
) -> None:
    begin = start_of_day(start, zone) + timedelta(hours=after)
    one_off = OneOff(begin, begin + timedelta(hours=hours))
    plain = tuple(Rule(rule.days, rule.at, every=rule.every, week=rule.week) for rule in rules)
    span = (start - timedelta(days=10), start + timedelta(days=40))
    before = generate(pattern(*plain, zone=zone), *span).shifts
    found = generate(pattern(*plain, zone=zone, one_offs=(one_off,)), *span).shifts
    assert _minutes(found) == _minutes(before)
    assert all(one.end == following.start for one, following in pairwise(found))
    assert any((shift.start, shift.end) == (one_off.start, one_off.end) for shift in found)


def _minutes(shifts: Sequence[Shift]) -> timedelta:
    return sum((shift.end - shift.start for shift in shifts), timedelta())
