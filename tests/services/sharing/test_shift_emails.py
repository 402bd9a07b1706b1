"""Emails about published changes, through a real mail server: one per publishing, never at night, stopped by a link."""

from datetime import timedelta

import pytest
from icalendar import Calendar as Parsed
from sqlmodel import col, select, update

from oncall_ui.app import App
from oncall_ui.domain.availability.manual import ManualDays
from oncall_ui.domain.availability.rules import Action
from oncall_ui.domain.schedules.shift_email import EmailKind
from oncall_ui.models import Member, ShiftEmail, now
from oncall_ui.services.accounts.email_choices import choose_email, email_choices, stop_by_link
from oncall_ui.services.availability.manual import add_manual_days
from oncall_ui.services.schedules.published.assign import assign
from oncall_ui.services.schedules.published.publish import publish
from oncall_ui.services.sharing.email_preview import preview_emails
from oncall_ui.services.sharing.shift_emails import TOO_OLD, send_shift_emails
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

__all__ = ["post"]
KIND = EmailKind.SHIFT_CHANGES


@pytest.fixture
def settings(settings: Settings, post: MailServer) -> Settings:
    return with_email(settings, post)


@pytest.fixture
def team(app: App, bob: Person, mallory: Person) -> tuple[int, int, int]:
    """A schedule of Bob, who manages it, and Mallory; the ids of the schedule and of both in it."""
    schedule = keep_schedule(app, bob, [bob, mallory], name="Platform on-call")
    return schedule, participant_of(app, schedule, bob), participant_of(app, schedule, mallory)


def send_now(app: App) -> int:
    """As if no quiet hours held it up."""
    with app.db.write() as session:
        session.exec(update(ShiftEmail).values(due_at=now()))
    return send_shift_emails(app)


def text_of(post: MailServer, to: str) -> str:
    (found,) = (each for each in post.taken if each["To"] == to)
    body = found.get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def test_one_email_to_each_whose_shifts_changed(
    app: App, post: MailServer, bob: Person, mallory: Person, team: tuple[int, int, int]
) -> None:
    schedule, b, m = team
    publish_by_hand(app, bob, schedule, [b, b, m, None])
    assert send_now(app) == 2
    assert send_now(app) == 0, "sent once"
    assert sorted(post.to) == [bob.email, mallory.email]
    assert {each["Subject"] for each in post.taken} == {
        "Platform on-call: 2 shifts new", "Platform on-call: 1 shift new",
    }  # fmt: skip
    assert "Bob published a plan for Platform on-call" in text_of(post, mallory.email)


def test_it_says_who_has_it_now_and_who_is_blocked(
    app: App, post: MailServer, bob: Person, mallory: Person, team: tuple[int, int, int]
) -> None:
    schedule, b, m = team
    publish_by_hand(app, bob, schedule, [b, m])
    send_now(app)
    post.taken.clear()
    add_manual_days(app, bob.id, ManualDays(next_monday(), next_monday(), Action.BLOCK))
    publish_by_hand(app, bob, schedule, [m, None])
    assert send_now(app) == 2
    assert "primary (now Mallory: you are blocked then)" in text_of(post, bob.email)
    theirs = text_of(post, mallory.email)
    assert "primary (Bob had it, and is blocked then)" in theirs
    assert "primary (nobody has it now)" in theirs


def test_the_file_moves_the_events_of_the_feed(
    app: App, post: MailServer, bob: Person, team: tuple[int, int, int]
) -> None:
    schedule, b, m = team
    publish_by_hand(app, bob, schedule, [b, b])
    send_now(app)
    post.taken.clear()
    publish_by_hand(app, bob, schedule, [m, b])
    send_now(app)
    (mine,) = (each for each in post.taken if each["To"] == bob.email)
    (file,) = mine.iter_attachments()
    assert (file.get_content_type(), file.get_filename()) == ("text/calendar", "shifts.ics")
    parsed = Parsed.from_ical(file.get_content())
    (event,) = parsed.walk("VEVENT")
    assert (parsed["METHOD"], event["STATUS"], event["SEQUENCE"]) == ("PUBLISH", "CANCELLED", 1)
    assert event.decoded("DTSTART") == in_plan(0)


def test_whose_shifts_stay_gets_none(app: App, post: MailServer, bob: Person, team: tuple[int, int, int]) -> None:
    schedule, b, m = team
    publish_by_hand(app, bob, schedule, [b, m])
    send_now(app)
    post.taken.clear()
    publish_by_hand(app, bob, schedule, [b, m])
    assert (send_now(app), post.taken) == (0, [])


def test_at_night_it_waits_for_the_morning(app: App, bob: Person, team: tuple[int, int, int]) -> None:
    hours_behind = (now().hour - 2 + 12) % 24 - 12
    with app.db.write() as session:
        session.exec(update(Member).values(zone=f"Etc/GMT{hours_behind:+d}"))  # where it is two at night
    schedule, b, _ = team
    publish_by_hand(app, bob, schedule, [b])
    with app.db.read() as session:
        row = session.exec(select(ShiftEmail)).one()
    assert now() + timedelta(hours=4) < row.due_at < now() + timedelta(hours=7)
    assert send_shift_emails(app) == 0


