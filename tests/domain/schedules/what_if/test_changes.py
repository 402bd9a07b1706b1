"""A schedule with changes that are only tried."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from oncall_ui.domain.schedules.membership import Period, Terms
from oncall_ui.domain.schedules.planning.problem import Apart, Most, Per, Rest, Span, Strength
from oncall_ui.domain.schedules.what_if.changes import (
    Away,
    Change,
    Entry,
    Joins,
    Leaves,
    LimitsAre,
    PointsAre,
    RoleAdded,
    RoleRemoved,
    ShareIs,
    Tried,
    blocks_with,
    limits_with,
    periods_with,
    points_with,
    roles_with,
)
from oncall_ui.domain.schedules.what_if.stored import from_row, to_row

JAN, FEB, MAR = date(2027, 1, 1), date(2027, 2, 1), date(2027, 3, 1)
FULL = Period(JAN, None, Terms())
REST = Rest(timedelta(hours=11), Strength.NEVER)
EACH: tuple[Change, ...] = (
    Away(1, JAN, FEB),
    Joins(-1, 7, FEB, 45),
    Joins(-2, None, FEB),
    Leaves(2, FEB),
    ShareIs(1, FEB, 50),
    PointsAre({"weekend": 8}),
    LimitsAre((REST, Most(2, Per.WEEK), Apart(frozenset({"1", "2"})))),
    RoleAdded("tertiary"),
    RoleRemoved("secondary"),
)


def test_who_joins_leaves_or_changes_a_share_does_so_on_that_day() -> None:
    found = periods_with({1: [FULL], 2: [FULL], 3: [FULL]}, EACH)
    assert found[-1] == [Period(FEB, None, Terms(45))] and found[-2] == [Period(FEB, None, Terms())]
    assert found[2] == [Period(JAN, FEB, Terms())]
    assert found[1] == [Period(JAN, FEB, Terms()), Period(FEB, None, Terms(50))]
    assert found[3] == [FULL]


def test_a_share_keeps_what_else_is_agreed() -> None:
    pause = Period(FEB, MAR, Terms(is_paused=True))
    later = Period(MAR, None, Terms(roles=frozenset({"primary"})))
    found = periods_with({1: [Period(JAN, FEB, Terms()), pause, later]}, [ShareIs(1, date(2027, 1, 15), 50)])
    assert [(each.from_day, each.terms.share, each.terms.is_paused, each.terms.roles) for each in found[1]] == [
        (JAN, 100, False, frozenset()),
        (date(2027, 1, 15), 50, False, frozenset()),
        (FEB, 50, True, frozenset()),
        (MAR, 50, False, frozenset({"primary"})),
    ]


def test_who_leaves_before_they_came_is_not_there() -> None:
    assert periods_with({1: [FULL]}, [Leaves(1, JAN)]) == {}


def test_leave_is_a_block_from_midnight_of_the_schedules_zone_united_with_the_others() -> None:
    zone = ZoneInfo("Europe/Berlin")
    known = Span(datetime(2027, 1, 31, 12, tzinfo=UTC), datetime(2027, 2, 2, tzinfo=UTC))
    found = blocks_with({"1": (known,), "2": (known,)}, EACH, zone)
    assert found["1"] == (Span(datetime(2026, 12, 31, 23, tzinfo=UTC), datetime(2027, 2, 2, tzinfo=UTC)),)
    assert found["2"] == (known,)


def test_points_limits_and_roles_take_the_place_of_those_there_are() -> None:
    assert points_with({"weekday": 1, "weekend": 4}, EACH) == {"weekday": 1, "weekend": 8}
    assert limits_with((), EACH)[0] == REST and limits_with((REST,), EACH[:1]) == (REST,)
    roles = [{"name": "primary", "percent": 100}, {"name": "secondary", "percent": 50}]
    assert [role["name"] for role in roles_with(roles, EACH)] == ["primary", "tertiary"]
    assert len(roles) == 2 and roles_with(roles, [RoleAdded("primary")]) == roles


def test_only_what_is_switched_on_counts_and_a_draft_keeps_leave() -> None:
    tried = Tried(tuple(Entry(each, is_on=number % 2 == 0) for number, each in enumerate(EACH)), is_free=True, seed=3)
    assert tried.changes == EACH[::2]
    assert [each.participant for each in tried.joining] == [-2]
    assert tried.rest == Tried((Entry(EACH[0]),), is_free=True, seed=3)


@pytest.mark.parametrize("is_free", [False, True])
def test_what_is_stored_is_read_again_and_names_nobody(is_free: bool) -> None:
    tried = Tried(tuple(Entry(each, is_on=number != 3) for number, each in enumerate(EACH)), is_free, 5)
    assert from_row(to_row(tried)) == tried
    assert from_row({}) == Tried()
