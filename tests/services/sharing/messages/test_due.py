"""Reminders, handoffs, gaps, overviews and plans, through a real mail server: each once, and only while it holds."""

import asyncio
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from sqlmodel import col, delete, select, update

from oncall_ui.app import App
from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.messages.kinds import EmailKind, MessageKind
from oncall_ui.domain.schedules.plan_states import PlanStatus
from oncall_ui.models import Assignment, Message, QuietHours, SchedulePlan, now
from oncall_ui.services.accounts.email_choices import choose_email, email_choices
from oncall_ui.services.schedules.access import set_access
from oncall_ui.services.schedules.drafts.drafts import create_draft
from oncall_ui.services.schedules.drafts.planning import run_due_plans
from oncall_ui.services.schedules.messages.due import queue_due
from oncall_ui.services.schedules.messages.links import create_link, find_link, spend_link
from oncall_ui.services.schedules.messages.outbox import Note, put
from oncall_ui.services.schedules.messages.plans import note_held_back, note_ready
from oncall_ui.services.schedules.messages.retention import KEPT, erase_old_messages
from oncall_ui.services.schedules.published.assign import assign
from oncall_ui.services.sharing.messages.send import send_messages
from oncall_ui.settings import Settings
from tests.conftest import Person
from tests.fakes.smtp import MailServer
from tests.services.helpers.post import post, with_email
from tests.services.helpers.schedules import (
    draft_by_hand,
    in_plan,
    keep_schedule,
    next_monday,
    participant_of,
    publish_by_hand,
)
from tests.services.test_at_once import together

__all__ = ["post"]


@pytest.fixture
def settings(settings: Settings, post: MailServer) -> Settings:
    return with_email(settings, post)


@pytest.fixture
def team(app: App, bob: Person, mallory: Person) -> tuple[int, int, int]:
    """Three days of Mallory, then Bob, who manages it, then nobody; all of it published long ago."""
    schedule = keep_schedule(app, bob, [bob, mallory], name="Platform")
    b, m = participant_of(app, schedule, bob), participant_of(app, schedule, mallory)
    publish_by_hand(app, bob, schedule, [m, m, m, b, None])
    with app.db.write() as session:
        session.exec(update(Assignment).values(recorded_at=now() - timedelta(days=60)))
        session.exec(update(Message).values(sent_at=now()))
    return schedule, b, m


def told(app: App, post: MailServer, moment: datetime, about: str) -> list[tuple[str, str]]:
    """What everyone gets at this moment that they didn’t get before: first name and subject with these words."""
    post.taken.clear()
    queue_due(app, at=moment)
    send_messages(app, at=moment)
    post.taken[:] = [each for each in post.taken if about in str(each["Subject"])]
    return sorted((str(each["To"]).partition("@")[0], str(each["Subject"])) for each in post.taken)


def kinds(app: App) -> list[MessageKind]:
    with app.db.read() as session:
        return [row.kind for row in session.exec(select(Message).where(Message.kind != MessageKind.PUBLISHED))]


def text_of(post: MailServer) -> str:
    (email,) = post.taken
    return str(email.get_content()).replace("\r\n", "\n")


DAY = timedelta(days=1)


def test_reminders_come_once_a_turn_a_week_and_a_day_before(
    app: App, post: MailServer, bob: Person, team: tuple[int, int, int]
) -> None:
    start, about = in_plan(0), "Platform: on call"
    assert told(app, post, start - 7 * DAY - timedelta(minutes=1), about) == []
    at = f"{start.astimezone(bob.me.member.tz):%H:%M}"  # ten, or eleven in summer
    when = f"in 7 days, from {start:%a} {start.day} {start:%b}, {at}"
    assert told(app, post, start - 7 * DAY, about) == [("mallory", f"Platform: on call {when}")]
    assert f"{at} to {start + 3 * DAY:%a} " in text_of(post), "three days are one turn"
    assert told(app, post, start - 6 * DAY, about) == []
    assert [to for to, _ in told(app, post, start - DAY, about)] == ["mallory"]
    assert told(app, post, start - DAY, about) == []
    # Nobody looked until two days before Bob's: a week before is too late, and a day before isn't due.
    assert told(app, post, in_plan(3) - 2 * DAY, about) == []


def test_a_reminder_whose_shift_went_is_not_sent(
    app: App, post: MailServer, bob: Person, team: tuple[int, int, int]
) -> None:
    schedule, b, m = team
    moment = in_plan(3) - DAY
    queue_due(app, at=moment)
    assert MessageKind.DAY_BEFORE in kinds(app)
    assign(app, bob.id, schedule, in_plan(3), "primary", m, before=b)
    assert told(app, post, moment, "on call tomorrow") == []


