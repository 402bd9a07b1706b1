"""A preview in words."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from oncall_ui.domain.availability.preview import Ignored, Preview, PreviewedOccurrence
from oncall_ui.domain.availability.reasons import Reason
from oncall_ui.domain.availability.window import days_from
from pages.connections.choose.preview_words import circumstances, heading, how_many, ignored_rows, when

BERLIN = ZoneInfo("Europe/Berlin")
TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def entry(start: str, end: str) -> PreviewedOccurrence:
    """As a clock in Berlin shows it."""
    at = [int(datetime.fromisoformat(text).replace(tzinfo=BERLIN).timestamp()) for text in (start, end)]
    return PreviewedOccurrence("Offsite", at[0], at[1], False)


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
def test_the_outermost_years_break_nothing(zone: str) -> None:
    first, last = (int(datetime(year, 1, 1, tzinfo=UTC).timestamp()) for year in (1, 9999))
    start, until = when(PreviewedOccurrence("Ever", first, last + 366 * 86_400, True), ZoneInfo(zone), TODAY)
    assert "Jan 1" in start and "9999" in until


@pytest.mark.parametrize(
    ("forecast", "words"),
    [
        (Preview(134, 9, (), ()), "9 of 134 events would count"),
        (Preview(3412, 1200, (), ()), "1,200 of 3,412 events would count"),
        (Preview(1, 0, (), ()), "0 of 1 event would count"),
        (Preview(0, 0, (), ()), "There are no events in the next 90 days"),
    ],
)
def test_the_heading_is_the_answer(forecast: Preview, words: str) -> None:
    assert heading(forecast) == words


def test_a_row_tells_the_same_in_short() -> None:
    assert how_many(Preview(3412, 3, (), ())) == "3 of 3,412 would count"


def test_what_was_read_is_told_and_what_becomes_of_it() -> None:
    window = days_from(TODAY, BERLIN)
    told = circumstances("Work", window, NOW, BERLIN, NOW, is_on=True)
    assert told == "Work, 24 Nov to 21 Feb, read just now. Titles are shown to you and forgotten."
    assert circumstances("Work", window, NOW, BERLIN, NOW, is_on=False).startswith("Work, if you switch it on, 24 Nov")


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
def test_a_reason_is_worded_for_as_many_as_there_are(reason: Reason, number: int, words: str) -> None:
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
