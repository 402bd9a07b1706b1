"""Reading the `plan` format: what becomes of good input, and how bad input is refused."""

import json
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest

from oncall_ui.domain.schedules.plan_format.canonical import input_hash
from oncall_ui.domain.schedules.plan_format.reading import read_problem, read_text
from oncall_ui.domain.schedules.planning.problem import (
    BEST,
    NOBODY,
    Apart,
    Filler,
    FillKind,
    Group,
    Held,
    LaterStage,
    Most,
    Per,
    Person,
    Published,
    Rest,
    Row,
    Slot,
    Span,
    Spread,
    Strength,
    Task,
    Wish,
)

SMALL: dict[str, Any] = {
    "start": "2026-12-07",
    "end": "2026-12-09",
    "rules": [{"days": "Daily", "time": "09:00"}],
    "people": [{"id": "ana"}, {"id": "bob"}],
}
MONDAY = datetime(2026, 12, 7, 9, tzinfo=UTC)
TUESDAY = MONDAY + timedelta(days=1)
SLOT = {"start": "2026-12-07T09:00:00Z", "role": "primary", "person": "ana"}


def with_fields(**fields: object) -> dict[str, Any]:
    return {**SMALL, **fields}


def test_what_is_left_out_has_its_default() -> None:
    problem = read_problem(SMALL)
    assert (problem.zone.key, problem.roles, problem.start) == ("UTC", ("primary",), date(2026, 12, 7))
    assert problem.people == (Person("ana"), Person("bob"))
    assert [shift.start for shift in problem.shifts] == [MONDAY, TUESDAY]
    assert (problem.shifts[0].type, problem.shifts[0].points, problem.shifts[0].fills) == (
        "weekday",
        1,
        {"primary": BEST},
    )
    assert (problem.block_strength, problem.task, problem.seconds, problem.seed) == (Strength.AVOID, Task.PLAN, 10.0, 0)
    assert (problem.balance_roles, problem.bend, problem.carry_cap) == (True, True, None)
    assert problem.order == (LaterStage.CHANGES, LaterStage.FAIRNESS, LaterStage.WISHES, LaterStage.COMFORT)
    assert problem.role_points == {"primary": 1}


def test_null_is_the_same_as_absent() -> None:
    nulls = dict.fromkeys(
        ("zone", "roles", "shifts", "points", "limits", "availability", "carry_cap", "seed", "order", "task"), None
    )
    people = [{"id": "ana", "share": None, "joined": None}, {"id": "bob", "carried": {"all": None}}]
    assert read_problem({**with_fields(people=people), **nulls}) == read_problem(SMALL)


def test_null_is_the_same_as_absent_in_limits() -> None:
    limits = [
        {"kind": "spread", "hours": 1, "strength": None, "people": None},
        {"kind": "most", "count": 1, "days": 7, "per": None, "type": None},
    ]
    found = set(read_problem(with_fields(limits=limits)).limits)
    assert found == {Spread(timedelta(hours=1)), Most(1, Per.DAYS, 7)}


def test_people_and_their_spans() -> None:
    ana = {
        "id": "ana",
        "share": 0.1,
        "joined": "2026-12-01T00:00:00Z",
        "left": "2027-01-01T01:00:00+01:00",
        "roles": ["primary"],
        "paused": [["2026-12-08T00:00:00Z", "2026-12-09T00:00:00Z"]],
        "carried": {"type:weekend": -3, "all": 1.5},
    }
    spans = [
        {"person": "bob", "start": "2026-12-07T12:00:00Z", "end": "2026-12-07T14:00:00Z", "action": "block"},
        {"person": "bob", "start": "2026-12-07T10:00:00Z", "end": "2026-12-07T12:00:00Z", "action": "block"},
        {"person": "ana", "start": "2026-12-07T00:00:00Z", "end": "2026-12-08T00:00:00Z", "action": "prefer"},
    ]
    problem = read_problem(with_fields(people=[{"id": "bob"}, ana], availability=spans))
    assert problem.people[0] == Person(
        "ana",
        Fraction(1, 10),
        datetime(2026, 12, 1, tzinfo=UTC),
        datetime(2027, 1, 1, tzinfo=UTC),
        frozenset({"primary"}),
        (Span(datetime(2026, 12, 8, tzinfo=UTC), datetime(2026, 12, 9, tzinfo=UTC)),),
        {"all": Fraction(3, 2), "type:weekend": Fraction(-3)},
    )
    assert problem.blocks == {"bob": (Span(MONDAY.replace(hour=10), MONDAY.replace(hour=14)),)}
    assert list(problem.preferences) == ["ana"]
    assert problem.unknown == {}