def test_a_handoff_is_told_to_both_at_any_hour_within_the_hour(
    app: App, post: MailServer, bob: Person, team: tuple[int, int, int]
) -> None:
    with app.db.write() as session:
        session.add(QuietHours(member_id=bob.id, begin=0, end=23))
    ours = [("bob", "Platform: you are on call now"), ("mallory", "Platform: your shift is over")]
    assert told(app, post, in_plan(3), "") == ours
    assert told(app, post, in_plan(3) + timedelta(minutes=5), "call now") == []
    assert told(app, post, in_plan(4) + timedelta(hours=1, minutes=1), "shift is over") == []
    assert told(app, post, in_plan(0) + timedelta(minutes=59), "now") == [("mallory", "Platform: you are on call now")]
    assert "Nobody had it before you." in text_of(post)


def test_who_took_over_after_the_start_was_told_by_that(app: App, post: MailServer, team: tuple[int, int, int]) -> None:
    with app.db.write() as session:
        session.exec(update(Assignment).values(recorded_at=in_plan(3) + timedelta(minutes=1)))
    assert told(app, post, in_plan(3) + timedelta(minutes=2), "call") == []


def test_managers_hear_of_a_gap_a_week_and_a_day_before_until_it_is_filled(
    app: App, post: MailServer, bob: Person, team: tuple[int, int, int]
) -> None:
    schedule, b, _ = team
    gap = in_plan(4)
    week = gap - 7 * DAY + timedelta(hours=1)
    assert told(app, post, week, "gap") == [("bob", "Platform: 1 gap within 7 days")]
    assert told(app, post, week + DAY, "gap") == []
    assert told(app, post, gap - timedelta(hours=11), "gap") == [("bob", "Platform: 1 gap within 24 hours")], "at night"
    assert told(app, post, gap + timedelta(hours=1), "gap") == []
    publish_by_hand(app, bob, schedule, [b, None], first=5)
    moment = in_plan(6) - timedelta(hours=2)
    queue_due(app, at=moment)
    assert kinds(app).count(MessageKind.GAP_SOON) == 2
    assign(app, bob.id, schedule, in_plan(6), "primary", b, before=None)
    assert told(app, post, moment, "gap") == []


def test_one_message_for_all_gaps_of_a_week(app: App, post: MailServer, bob: Person) -> None:
    schedule = keep_schedule(app, bob, [bob])
    b = participant_of(app, schedule, bob)
    publish_by_hand(app, bob, schedule, [None, b, None, None, b])
    assert told(app, post, in_plan(-2, 12), "gap") == [("bob", "Platform: 2 gaps within 7 days")]


def test_mondays_overview(
    app: App, post: MailServer, alice: Person, bob: Person, mallory: Person, team: tuple[int, int, int]
) -> None:
    set_access(app, bob.id, team[0], alice.id, Access.VIEWER)
    monday, about = in_plan(0, 8), "This week"  # nine in Berlin
    assert told(app, post, monday - DAY, about) == []
    assert [to for to, _ in told(app, post, monday, about)] == ["bob", "mallory"], "not to viewers"
    mine = overview_of(post, bob)
    assert ": Mallory" in mine and ": you" in mine and ": nobody" in mine
    assert "Points above (+) or below" in mine and "Next week: nothing is published." in mine
    assert told(app, post, monday + timedelta(hours=1), about) == []
    assert not email_choices(app, alice.id)[EmailKind.WEEK_AHEAD]
    choose_email(app, alice.id, EmailKind.WEEK_AHEAD, wanted=True)
    choose_email(app, bob.id, EmailKind.WEEK_AHEAD, wanted=False)
    with app.db.write() as session:
        session.exec(delete(Message).where(col(Message.kind) == MessageKind.WEEK_AHEAD))
    assert [to for to, _ in told(app, post, monday, about)] == ["alice", "mallory"]
    theirs = overview_of(post, alice)
    assert ": Mallory" in theirs and "Points" not in theirs, "viewers see no balances"


def overview_of(post: MailServer, person: Person) -> str:
    (found,) = (str(each.get_content()) for each in post.taken if each["To"] == person.email)
    return found


def test_two_processes_tell_everything_once(app: App, post: MailServer, team: tuple[int, int, int]) -> None:
    for moment in (in_plan(0), in_plan(3) - DAY, in_plan(3)):
        together(*[partial(queue_due, app, at=moment)] * 2)
        together(*[partial(send_messages, app, at=moment)] * 2)
    subjects = [(each["To"], each["Subject"]) for each in post.taken]
    assert len(subjects) == len(set(subjects)) == 7, subjects


