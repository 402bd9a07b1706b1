"""Emails about shifts that need a change: to the holder and to managers, only while they do, and stopped by a link."""

from datetime import UTC, datetime, time, timedelta

import pytest
from sqlmodel import select

from oncall_ui.app import App
from oncall_ui.domain.availability.manual import ManualDays
from oncall_ui.domain.availability.rules import Action
from oncall_ui.domain.schedules.messages.kinds import EmailKind, MessageKind
from oncall_ui.models import Message, now
from oncall_ui.services.accounts.email_choices import choose_email
from oncall_ui.services.availability.manual import add_manual_days, remove_manual_days
from oncall_ui.services.schedules.conflicts.applying import use_repair
from oncall_ui.services.schedules.conflicts.looking import look_at
from oncall_ui.services.schedules.conflicts.repairing import read_broken
from oncall_ui.services.sharing.messages.send import send_messages
from oncall_ui.settings import Settings
from oncall_ui.solving.repair.repairing import repairs
from tests.conftest import Person
from tests.fakes.smtp import MailServer
from tests.services.helpers.post import post, with_email
from tests.services.helpers.schedules import keep_schedule, next_monday, participant_of, publish_by_hand

__all__ = ["post"]


@pytest.fixture
def settings(settings: Settings, post: MailServer) -> Settings:
    return with_email(settings, post)


@pytest.fixture
def schedule(app: App, post: MailServer, bob: Person, mallory: Person) -> int:
    """Bob manages it, Mallory has its only shift; those emails are out."""
    found = keep_schedule(app, bob, [bob, mallory], name="Platform on-call")
    publish_by_hand(app, bob, found, [participant_of(app, found, mallory), None])
    send_now(app)
    post.taken.clear()
    return found


def send_now(app: App) -> int:
    """At noon, tomorrow: no quiet hours hold it up any more."""
    tomorrow = now().date() + timedelta(days=1)
    return send_messages(app, at=datetime.combine(tomorrow, time(12), UTC))


def blocked(app: App, who: Person) -> int:
    return add_manual_days(app, who.id, ManualDays(next_monday(), next_monday(), Action.BLOCK))


def test_the_holder_and_managers_hear_of_it_once(
    app: App, post: MailServer, bob: Person, mallory: Person, schedule: int
) -> None:
    blocked(app, mallory)
    look_at(app, schedule)
    look_at(app, schedule)
    assert send_now(app) == 2
    assert send_now(app) == 0
    texts = {each["To"]: each.get_content().replace("\r\n", "\n") for each in post.taken}
    assert {each["Subject"] for each in post.taken} == {"Platform on-call: 1 shift needs a change"}
    assert "primary: you are blocked then\n" in texts[mallory.email]
    assert "primary: Mallory is blocked then\n" in texts[bob.email]
    assert f"/schedules/{schedule}/repair\n" in texts[bob.email]
    assert "/emails/stop/" in texts[mallory.email]


def test_what_is_gone_by_then_isnt_told_and_nothing_to_who_turned_it_off(
    app: App, post: MailServer, bob: Person, mallory: Person, schedule: int
) -> None:
    days = blocked(app, mallory)
    look_at(app, schedule)
    remove_manual_days(app, mallory.id, days)
    look_at(app, schedule)
    assert send_now(app) == 0
    choose_email(app, bob.id, EmailKind.CONFLICTS, wanted=False)
    blocked(app, mallory)
    look_at(app, schedule)
    assert send_now(app) == 1
    assert post.to == [mallory.email]


def test_it_waits_a_minute_and_gathers(app: App, bob: Person, mallory: Person, schedule: int) -> None:
    blocked(app, mallory)
    look_at(app, schedule)
    with app.db.read() as session:
        rows = session.exec(select(Message).where(Message.kind == MessageKind.CONFLICT)).all()
    assert {row.member_id for row in rows} == {bob.id, mallory.id}
    assert all(row.due_at > now() for row in rows)
    assert send_messages(app) == 0


def test_who_gains_or_loses_a_shift_by_a_fix_hears_why(
    app: App, post: MailServer, bob: Person, mallory: Person, schedule: int
) -> None:
    blocked(app, mallory)
    look_at(app, schedule)
    broken = read_broken(app, bob.id, schedule)
    fix = repairs(broken.problem, broken.roster, broken.needed)[0]
    use_repair(app, bob.id, schedule, broken, fix)
    send_now(app)
    found = [each for each in post.taken if each["To"] == mallory.email]
    (body,) = (part for each in found for part in [each.get_body(("plain",))] if part is not None)
    text = str(body.get_content()).replace("\r\n", "\n")
    assert "Bob chose a fix for Platform on-call that changes your shifts" in text
    assert "(now Bob: you are blocked then)" in text, "and nothing about a conflict that is over"
