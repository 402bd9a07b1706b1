"""A preview in words."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from oncall_ui.domain.availability.preview import Counting, Ignored, Preview, PreviewedEvent
from oncall_ui.domain.availability.reasons import Reason
from oncall_ui.domain.availability.rules import Action
from oncall_ui.domain.availability.window import days_from
from pages.connections.choose.preview_words import (
    answer,
    circumstances,
    counting_rows,
    how_many,
    how_often,
    ignored_rows,
    when,
)

BERLIN = ZoneInfo("Europe/Berlin")
TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def entry(start: str, end: str) -> PreviewedEvent:
    """As a clock in Berlin shows it."""
    at = [int(datetime.fromisoformat(text).replace(tzinfo=BERLIN).timestamp()) for text in (start, end)]
    return PreviewedEvent("Offsite", at[0], at[1], False)


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        ("2026-11-25T14:00", "2026-11-25T18:00", ("Wed 25 Nov", "14:00 – 18:00")),
        ("2026-11-25T22:00", "2026-11-26T00:00", ("Wed 25 Nov", "22:00 – 24:00")),
        ("2026-11-25T22:00", "2026-11-26T06:00", ("Wed 25 Nov 22:00", "to Thu 26 Nov 06:00")),
        ("2026-11-30T00:00", "2026-12-04T00:00", ("Mon 30 Nov", "to Thu 3 Dec")),
        ("2026-11-30T00:00", "2026-12-01T00:00", ("Mon 30 Nov", "all day")),
        ("2026-11-02T22:00", "2026-11-25T06:00", ("Mon 2 Nov 22:00", "to Wed 25 Nov 06:00")),
        ("2026-11-25T00:00", "2026-11-25T00:00", ("Wed 25 Nov", "00:00")),
        ("2026-11-25T09:00", "2026-11-25T09:00", ("Wed 25 Nov", "09:00")),
    ],
)
def test_when_takes_two_short_lines(start: str, end: str, words: tuple[str, str]) -> None:
    assert when(entry(start, end), BERLIN, TODAY) == words


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Pacific/Auckland", "America/Los_Angeles", "Pacific/Kiritimati"])
def test_the_first_and_last_years_break_nothing(zone: str) -> None:
    first, last = (int(datetime(year, 1, 1, tzinfo=UTC).timestamp()) for year in (1, 9999))
    start, until = when(PreviewedEvent("Ever", first, last + 366 * 86_400, True), ZoneInfo(zone), TODAY)
    assert "Jan 1" in start and "9999" in until


def of(events: int, number: int) -> Preview:
    return Preview(events, number, number, (), ())


@pytest.mark.parametrize(
    ("preview", "is_on", "words"),
    [
        (of(134, 9), True, "9 of 134 events of Work would count."),
        (of(3412, 1200), True, "1,200 of 3,412 events of Work would count."),
        (of(20, 17), False, "17 of 20 events of Work would count if you switch it on."),
        (of(1, 0), True, "0 of 1 event of Work would count."),
        (of(0, 0), True, "Work has no events in the next 90 days."),
    ],
)
def test_the_page_says_first_how_many_would_count(preview: Preview, is_on: bool, words: str) -> None:
    assert answer("Work", preview, is_on=is_on) == words


def test_a_row_says_the_same_in_short() -> None:
    assert how_many(of(3412, 3)) == "3 of 3,412 would count"


def test_circumstances_name_the_days_and_when_they_were_read() -> None:
    said = circumstances(days_from(TODAY, BERLIN), NOW, BERLIN, NOW)
    assert said == "24 Nov to 21 Feb, read just now. Only you see the titles; they are never stored."


@pytest.mark.parametrize(
    ("times", "occurrences", "words"),
    [(1, 1, ""), (12, 12, "12 times"), (2, 12, "2 of 12 times"), (1, 2, "1 of 2 times")],
)
def test_a_series_says_how_often_it_is_meant(times: int, occurrences: int, words: str) -> None:
    event = PreviewedEvent("Standup", 0, 3600, False, times, occurrences)
    assert how_often(event).replace("\u00a0", " ") == words
    (row,) = counting_rows([Counting(event, Action.BLOCK, Reason.EVERY_EVENT_BLOCKS)], BERLIN, TODAY)
    assert row["why"].replace("\u00a0", " ") == " · ".join(filter(None, (words, "every event blocks")))


@pytest.mark.parametrize(
    ("reason", "number", "words"),
    [
        (Reason.NO_TAG, 117, "No tag in title or description"),
        (Reason.UNANSWERED, 5, "Invitations you haven’t answered"),
        (Reason.DECLINED, 1, "An invitation you declined"),
        (Reason.ALL_DAY, 1, "Lasts whole days"),
        (Reason.ALL_DAY, 3, "All-day events"),
        (Reason.NO_LENGTH, 2, "Have no length"),
        (Reason.INFORMATION, 2, "Say nothing about being busy"),
        (Reason.CANCELLED, 2, "Cancelled"),
        (Reason.ACCEPTED_BY_LIKELY_ADDRESS, 2, "Accepted by a@example.org: not one of your addresses"),
    ],
)
def test_a_reason_is_worded_for_one_event_or_several(reason: Reason, number: int, words: str) -> None:
    (row,) = ignored_rows([Ignored(reason, number, (), "a@example.org")], BERLIN, TODAY, unfolded=(), refused={})
    assert row["words"] == words


def test_a_folded_reason_names_two_titles_and_an_unfolded_one_lists_them() -> None:
    examples = tuple(entry("2026-11-25T14:00", "2026-11-25T18:00")._replace(title=title) for title in "aabc")
    ignored = [Ignored(Reason.CANCELLED, 30, examples)]
    (folded,) = ignored_rows(ignored, BERLIN, TODAY, unfolded=(), refused={})
    assert (folded["titles"], folded["examples"], folded["rest"]) == ("a, b, …", [], "")
    (unfolded,) = ignored_rows(ignored, BERLIN, TODAY, unfolded={"cancelled"}, refused={})
    assert unfolded["examples"][3] == {"title": "c", "at": "Wed 25 Nov, 14:00 – 18:00"}
    assert (unfolded["titles"], unfolded["rest"]) == ("", "and 26 more")
