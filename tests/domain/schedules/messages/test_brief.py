"""What a channel gets of an email: the same words, without greeting, foot and anything that works without a login."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from oncall_ui.domain.accounts.emails import Email
from oncall_ui.domain.schedules.destinations.kinds import DestinationKind
from oncall_ui.domain.schedules.messages.brief import MOST_LINES, brief_of
from oncall_ui.domain.schedules.messages.channels import EMAIL_ALONE, KINDS, OFFERED, may_try_again, usual_kinds
from oncall_ui.domain.schedules.messages.cover import Facts, Span, asked_email
from oncall_ui.domain.schedules.messages.kinds import EmailKind, MessageKind
from oncall_ui.domain.schedules.messages.managing import Gap, PlanNews, gap_email, plan_ready_email
from oncall_ui.domain.schedules.messages.starting import Starting, on_call_now, reminder
from oncall_ui.domain.schedules.messages.week_ahead import ScheduleWeeks, WeekTurn, week_ahead_email

HOME = "https://o.example.org"
URL, STOP = f"{HOME}/schedules/1", f"{HOME}/emails/stop/x"
BERLIN = ZoneInfo("Europe/Berlin")
START = datetime(2026, 12, 8, 8, tzinfo=UTC)
END = START + timedelta(days=1)
STARTING = Starting("Bob", "Platform", "primary", START, END, "Alice", BERLIN)


def test_a_reminder_keeps_what_is_so_and_leads_to_its_page() -> None:
    email = reminder(STARTING, START - timedelta(days=1), url=URL, stop_url=STOP)
    brief = brief_of(MessageKind.DAY_BEFORE, email, HOME)
    assert (brief.heading, brief.url, brief.is_urgent) == (email.subject, URL, False)
    assert brief.lines == (
        "You are on call for Platform tomorrow.",
        "- Tue 8 Dec, 09:00 to Wed 9 Dec, 09:00, primary",
        "Times are in Berlin time. Before you: Alice.",
    )
    now = brief_of(MessageKind.ON_CALL, on_call_now(STARTING, url=URL, stop_url=STOP), HOME)
    assert (len(now.lines), now.url, now.is_urgent) == (1, URL, True)


def test_many_lines_are_cut_and_counted() -> None:
    gaps = [Gap("primary", START, END)] * 18
    email = gap_email(MessageKind.GAP, "Ann", "Platform", gaps, BERLIN, url=URL, stop_url=STOP)
    brief = brief_of(MessageKind.GAP, email, HOME)
    assert (len(brief.lines), brief.lines[-1]) == (MOST_LINES + 1, "and 8 more lines")
    news = PlanNews("Ann", "Platform", 7, date(2026, 11, 30), date(2026, 12, 27))
    ready = brief_of(MessageKind.PLAN_READY, plan_ready_email(news, url=URL, stop_url=STOP), HOME)
    assert ready.lines == ("Draft 7 of Platform, 30 Nov to 27 Dec, is planned.",)


def test_a_request_is_answered_on_the_page_and_never_by_a_link_that_works_for_everyone() -> None:
    facts = Facts(
        "Bob", "Platform", "Alice", Span(START, END, "primary"), None, "Please!", "1 point", BERLIN, URL, STOP
    )
    brief = brief_of(MessageKind.ASKED, asked_email(facts, link="", until=None), HOME)
    assert brief.url == URL and "“Please!”" in brief.lines
    assert not [line for line in brief.lines if "http" in line or "nswer" in line]


def test_several_schedules_lead_to_all_of_them_and_a_name_is_no_link() -> None:
    turn = WeekTurn("primary", "Bob", True, START, END)
    weeks = [ScheduleWeeks(name, ([turn], []), {}, f"{HOME}/schedules/{name[-1]}") for name in ("P1", "https://x/2")]
    brief = brief_of(MessageKind.WEEK_AHEAD, week_ahead_email("Bob", weeks, BERLIN, stop_url=STOP), HOME)
    assert brief.url == f"{HOME}/schedules" and {"P1", "https://x/2"} <= {*brief.lines}
    plain = brief_of(MessageKind.TAKEN, Email("It is over", "Hello,\n\nIt is over.\n\nWhy this came.\n"), HOME)
    assert (plain.lines, plain.url) == (("It is over.",), f"{HOME}/schedules")


def test_what_can_be_chosen_and_what_is_sent_again() -> None:
    assert {*KINDS} | EMAIL_ALONE == {*EmailKind}
    for kind in OFFERED:
        assert EmailKind.HANDOFFS in usual_kinds(kind) and {*usual_kinds(kind)} <= {*KINDS}
    assert EmailKind.WEEK_AHEAD not in usual_kinds(DestinationKind.SLACK), "viewers get none unasked"
    assert all(may_try_again(kind, may_have_arrived=False) for kind in OFFERED)
    assert [kind for kind in OFFERED if may_try_again(kind, may_have_arrived=True)] == [DestinationKind.NTFY]
