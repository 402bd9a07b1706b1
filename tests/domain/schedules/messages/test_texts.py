"""What reminders, handoffs, gaps, plans and Monday's overview say."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest

from oncall_ui.domain.schedules.messages.kinds import MessageKind
from oncall_ui.domain.schedules.messages.managing import (
    MOST_GAPS,
    Gap,
    PlanNews,
    gap_email,
    held_back_email,
    plan_ready_email,
)
from oncall_ui.domain.schedules.messages.starting import Ended, Starting, off_call_now, on_call_now, reminder
from oncall_ui.domain.schedules.messages.week_ahead import ScheduleWeeks, WeekTurn, week_ahead_email

BERLIN = ZoneInfo("Europe/Berlin")
START = datetime(2026, 12, 8, 8, tzinfo=UTC)
END = START + timedelta(days=3)
URL, STOP = "https://o.example.org/schedules/1", "https://o.example.org/emails/stop/x"
STARTING = Starting("Bob\nTanaka", "Platform on-call", "primary", START, END, "Alice", BERLIN)


def test_a_reminder_says_when_and_after_whom() -> None:
    email = reminder(STARTING, START - timedelta(days=7), url=URL, stop_url=STOP)
    assert email.subject == "Platform on-call: on call in 7 days, from Tue 8 Dec, 09:00"
    assert email.text == (
        "Hello Bob Tanaka,\n\n"
        "You are on call for Platform on-call in 7 days.\n\n"
        "- Tue 8 Dec, 09:00 to Fri 11 Dec, 09:00, primary\n\n"
        "Times are in Berlin time. Before you: Alice. If you can’t take it, see who could:\n"
        f"{URL}\n\n"
        "You get this email because you are on Platform on-call. Stop emails about shifts that start soon:\n"
        f"{STOP}\n"
    )


@pytest.mark.parametrize(("hours", "when"), [(24, "tomorrow"), (10, "tomorrow"), (9, "today"), (48, "in 2 days")])
def test_a_reminder_counts_days_of_the_member(hours: int, when: str) -> None:
    assert f"on call {when}," in reminder(STARTING, START - timedelta(hours=hours), url=URL, stop_url=STOP).subject


def test_both_sides_of_a_handoff() -> None:
    email = on_call_now(STARTING, url=URL, stop_url=STOP)
    assert email.subject == "Platform on-call: you are on call now"
    assert "as primary until Fri 11 Dec, 09:00 (Berlin time). Before you: Alice." in email.text
    first = Starting("Bob", "P", "primary", START, END, "", BERLIN)
    assert "Nobody had it before you." in on_call_now(first, url=URL, stop_url=STOP).text
    over = off_call_now(Ended("Alice", "Platform", "primary", "Bob", END, BERLIN), url=URL, stop_url=STOP)
    assert over.subject == "Platform: your shift is over"
    assert "is over. Now on call: Bob, until Fri 11 Dec, 09:00 (Berlin time)." in over.text
    empty = off_call_now(Ended("Alice", "Platform", "primary", "", END, BERLIN), url=URL, stop_url=STOP)
    assert "Nobody is on call after you until Fri 11 Dec, 09:00" in empty.text


def test_gaps_are_counted_and_cut() -> None:
    gap = Gap("primary", START, END)
    one = gap_email(MessageKind.GAP_SOON, "Ann", "Platform", [gap], BERLIN, url=URL, stop_url=STOP)
    assert one.subject == "Platform: 1 gap within 24 hours"
    assert "Give it to somebody here" in one.text and "because you manage Platform." in one.text
    many = gap_email(MessageKind.GAP, "Ann", "Platform", [gap] * (MOST_GAPS + 3), BERLIN, url=URL, stop_url=STOP)
    assert many.subject == f"Platform: {MOST_GAPS + 3} gaps within 7 days"
    assert many.text.count("\n- ") == MOST_GAPS + 1 and "- and 3 more" in many.text


def test_plans_that_need_a_manager() -> None:
    news = PlanNews("Ann", "Platform", 7, date(2026, 11, 30), date(2026, 12, 27))
    ready = plan_ready_email(news, url=URL, stop_url=STOP)
    assert ready.subject == "Platform: draft 7 is ready for review"
    assert "Draft 7 of Platform, 30 Nov to 27 Dec, is planned." in ready.text
    held = held_back_email(news, ["Not every shift has\nsomebody.", "A limit can’t be kept."], url=URL, stop_url=STOP)
    assert held.subject == "Platform: the next weeks need a decision"
    assert "automatically:\n\n- Not every shift has somebody.\n- A limit can’t be kept.\n\n" in held.text


def test_the_overview_of_two_weeks() -> None:
    mine = WeekTurn("primary", "Bob", True, START, END)
    gap = WeekTurn("secondary", "", False, START, END)
    weeks = ScheduleWeeks(
        "Platform", ([mine, gap], []), {"Ann": Fraction(-3, 2), "Bob": Fraction(3, 2), "C": Fraction(1, 50)}, URL
    )
    email = week_ahead_email("Bob", [weeks], BERLIN, stop_url=STOP)
    assert email.subject == "This week: on call for Platform, Tue 8 Dec, 09:00"
    assert email.text.startswith(
        "Hello Bob,\n\n"
        f"Platform\n{URL}\n\n"
        "This week:\n"
        "- Tue 8 Dec, 09:00 to Fri 11 Dec, 09:00, primary: you\n"
        "- Tue 8 Dec, 09:00 to Fri 11 Dec, 09:00, secondary: nobody\n\n"
        "Next week: nothing is published.\n\n"
        "Points above (+) or below (−) a fair share: Bob +1.5, C 0, Ann −1.5\n\n"
        "Times are in Berlin time.\n\n"
    )
    free = ScheduleWeeks("Platform", ([gap], []), {}, URL)
    assert week_ahead_email("Bob", [free, free], BERLIN, stop_url=STOP).subject == "This week: you aren’t on call"
    assert "because you are on a schedule." in week_ahead_email("Bob", [free, free], BERLIN, stop_url=STOP).text
