"""The text of an alert email."""

from datetime import UTC, datetime

import pytest

from oncall_ui.domain.imports.alert_email import Broken, subject_of, text_of

SINCE = datetime(2026, 11, 20, 7, 12, tzinfo=UTC)
FAMILY = Broken("Family", "Home feed", "cloud.example.org refused the password.", SINCE, SINCE, needs_you=True)
URL = "https://oncall.example.org/calendars"
STOP = "https://oncall.example.org/emails/stop/x"


@pytest.mark.parametrize(
    ("broken", "well", "subject"),
    [
        (1, 0, "1 calendar can’t be read"),
        (2, 0, "2 calendars can’t be read"),
        (2, 1, "2 calendars can’t be read, 1 works again"),
        (0, 1, "1 calendar works again"),
        (0, 2, "2 calendars work again"),
    ],
)
def test_the_subject_holds_numbers_and_no_names(broken: int, well: int, subject: str) -> None:
    assert subject_of(broken, well) == subject


def test_an_email_says_what_happened_what_still_counts_and_what_to_do() -> None:
    assert text_of("Alice", [FAMILY], [], zone="Europe/Berlin", url=URL, stop_url=STOP) == (
        "Hello Alice,\n\n"
        "This calendar is not up to date:\n\n"
        "* Family (Home feed), since Fri 20 Nov, 08:12\n"
        "  cloud.example.org refused the password.\n"
        "  Last read Fri 20 Nov, 08:12.\n"
        "  We won’t try again until you reconnect it.\n\n"
        f"Your calendars: {URL}\n\n"
        "What we read before still counts; later changes are missing.\n"
        "We email you on days 1, 3, 7 and 14 while a calendar can’t be read, and again when it works.\n"
        "Times in Berlin time.\n\n"
        f"Stop emails about your calendars:\n{STOP}\n"
    )


def test_a_suspected_loss_says_what_happens_without_a_decision() -> None:
    held_back = Broken("Work", "Work", "Work suddenly holds 3 of 140 entries.", SINCE, None, True, taken_at=SINCE)
    text = text_of("Alice", [held_back], ["Family"], zone="America/New_York", url=URL, stop_url=STOP)
    assert "* Work, since Fri 20 Nov, 02:12\n" in text
    assert "It has never been read." in text
    assert "If you don’t, the new one counts from Fri 20 Nov, 02:12." in text
    assert "Working again: Family" in text


def test_names_from_outside_can_not_look_like_the_email() -> None:
    tricky = Broken("Work\n\nYour calendars: https://evil.example", "x", "", SINCE, None, needs_you=False)
    text = text_of("Eve\r\nBcc: x", [tricky], [], zone="UTC", url=URL, stop_url=STOP)
    assert "\nYour calendars: https://evil" not in text
    assert text.startswith("Hello Eve Bcc: x,\n")


def test_when_everything_works_no_action_is_needed() -> None:
    text = text_of("Alice", [], ["Family", "Work"], zone="UTC", url=URL, stop_url=STOP)
    assert text == (
        f"Hello Alice,\n\nWorking again: Family, Work\n\nNo action needed. Your calendars: {URL}\n\n"
        f"Stop emails about your calendars:\n{STOP}\n"
    )
