"""A reading, weighed."""

import pytest

from oncall_ui.domain.availability.evaluate import KeyedSpan, Outcome, classify, evaluate
from oncall_ui.domain.availability.reasons import Reason
from oncall_ui.domain.availability.rules import Action, Mode, Rules
from oncall_ui.domain.ical import Changes, key_of
from oncall_ui.domain.imports.events import Event, Occurrence, Reading
from oncall_ui.domain.imports.hints import hint_of, hint_words

NOC, LUNCH = Event("1", "noc"), Event("2", "Lunch")


def reading(*occurrences: Occurrence, events_read: int | None = None) -> Reading:
    count = len(occurrences) if events_read is None else events_read
    return Reading("Work", "UTC", list(occurrences), [], count)


def outcome(*occurrences: Occurrence, events_read: int | None = None, rules: Rules | None = None) -> Outcome:
    return evaluate(Changes(reading(*occurrences, events_read=events_read)), rules or Rules())


def test_what_counts_is_kept_once_and_in_order_and_the_rest_is_counted_by_reason() -> None:
    found = outcome(
        Occurrence(300, 400, False, NOC),
        Occurrence(100, 200, False, NOC),
        Occurrence(100, 200, False, NOC),
        Occurrence(100, 200, False, LUNCH),
    )
    assert found.spans == [
        KeyedSpan(100, 200, Action.BLOCK, key_of("1")),
        KeyedSpan(300, 400, Action.BLOCK, key_of("1")),
    ]
    assert found.ignored == {Reason.NO_TAG: 1}


def test_both_numbers_count_events_however_often_they_recur() -> None:
    weekly = [Occurrence(start, start + 100, False, NOC) for start in (100, 300, 500)]
    found = outcome(*weekly, Occurrence(100, 200, False, LUNCH), events_read=2)
    assert (found.events_read, found.events_counted) == (2, 1)


def test_a_source_with_series_says_itself_how_many_events_it_holds() -> None:
    found = evaluate(Changes(reading(Occurrence(100, 200, False, NOC), events_read=4), events=3), Rules())
    assert (found.events_read, found.events_counted) == (3, None), "the store counts keys, also of what didn't change"


def test_an_event_without_length_blocks_nothing_and_says_so() -> None:
    ((_, decision),) = classify(reading(Occurrence(100, 100, False, NOC)), Rules())
    assert (decision.action, decision.words) == (None, "has no length")


@pytest.mark.parametrize(
    ("found", "rules", "words"),
    [
        (outcome(Occurrence(1, 2, False, NOC)), Rules(), ""),
        (outcome(), Rules(), ""),
        (outcome(events_read=5), Rules(), "none of them in the next 90 days"),
        (outcome(Occurrence(1, 2, False, LUNCH)), Rules(), "none is tagged: choose how events count"),
        (
            outcome(Occurrence(1, 2, False, Event("1", "noc", creator="bob@example.org", is_shared=True))),
            Rules(),
            "all were created by somebody else: choose how events count",
        ),
        (
            outcome(Occurrence(1, 2, True, Event("1", "New Year", free=True)), rules=Rules(Mode.BLOCK)),
            Rules(Mode.BLOCK),
            "all are marked free: switch on “Count events marked free”",
        ),
        (
            outcome(Occurrence(1, 2, True, Event("1", "x", cancelled=True)), rules=Rules(Mode.BLOCK)),
            Rules(Mode.BLOCK),
            "none counts, most of them because: cancelled",
        ),
    ],
)
def test_a_reading_that_brought_nothing_says_what_to_change(found: Outcome, rules: Rules, words: str) -> None:
    assert hint_words(hint_of(found, rules)) == words