def test_limits() -> None:
    limits = [
        {"kind": "rest", "hours": 11.5, "strength": "never", "people": ["ana"]},
        {"kind": "most", "count": 2, "per": "month", "type": "night"},
        {"kind": "most", "count": 3, "days": 14},
        {"kind": "row", "count": 1},
        {"kind": "apart", "people": ["ana", "bob"]},
        {"kind": "group", "people": ["bob"]},
        {"kind": "spread", "hours": 96},
    ]
    assert set(read_problem(with_fields(limits=limits)).limits) == {
        Rest(timedelta(hours=11, minutes=30), Strength.NEVER, frozenset({"ana"})),
        Most(2, Per.MONTH, type="night"),
        Most(3, Per.DAYS, 14),
        Row(1),
        Apart(frozenset({"ana", "bob"})),
        Group(frozenset({"bob"})),
        Spread(timedelta(hours=96)),
    }


def test_slots_that_are_given() -> None:
    problem = read_problem(
        with_fields(
            held=[{**SLOT, "start": "2026-12-05T09:00:00Z", "end": "2026-12-06T09:00:00Z"}],
            fixed=[SLOT],
            excluded=[{**SLOT, "person": "bob"}],
            published=[{**SLOT, "accepted": True, "weight": 3}],
            wishes=[{**SLOT, "value": 4}, {**SLOT, "value": -6}],
            task="repair",
        )
    )
    slot = Slot(MONDAY, "primary")
    before = MONDAY - timedelta(days=2)
    assert problem.held == (Held(before, before + timedelta(days=1), "weekend", "primary", "ana"),)
    assert problem.fixed == {slot: "ana"}
    assert problem.excluded == {slot: frozenset({"bob"})}
    assert problem.published == {slot: Published("ana", accepted=True, weight=3)}
    assert problem.wishes == (Wish(MONDAY, "primary", "ana", -2),)


def test_fillers() -> None:
    rules = [
        {"days": ["Mon"], "time": "09:00", "fill": {"primary": "best", "secondary": "last primary"}},
        {"days": ["Tue"], "time": "09:00", "fill": {"primary": {"person": "bob"}, "secondary": "nobody"}},
        {"days": ["Wed"], "time": "09:00", "fill": "nobody"},
    ]
    problem = read_problem(with_fields(rules=rules, roles=["primary", "secondary"], end="2026-12-10"))
    assert [shift.fills for shift in problem.shifts] == [
        {"primary": BEST, "secondary": Filler(FillKind.LAST, "primary")},
        {"primary": Filler(FillKind.PERSON, "bob"), "secondary": NOBODY},
    ]
    assert problem.fixed == {Slot(TUESDAY, "primary"): "bob"}


def test_a_role_may_be_called_person() -> None:
    rules = [{"days": "Daily", "time": "09:00", "fill": {"person": "nobody"}}]
    problem = read_problem(with_fields(rules=rules, roles=["person", "other"]))
    assert problem.shifts[0].fills == {"person": NOBODY, "other": BEST}


def test_listed_shifts_win_over_rules() -> None:
    shifts = [
        {"start": "2026-12-12T09:00:00Z", "end": "2026-12-14T09:00:00Z"},
        {"start": "2026-12-07T09:00:00Z", "end": "2026-12-08T09:00:00Z", "type": "quiet", "points": 0},
        {"start": "2026-12-24T09:00:00Z", "end": "2026-12-25T21:00:00Z"},
    ]
    points = {"weekend": 3, "holiday": 5}
    problem = read_problem(with_fields(shifts=shifts, points=points, holidays=["2026-12-25"]))
    found = [(shift.type, shift.points) for shift in problem.shifts]
    assert found == [("quiet", 0), ("weekend", 3), ("holiday", 5)]