def test_managers_hear_of_plans_that_wait_for_them(
    app: App, post: MailServer, bob: Person, mallory: Person, team: tuple[int, int, int]
) -> None:
    schedule, b, _ = team
    number = draft_by_hand(app, schedule, [b])
    with app.db.write() as session:
        plan = session.exec(select(SchedulePlan).where(SchedulePlan.number == number)).one()
        assert [each.member_id for each in note_ready(session, plan, noon())] == [bob.id]
        assert note_ready(session, plan, noon()) == [], "once"
        plan.result = {"held_back": ["The calendars of Mallory aren’t up to date."]}
        note_held_back(session, plan, noon())
    send_messages(app, at=noon())
    assert [each["Subject"] for each in post.taken] == [
        f"Platform: draft {number} is ready for review", "Platform: the next weeks need a decision",
    ]  # fmt: skip
    assert "- The calendars of Mallory aren’t up to date." in str(post.taken[1].get_content())
    assert f"/schedules/{schedule}/drafts/{number}" in str(post.taken[0].get_content())
    post.taken.clear()
    with app.db.write() as session:
        plan = session.exec(select(SchedulePlan).where(SchedulePlan.number == number)).one()
        plan.revision += 1
        note_ready(session, plan, noon())
        plan.status = PlanStatus.DROPPED
    assert (send_messages(app, at=noon()), post.taken) == (0, [])


def test_managers_hear_of_a_draft_that_nobody_asked_for(app: App, bob: Person) -> None:
    schedule = keep_schedule(app, bob, [bob])
    for number in (1, 2):
        create_draft(app, bob.id, schedule, next_monday(), next_monday() + DAY)
        if number == 2:
            with app.db.write() as session:
                session.exec(update(SchedulePlan).where(col(SchedulePlan.number) == number).values(by_id=None))
        asyncio.run(run_due_plans(app))
        assert kinds(app) == [MessageKind.PLAN_READY] * (number - 1), "who asks for a draft looks at it"


def noon() -> datetime:
    return datetime.combine(now().date() + DAY, datetime.min.time(), UTC) + timedelta(hours=12)


def test_what_waited_over_its_time_is_dropped_and_what_became_quiet_waits(
    app: App, post: MailServer, bob: Person, team: tuple[int, int, int]
) -> None:
    moment = in_plan(3) - DAY
    queue_due(app, at=moment)
    assert send_messages(app, at=moment + timedelta(hours=14)) == 0, "the server was down until the night"
    assert [to for to, _ in told(app, post, moment + timedelta(hours=22), "on call today")] == ["bob"]
    queue_due(app, at=in_plan(0) - 6 * DAY)
    assert MessageKind.WEEK_BEFORE in kinds(app)
    assert told(app, post, in_plan(0) - 2 * DAY, "on call") == [], "a week before, two days before"


def test_a_link_works_once(app: App, bob: Person, team: tuple[int, int, int]) -> None:
    moment = noon()
    with app.db.write() as session:
        message = put(session, Note(MessageKind.ASKED, bob.id, team[0], {"ask": 7}, key="ask"), moment)
        assert (
            message is not None and put(session, Note(MessageKind.ASKED, bob.id, None, {}, key="ask"), moment) is None
        )
        old = create_link(session, message, "answer", moment + DAY)
        token = create_link(session, message, "answer", moment + DAY)
    spent = together(*[partial(_spend, app, token, moment)] * 2)
    assert sorted(map(bool, spent)) == [False, True]
    with app.db.read() as session:
        seen = find_link(session, token, moment)
        assert seen is not None and (seen.is_used, seen.member_id, seen.payload) == (True, bob.id, {"ask": 7})
        assert find_link(session, old, moment) is None, "a message written again has a new one"
        assert find_link(session, token, moment + 2 * DAY) is None and find_link(session, "guessed", moment) is None


def _spend(app: App, token: str, moment: datetime) -> object:
    with app.db.write() as session:
        return spend_link(session, token, moment)


def test_old_messages_are_erased(app: App, bob: Person, team: tuple[int, int, int]) -> None:
    with app.db.write() as session:
        first, *_ = session.exec(select(Message).order_by(col(Message.id))).all()
        first.sent_at = first.until = now() - KEPT - DAY
    assert (erase_old_messages(app), erase_old_messages(app)) == (1, 0)
