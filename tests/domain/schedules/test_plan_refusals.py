"""How bad input in the `plan` format is refused."""

from typing import Any

import pytest

from oncall_ui.domain.schedules.plan_format.fields import UnusableInput
from oncall_ui.domain.schedules.plan_format.reading import read_problem, read_text
from tests.domain.schedules.test_plan_reading import SLOT, with_fields


def refusal(value: object) -> str:
    with pytest.raises(UnusableInput) as refused:
        read_problem(value)
    assert "\n" not in str(refused.value)
    return str(refused.value)


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
        ({"roles": ["a", "b"], "shadows": {"b": {"beside": "b"}}}, "shadows.b.beside: 'b' is a shadow, too"),
        ({"shadows": {"learner": {"beside": "primary"}}}, "shadows.learner: there is no such field"),
        ({"roles": ["a", "b"], "shadows": {"b": {"beside": "c"}}}, "shadows.b.beside: there is no role 'c'"),
        (
            {"roles": ["a", "b"], "shadows": {"b": {"beside": "a"}}, "role_points": {"b": 1}},
            "role_points.b: a shadow has no points",
        ),
        (
            {
                "roles": ["a", "b"],
                "shadows": {"b": {"beside": "a"}},
                "rules": [{"days": "Daily", "time": "09:00", "fill": {"a": "last b"}}],
            },
            "rules[0].fill: 'b' doesn't pass on to 'a': nothing follows from a shadow, nor does it follow",
        ),
        ({"bend": -1}, "bend: neither true nor false, nor a whole number from 0 to 10,000"),
        ({"bend": 1.5}, "bend: neither true nor false, nor a whole number from 0 to 10,000"),
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
