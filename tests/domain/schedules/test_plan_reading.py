"""Reading the `plan` format: what becomes of good input, and how bad input is refused."""

import json
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest

from oncall_ui.domain.schedules.plan_format.canonical import input_hash
from oncall_ui.domain.schedules.plan_format.fields import UnusableInput
from oncall_ui.domain.schedules.plan_format.reading import read_problem, read_text
from oncall_ui.domain.schedules.problem import (
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


def refusal(value: object) -> str:
    with pytest.raises(UnusableInput) as refused:
        read_problem(value)
    assert "\n" not in str(refused.value)
    return str(refused.value)


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


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"people": None}, "people: missing"),
        ({"people": {}}, "people: an object is not a list"),
        ({"people": [{"id": "ana"}, {"id": "ana"}]}, "people[1].id: 'ana' is there twice"),
        ({"people": [{"name": "ana", "id": "ana"}]}, "people[0].name: there is no such field"),
        ({"people": [{"id": " "}]}, "people[0].id: empty"),
        ({"people": [{"id": "a\ud800"}]}, "people[0].id: 'a\\ud800' has half a character"),
        ({"people": [{"id": 5}]}, "people[0].id: 5 is not a text"),
        ({"people": [{"id": "a", "share": -1}]}, "people[0].share: -1 is not between 0 and 1,000"),
        ({"people": [{"id": "a", "share": True}]}, "people[0].share: true is not a number"),
        ({"people": [{"id": "a", "roles": ["boss"]}]}, "people[0].roles[0]: there is no role 'boss'"),
        (
            {"people": [{"id": "a", "carried": {"weekend": 1}}]},
            "people[0].carried.weekend: no such bucket; there are all, type:… and role:…",
        ),
        (
            {"people": [{"id": "a", "joined": "2026-12-08T00:00:00Z", "left": "2026-12-08T00:00:00Z"}]},
            "people[0].left: not after joined",
        ),
        (
            {"people": [{"id": "a", "joined": "2026-12-08"}]},
            "people[0].joined: '2026-12-08' is not in UTC; write it as 2026-12-07T08:00:00Z",
        ),
        (
            {"people": [{"id": "a", "paused": [["2026-12-08T00:00:00Z"]]}]},
            "people[0].paused[0]: not a pair [start, end]",
        ),
        ({"zone": "Europe"}, "zone: 'Europe' is not an IANA time zone such as Europe/Berlin"),
        ({"zone": "../etc/passwd"}, "zone: '../etc/passwd' is not an IANA time zone such as Europe/Berlin"),
        ({"start": "tomorrow"}, "start: 'tomorrow' is not a day such as 2026-12-07"),
        ({"start": "0001-01-01"}, "start: '0001-01-01' is not in the years 1900 to 2199"),
        ({"start": None}, "start: missing; rules need the first day of the plan"),
        ({"end": "2026-12-07"}, "end: 2026-12-07 is not after start, 2026-12-07"),
        ({"end": "2126-12-07"}, "end: 2126-12-07 is more than 1,830 days after start, 2026-12-07"),
        ({"roles": []}, "roles: empty"),
        ({"roles": ["a", "a"]}, "roles[1]: 'a' is there twice"),
        ({"rules": None}, "rules: missing; give rules or shifts"),
        ({"rules": [{"time": "09:00"}]}, "rules[0].days: missing"),
        ({"rules": [{"days": [], "time": "09:00"}]}, "rules[0].days: empty"),
        ({"rules": [{"days": "Daily", "time": "24:00"}]}, "rules[0].time: '24:00' is not a time such as 09:00"),
        (
            {"rules": [{"days": "Daily", "time": "09:00", "every": 2, "week": 3}]},
            "rules[0].week: 3 is not between 1 and 2",
        ),
        (
            {"rules": [{"days": "Daily", "time": "09:00", "fill": "last boss"}]},
            "rules[0].fill: there is no role 'boss'",
        ),
        (
            {"rules": [{"days": ["Mon"], "time": "09:00", "every": 2}]},
            "rules: The shift of Mon 7 Dec 09:00 would last until Mon 21 Dec 09:00: more than 7 days. "
            "Add a rule that starts in between.",
        ),
        ({"points": {"night": 1.5}}, "points.night: 1.5 is not a whole number"),
        ({"points": {"night": -1}}, "points.night: -1 is not between 0 and 10,000"),
        (
            {"shifts": [{"start": "2026-12-07T09:00:00Z", "end": "2026-12-07T09:00:00Z"}]},
            "shifts[0].end: the end is not after the start",
        ),
        (
            {"shifts": [{"start": "2026-12-07T09:00:00Z", "end": f"2026-12-0{day}T09:00:00Z"} for day in (8, 9)]},
            "shifts: two start at 2026-12-07T09:00:00Z",
        ),
        ({"availability": [{"person": "eve"}]}, "availability[0].person: there is no person 'eve'"),
        (
            {"availability": [{"person": "ana", "action": "busy"}]},
            "availability[0].action: 'busy' is none of block, prefer, unknown",
        ),
        ({"limits": [{"kind": "sleep"}]}, "limits[0].kind: 'sleep' is none of rest, most, row, apart, group, spread"),
        ({"limits": [{"kind": "rest"}]}, "limits[0].hours: missing"),
        ({"limits": [{"kind": "rest", "hours": 1, "count": 2}]}, "limits[0].count: there is no such field"),
        ({"limits": [{"kind": "most", "count": 2}]}, "limits[0].per: missing; give per or days"),
        (
            {"limits": [{"kind": "most", "count": 2, "per": "week", "days": 7}]},
            "limits[0].days: there is per, too; give one of them",
        ),
        ({"limits": [{"kind": "apart", "people": ["ana"]}]}, "limits[0].people: not two people"),
        (
            {"limits": [{"kind": "spread", "hours": 96, "strength": "avoid"}]},
            "limits[0].strength: a spread has none; it counts in comfort only",
        ),
        ({"blocks": "maybe"}, "blocks: 'maybe' is none of avoid, never"),
        (
            {"fixed": [{**SLOT, "start": "2026-12-07T10:00:00Z"}]},
            "fixed[0].start: no shift wants primary at 2026-12-07T10:00:00Z",
        ),
        ({"fixed": [SLOT, {**SLOT, "person": "bob"}]}, "fixed[1]: 'ana' is fixed on this slot, too"),
        (
            {"fixed": [SLOT], "excluded": [SLOT]},
            "excluded: 'ana' is fixed on primary at 2026-12-07T09:00:00Z",
        ),
        (
            {"roles": ["primary", "secondary"], "fixed": [SLOT, {**SLOT, "role": "secondary"}]},
            "fixed: 'ana' is fixed twice at once: on primary at 2026-12-07T09:00:00Z "
            "and on secondary at 2026-12-07T09:00:00Z",
        ),
        ({"published": [SLOT, SLOT]}, "published[1]: this slot is there twice"),
        ({"published": [{**SLOT, "accepted": "yes"}]}, "published[0].accepted: 'yes' is neither true nor false"),
        ({"task": "repair"}, "published: missing; there is nothing to repair"),
        ({"order": ["gaps"]}, "order[0]: 'gaps' is none of changes, fairness, wishes, comfort"),
        ({"order": ["wishes", "wishes"]}, "order[1]: 'wishes' is there twice"),
        ({"role_points": {"primary": 0.25}}, "role_points.primary: not 0, 0.5 or 1"),
        ({"seconds": 0}, "seconds: 0 is no time to plan in"),
        ({"seed": "1"}, "seed: '1' is not a number"),
        ({"colour": "red"}, "colour: there is no such field"),
    ],
)
def test_refusals_name_the_field_and_say_why(fields: dict[str, Any], sentence: str) -> None:
    assert refusal(with_fields(**fields)) == sentence


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("[]", "the input: a list is not an object"),
        ('{"people" []}', "line 1, column 11: not JSON (Expecting ':' delimiter)"),
        ("", "line 1, column 1: not JSON (Expecting value)"),
        ('{"people": [], "people": []}', "people: this field is there twice in one object"),
        ('{"seed": NaN}', "the input: NaN is not a number that can be used"),
        ('{"seed": -Infinity}', "the input: -Infinity is not a number that can be used"),
        (f'{{"seed": 1e{"9" * 20}}}', f"the input: 1e{'9' * 20} is not a number that can be used"),
        (f'{{"seed": {"9" * 5000}}}', f"the input: {'9' * 60} is not a number that can be used"),
        ('{"people": [{"id": "a", "a\\n\\ud800": 1}]}', "people[0].a\\n\\ud800: there is no such field"),
        ("[" * 100_000, "the input: lists and objects are nested too deeply"),
        ('{"people": [{"id": "a", "share": 1e-999999}]}', "people[0].share: 1E-999999 has more than 30 decimal places"),
        ('{"people": [{"id": "a", "share": 1e999999}]}', "people[0].share: 1E+999999 is not between 0 and 1,000"),
    ],
)
def test_text_that_is_no_plan(words: str, sentence: str) -> None:
    with pytest.raises(UnusableInput) as refused:
        read_text(words)
    assert str(refused.value) == sentence


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
