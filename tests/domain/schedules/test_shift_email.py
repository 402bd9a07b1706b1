"""When emails about shifts may be sent, and what they say."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from oncall_ui.domain.schedules.shift_email import due_at
from oncall_ui.domain.schedules.shift_email_text import MOST_LINES, Line, ShiftNews, shift_email

TOKYO = ZoneInfo("Asia/Tokyo")
BERLIN = ZoneInfo("Europe/Berlin")
START = datetime(2026, 12, 4, 9, tzinfo=UTC)


def at(hour: int, minute: int = 0, day: int = 29) -> datetime:
    """In Berlin, in November."""
    return datetime(2026, 11, day, hour, minute, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("moment", "due"),
    [
        (at(8), at(8)),
        (at(8, 30), at(8, 30)),
        (at(19, 59), at(19, 59)),
        (at(20), at(8, day=30)),
        (at(23, 59), at(8, day=30)),
        (at(0), at(8)),
        (at(7, 59), at(8)),
    ],
)
def test_emails_wait_from_20_to_8_in_the_members_zone(moment: datetime, due: datetime) -> None:
    assert due_at(moment, BERLIN, [START]) == due
    assert due_at(at(10), TOKYO, [START]) == at(10)
    assert due_at(at(14), TOKYO, [START]) == at(0, day=30)


def test_a_shift_within_24_hours_does_not_wait() -> None:
    assert due_at(at(22), BERLIN, [at(22) + timedelta(hours=23)]) == at(22)
    assert due_at(at(22), BERLIN, [at(22) + timedelta(hours=24)]) == at(8, day=30)
    assert due_at(at(22), BERLIN, [at(21)]) == at(8, day=30)


def line(days: int, remark: str = "") -> Line:
    start = START + timedelta(days=days)
    return Line(start, start + timedelta(days=3), "primary", remark)


def test_the_email_says_what_came_and_went_and_why() -> None:
    news = ShiftNews(
        "Alice\nMoreno",
        "Platform on-call",
        "Bob",
        gained=[line(0, "Dana had it, and is blocked then")],
        lost=[line(7, "now Chidi: you are blocked then"), line(14)],
        changed=[],
        zone=BERLIN,
    )
    email = shift_email(news, url="https://o.example.org/schedules/1", stop_url="https://o.example.org/emails/stop/x")
    assert email.subject == "Platform on-call: 1 shift new, 2 gone"
    assert email.text == (
        "Hello Alice Moreno,\n\n"
        "Bob published a plan for Platform on-call that changes your shifts.\n\n"
        "New for you:\n"
        "- Fri 4 Dec, 10:00 to Mon 7 Dec, 10:00, primary (Dana had it, and is blocked then)\n\n"
        "No longer yours:\n"
        "- Fri 11 Dec, 10:00 to Mon 14 Dec, 10:00, primary (now Chidi: you are blocked then)\n"
        "- Fri 18 Dec, 10:00 to Mon 21 Dec, 10:00, primary\n\n"
        "Times are in Berlin time. Open a shift to see why it is whose:\nhttps://o.example.org/schedules/1\n\n"
        "You get this email because you are on Platform on-call. Stop emails about changes of your shifts:\n"
        "https://o.example.org/emails/stop/x\n"
    )


def test_a_long_list_ends_with_how_many_more() -> None:
    news = ShiftNews("A", "P", "", [line(3 * day) for day in range(MOST_LINES + 5)], [], [], BERLIN)
    text = shift_email(news, url="u", stop_url="s").text
    assert text.count("\n- ") == MOST_LINES + 1 and "- and 5 more" in text
    assert "A manager published" in text
