"""What processes tell each other arrives as it was, is short enough, and does no harm where nobody understands it."""

import json

import pytest

from oncall_ui.between.wire import Told, texts_of, understood
from oncall_ui.database.line import LONGEST
from oncall_ui.hub import (
    CalendarChanged,
    Change,
    MemberChanged,
    MembersChanged,
    Missed,
    ScheduleChanged,
    SessionEnded,
)

EVERY: frozenset[Change] = frozenset(
    {
        CalendarChanged(3, 7),
        MemberChanged(3),
        MembersChanged(),
        SessionEnded(3, "a hash"),
        ScheduleChanged(5),
        ScheduleChanged(5, is_progress=True),
        Missed(),
    }
)


def test_every_kind_of_change_arrives_as_it_was() -> None:
    told = Told("one", "worker", 0.25, ("mail server",), EVERY, asks=True, has_left=True)
    (text,) = texts_of(told)
    assert understood(text) == told
    assert {type(each) for each in EVERY} == set(Change.__args__), "none is left out"


def test_without_a_change_it_says_that_the_process_lives() -> None:
    (text,) = texts_of(Told("one", "web", None))
    assert understood(text) == Told("one", "web", None)


def test_many_changes_go_in_several_texts_that_postgresql_takes() -> None:
    changes = frozenset(SessionEnded(2**62 + number, "f" * 64) for number in range(120))
    texts = texts_of(Told("f" * 32, "worker", 0.1, ("f" * 60,) * 20, changes))
    assert len(texts) == 3 and all(len(text.encode()) < LONGEST for text in texts)
    parts = [found.changes for text in texts if (found := understood(text))]
    assert frozenset().union(*parts) == changes


@pytest.mark.parametrize("parts", [["a kind of tomorrow", 3], ["calendar", 3], ["member", 3, 4]])
def test_what_a_newer_version_says_counts_as_something_unknown(parts: list[object]) -> None:
    found = understood(json.dumps({"by": "new", "role": "web", "looked": None, "changes": [parts]}))
    assert found and found.changes == {Missed()}


@pytest.mark.parametrize(
    "text",
    ["", "nonsense", "[]", "{}", '{"by": "x", "role": "web", "looked": "soon", "changes": []}', '"by"', "3"],
)
def test_what_is_not_from_this_app_is_ignored(text: str) -> None:
    assert understood(text) is None