def test_the_days_of_listed_shifts_follow_from_them() -> None:
    shift = {"start": "2026-12-06T23:30:00Z", "end": "2026-12-08T09:00:00Z"}
    problem = read_problem({"people": [], "shifts": [shift], "zone": "Europe/Berlin"})
    assert (problem.start, problem.end) == (date(2026, 12, 7), date(2026, 12, 8))


def test_rules_without_an_end_cover_twelve_weeks() -> None:
    assert len(read_problem(with_fields(end=None)).shifts) == 84


def test_two_rules_at_the_same_minute_are_a_problem_and_the_later_counts() -> None:
    rules = [
        {"days": "Daily", "time": "09:00", "type": "one"},
        {"days": ["Tue"], "time": "9:00", "type": "two", "points": 7},
    ]
    problem = read_problem(with_fields(rules=rules))
    assert [(shift.type, shift.points) for shift in problem.shifts] == [("one", 1), ("two", 7)]
    assert problem.problems == ("Rules 1 and 2 both start a shift on Tue 8 Dec 09:00. Rule 2 counts.",)


def test_a_slot_that_no_shift_has_is_left_out_and_said() -> None:
    gone = {**SLOT, "start": "2026-12-07T10:00:00Z"}
    problem = read_problem(with_fields(published=[gone, SLOT]))
    assert list(problem.published) == [Slot(MONDAY, "primary")]
    assert problem.problems == ("published[0] is left out: no shift wants primary at 2026-12-07T10:00:00Z.",)


FULL = with_fields(
    roles=["primary", "secondary"],
    limits=[{"kind": "rest", "hours": 24}, {"kind": "row", "count": 2}, {"kind": "apart", "people": ["ana", "bob"]}],
    availability=[
        {"person": "ana", "start": "2026-12-07T00:00:00Z", "end": "2026-12-08T00:00:00Z", "action": "block"},
        {"person": "bob", "start": "2026-12-07T00:00:00Z", "end": "2026-12-08T00:00:00Z", "action": "prefer"},
        {"person": "bob", "start": "2026-12-08T00:00:00Z", "end": "2026-12-09T00:00:00Z", "action": "unknown"},
    ],
    published=[SLOT, {**SLOT, "role": "secondary", "person": "bob"}],
    wishes=[{**SLOT, "value": 1}, {**SLOT, "person": "bob", "value": 2}],
    holidays=["2026-12-25", "2026-12-26"],
)


def reversed_lists(value: Any, *, keep: tuple[str, ...] = ("roles", "order")) -> Any:
    if isinstance(value, dict):
        return {name: item if name in keep else reversed_lists(item) for name, item in reversed(value.items())}
    return [reversed_lists(item) for item in reversed(value)] if isinstance(value, list) else value


def test_the_order_of_lists_changes_nothing() -> None:
    problem, other = read_problem(FULL), read_problem(reversed_lists(FULL))
    assert problem == other
    assert input_hash(problem) == input_hash(other)


def test_a_default_that_is_written_out_keeps_the_hash() -> None:
    explicit = with_fields(bend=True, seconds=10.0, people=[{"id": "ana", "share": 1.0}, {"id": "bob", "roles": []}])
    assert input_hash(read_problem(explicit)) == input_hash(read_text(json.dumps(SMALL)))


@pytest.mark.parametrize(
    "fields",
    [{"seed": 1}, {"bend": False}, {"zone": "Europe/Paris"}, {"people": [{"id": "ana"}, {"id": "bo"}]},
     {"fixed": [SLOT]}, {"limits": [{"kind": "row", "count": 1}]}, {"seconds": 11}, {"points": {"weekday": 2}}],
)  # fmt: skip
def test_another_input_has_another_hash(fields: dict[str, Any]) -> None:
    assert input_hash(read_problem(with_fields(**fields))) != input_hash(read_problem(SMALL))
