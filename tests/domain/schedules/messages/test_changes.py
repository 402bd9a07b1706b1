"""What an email about shifts that came and went says."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from oncall_ui.domain.schedules.messages.changes import MOST_LINES, Line, ShiftNews, shift_email

BERLIN = ZoneInfo("Europe/Berlin")
START = datetime(2026, 12, 4, 9, tzinfo=UTC)


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