def test_a_member_turns_them_off_and_the_link_in_the_email_does_too(
    app: App, post: MailServer, bob: Person, mallory: Person, team: tuple[int, int, int]
) -> None:
    schedule, b, m = team
    choose_email(app, bob.id, KIND, wanted=False)
    publish_by_hand(app, bob, schedule, [b, m])
    assert (send_now(app), post.to) == (1, [mallory.email])
    (email,) = post.taken
    assert email["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = email["List-Unsubscribe"].strip("<>")
    assert f"{link}\n" in text_of(post, mallory.email)
    assert not stop_by_link(app, "guessed")
    assert stop_by_link(app, link.rpartition("/")[2])
    assert (email_choices(app, mallory.id)[KIND], email_choices(app, bob.id)[KIND]) == (False, False)
    choose_email(app, mallory.id, KIND, wanted=True)
    assert email_choices(app, mallory.id)[KIND]


def test_a_server_that_is_down_or_refuses_delays_but_never_doubles(
    app: App, post: MailServer, bob: Person, mallory: Person, team: tuple[int, int, int]
) -> None:
    schedule, b, m = team
    post.refuses[bob.email] = "450 try later"
    publish_by_hand(app, bob, schedule, [b, m])
    send_now(app)
    assert post.to == [mallory.email]
    assert send_shift_emails(app) == 0, "later, not at once"
    post.refuses.clear()
    assert send_now(app) == 1
    assert post.to == [mallory.email, bob.email]


def test_what_cannot_be_written_is_given_up_and_holds_up_nobody(
    app: App, post: MailServer, bob: Person, mallory: Person, team: tuple[int, int, int]
) -> None:
    schedule, b, m = team
    publish_by_hand(app, bob, schedule, [b, m])
    with app.db.write() as session:
        session.exec(update(ShiftEmail).where(col(ShiftEmail.member_id) == bob.id).values(changes=[{"start": 5}]))
    assert send_now(app) == 1
    assert post.to == [mallory.email]
    with app.db.read() as session:
        assert all(row.sent_at for row in session.exec(select(ShiftEmail)))


def test_what_a_server_held_up_for_days_is_no_news(
    app: App, post: MailServer, bob: Person, team: tuple[int, int, int]
) -> None:
    schedule, b, m = team
    publish_by_hand(app, bob, schedule, [b, m])
    with app.db.write() as session:
        session.exec(update(ShiftEmail).values(created_at=now() - TOO_OLD - timedelta(hours=1)))
    send_now(app)
    assert post.taken == []


def test_what_is_over_by_then_is_not_told(app: App, post: MailServer, bob: Person, team: tuple[int, int, int]) -> None:
    schedule, b, _ = team
    publish_by_hand(app, bob, schedule, [b])
    with app.db.write() as session:
        row = session.exec(select(ShiftEmail)).one()
        row.changes = [each | {"end": "2026-01-01T00:00:00Z"} for each in row.changes]
    assert (send_now(app), post.taken) == (0, [])


def test_a_shift_handed_over_is_told_to_both_and_what_is_undone_at_once_to_none(
    app: App, post: MailServer, bob: Person, mallory: Person, team: tuple[int, int, int]
) -> None:
    schedule, b, m = team
    publish_by_hand(app, bob, schedule, [b, b])
    send_now(app)
    post.taken.clear()
    add_manual_days(app, bob.id, ManualDays(next_monday(), next_monday(), Action.BLOCK))
    assign(app, bob.id, schedule, in_plan(0), "primary", m, before=b)
    assign(app, bob.id, schedule, in_plan(1), "primary", m, before=b)
    assert send_shift_emails(app) == 0, "it may still be undone"
    assign(app, bob.id, schedule, in_plan(1), "primary", b, before=m)
    assert send_now(app) == 2
    assert "Bob changed who is on call for Platform on-call." in text_of(post, mallory.email)
    assert "primary (Bob had it, and is blocked then)" in text_of(post, mallory.email)
    assert "primary (now Mallory: you are blocked then)" in text_of(post, bob.email)
    assert {each["Subject"] for each in post.taken} == {
        "Platform on-call: 1 shift new", "Platform on-call: 1 shift gone",
    }  # fmt: skip
    assign(app, bob.id, schedule, in_plan(0), "primary", b, before=m, is_accepted=True)
    assign(app, bob.id, schedule, in_plan(0), "primary", m, before=b)
    assert send_now(app) == 0, "as it was"


def test_the_preview_is_what_is_sent_and_stores_nothing(
    app: App, post: MailServer, bob: Person, mallory: Person, team: tuple[int, int, int]
) -> None:
    schedule, b, m = team
    publish_by_hand(app, bob, schedule, [b, b, m])
    send_now(app)
    post.taken.clear()
    choose_email(app, mallory.id, KIND, wanted=False)
    add_manual_days(app, bob.id, ManualDays(next_monday(), next_monday(), Action.BLOCK))
    number = draft_by_hand(app, schedule, [m, None])
    found = preview_emails(app, bob.id, schedule, number)
    assert found.is_sent and preview_emails(app, bob.id, schedule, number) == found
    assert [(each.name, each.is_wanted) for each in found.emails] == [("Bob", True), ("Mallory", False)]
    publish(app, bob.id, schedule, number, 1)
    assert send_now(app) == 1
    (sent,) = post.taken
    link = sent["List-Unsubscribe"].strip("<>")
    assert (sent["Subject"], text_of(post, bob.email).replace(link, "https://oncall.example.org/emails/stop/…")) == (
        found.emails[0].subject, found.emails[0].text,
    )  # fmt: skip
    with app.db.read() as session:
        assert len(session.exec(select(ShiftEmail)).all()) == 4
