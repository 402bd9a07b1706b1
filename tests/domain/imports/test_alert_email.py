"""The words of a letter."""

from datetime import UTC, datetime

import pytest

from oncall_ui.domain.imports.alert_email import Broken, subject_of, text_of

SINCE = datetime(2026, 11, 20, 7, 12, tzinfo=UTC)
FAMILY = Broken("Family", "Home feed", "cloud.example.org refused the password.", SINCE, SINCE, needs_you=True)
URL = "https://oncall.example.org/calendars"


@pytest.mark.parametrize(
    ("broken", "well", "subject"),
    [
        (1, 0, "1 calendar can’t be read"),
        (2, 0, "2 calendars can’t be read"),
        (2, 1, "2 calendars can’t be read, 1 is again"),
        (0, 1, "1 calendar is read again"),
        (0, 2, "2 calendars are read again"),
    ],
)
def test_the_subject_holds_numbers_and_no_names(broken: int, well: int, subject: str) -> None:
    assert subject_of(broken, well) == subject


def test_a_letter_tells_what_happened_what_holds_and_what_to_do() -> None:
    assert text_of("Alice", [FAMILY], [], zone="Europe/Berlin", url=URL) == (
        "Hello Alice,\n\n"
        "This calendar can’t be relied on:\n\n"
        "* Family (Home feed), since Fri 20 Nov, 08:12\n"
        "  cloud.example.org refused the password.\n"
        "  What counts is from Fri 20 Nov, 08:12.\n"
        "  It is not tried again by itself: reconnect it.\n\n"
        f"See what can be done: {URL}\n\n"
        "What was read before still counts; anything newer is unknown.\n"
        "You get this letter on day 1, 3, 7 and 14 of a calendar that can’t be read, and one when it can be again.\n"
        "Times are those of Berlin.\n"
    )


def test_a_doubt_says_what_comes_without_an_answer() -> None:
    doubted = Broken("Work", "Work", "Work suddenly holds 3 of 140 entries.", SINCE, None, True, taken_at=SINCE)
    text = text_of("Alice", [doubted], ["Family"], zone="America/New_York", url=URL)
    assert "* Work, since Fri 20 Nov, 02:12\n" in text
    assert "It was never read." in text
    assert "without an answer the new one does from Fri 20 Nov, 02:12." in text
    assert "Read again, as before: Family" in text


def test_names_from_outside_can_not_look_like_the_letter() -> None:
    tricky = Broken("Work\n\nSee what can be done: https://evil.example", "x", "", SINCE, None, needs_you=False)
    text = text_of("Eve\r\nBcc: x", [tricky], [], zone="UTC", url=URL)
    assert "\nSee what can be done: https://evil" not in text
    assert text.startswith("Hello Eve Bcc: x,\n")


def test_when_all_is_well_there_is_nothing_to_do() -> None:
    text = text_of("Alice", [], ["Family", "Work"], zone="UTC", url=URL)
    assert (
        text
        == f"Hello Alice,\n\nRead again, as before: Family, Work\n\nThere is nothing to do. Your calendars: {URL}\n"
    )
