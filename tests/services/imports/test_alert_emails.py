"""Alert emails about calendars that stay broken, with a real mail server. Time is moved on the rows."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import col, select, update
from structlog.testing import capture_logs

from oncall_ui.app import App
from oncall_ui.domain.availability.rules import Mode
from oncall_ui.domain.imports.state import State
from oncall_ui.email import mail
from oncall_ui.models import Calendar, Member, now
from oncall_ui.services.connections.choose import Choice, choose
from oncall_ui.services.imports.alert_emails import send_alert_emails
from oncall_ui.settings import Settings
from tests.calendars import calendar, event
from tests.conftest import Person
from tests.fakes.feeds import FeedServer
from tests.fakes.smtp import MailServer
from tests.services.helpers.imports import connected, import_due, make_due, only_calendar

pytestmark = pytest.mark.slow  # several imports a test

SECRET = "s3cret-feed-token"


@pytest.fixture
def post() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


@pytest.fixture
def settings(settings: Settings, post: MailServer) -> Settings:
    ours = {
        "smtp_host": post.host,
        "smtp_port": post.port,
        "smtp_security": "none",
        "mail_from": "oncall@example.org",
        "base_url": "https://oncall.example.org",
    }
    return settings.model_copy(update=ours)


def age(app: App, days: float, **row: Any) -> None:
    """Every calendar that is broken has been so for `days`."""
    with app.db.write() as session:
        broken = update(Calendar).where(col(Calendar.broken_since).is_not(None))
        session.exec(broken.values(broken_since=now() - timedelta(days=days), **row))


def row(app: App) -> Calendar:
    with app.db.read() as session:
        return session.exec(select(Calendar)).one()


async def broken(app: App, person: Person, feeds: FeedServer, path: str = "/work.ics") -> int:
    """A calendar that was read once, and whose address then is gone."""
    url = feeds.serve(f"{path}?{SECRET}", calendar(event("Dentist noc"), name=path.strip("/").removesuffix(".ics")))
    connection_id = await connected(app, person, url, nickname=path.strip("/").removesuffix(".ics"))
    await import_due(app)
    feeds.remove(f"{path}?{SECRET}")
    make_due(app)
    await import_due(app)
    return connection_id


async def test_a_breakage_is_dated_from_its_first_failure_and_over_with_the_next_success(
    app: App, alice: Person, feeds: FeedServer
) -> None:
    connection_id = await connected(app, alice, feeds.serve("/work.ics", calendar(event("noc"))))
    await import_due(app)
    assert only_calendar(app, alice, connection_id).broken_since is None
    feeds.refuse("/work.ics", status=503)
    make_due(app)
    await import_due(app)
    since = only_calendar(app, alice, connection_id).broken_since
    assert since is not None
    feeds.remove("/work.ics")
    feeds.accept("/work.ics")
    make_due(app)
    await import_due(app)
    found = only_calendar(app, alice, connection_id)
    assert (found.state, found.broken_since) == (State.NEEDS_YOU, since)
    feeds.serve("/work.ics", calendar(event("noc")))
    make_due(app)
    await import_due(app)
    assert only_calendar(app, alice, connection_id).broken_since is None


async def test_there_is_an_email_on_day_1_3_7_and_14_and_one_when_it_is_over(
    app: App, alice: Person, feeds: FeedServer, post: MailServer
) -> None:
    await broken(app, alice, feeds)
    days = [0.9, 1.1, 2.9, 3.1, 6.9, 7.1, 13.9, 14.1, 40]
    sent = []
    for day in days:
        age(app, day)
        sent.append((send_alert_emails(app), send_alert_emails(app)))
    assert [day for day, (first, _) in zip(days, sent, strict=True) if first] == [1.1, 3.1, 7.1, 14.1]
    assert not any(again for _, again in sent)
    feeds.serve(f"/work.ics?{SECRET}", calendar(event("noc")))
    make_due(app)
    await import_due(app)
    assert (send_alert_emails(app), send_alert_emails(app)) == (1, 0)
    assert post.taken[-1]["Subject"] == "1 calendar works again"
    assert len(post.taken) == 5


async def test_an_email_says_which_since_when_why_and_where_to_fix_it_and_no_more(
    app: App, alice: Person, feeds: FeedServer, post: MailServer
) -> None:
    await broken(app, alice, feeds)
    age(app, 1.5)
    send_alert_emails(app)
    (message,) = post.taken
    assert (message["To"], message["Subject"]) == ("alice@example.org", "1 calendar can’t be read")
    text = message.get_content()
    for said in (
        "Hello Alice",
        "* work",
        "no calendar at this address",
        "https://oncall.example.org/calendars",
    ):
        assert said in text
    for secret in (SECRET, "Dentist", "ics"):
        assert secret not in text


async def test_a_member_gets_one_email_for_all_of_their_calendars(
    app: App, alice: Person, bob: Person, feeds: FeedServer, post: MailServer
) -> None:
    await broken(app, alice, feeds, "/one.ics")
    await broken(app, alice, feeds, "/two.ics")
    await broken(app, bob, feeds, "/three.ics")
    age(app, 3.5)
    assert send_alert_emails(app) == 2
    emails = {message["To"]: message for message in post.taken}
    assert emails["alice@example.org"]["Subject"] == "2 calendars can’t be read"
    assert "* one" in emails["alice@example.org"].get_content()
    assert "* two" in emails["alice@example.org"].get_content()
    assert "* three" not in emails["alice@example.org"].get_content()
    assert "* three" in emails["bob@example.org"].get_content()


async def test_what_is_off_or_chosen_again_causes_no_email(
    app: App, alice: Person, feeds: FeedServer, post: MailServer
) -> None:
    connection_id = await broken(app, alice, feeds)
    age(app, 1.5)
    send_alert_emails(app)
    calendar_id = only_calendar(app, alice, connection_id).id
    for choice in (Choice(True, Mode.BLOCK), Choice(False, Mode.BLOCK)):
        choose(app, alice.id, connection_id, {calendar_id: choice})
        assert (row(app).broken_since, row(app).alerts_sent) == (None, 0)
        assert send_alert_emails(app) == 0
    assert len(post.taken) == 1


async def test_a_refused_email_is_due_again_and_holds_up_nobody(
    app: App, alice: Person, bob: Person, feeds: FeedServer, post: MailServer
) -> None:
    await broken(app, alice, feeds, "/one.ics")
    await broken(app, bob, feeds, "/two.ics")
    age(app, 1.5)
    post.refuses["alice@example.org"] = "451 later"
    assert (send_alert_emails(app), post.to) == (1, ["bob@example.org"])
    del post.refuses["alice@example.org"]
    assert (send_alert_emails(app), post.to) == (1, ["bob@example.org", "alice@example.org"])
    assert send_alert_emails(app) == 0


async def test_without_the_server_every_email_waits(
    app: App, alice: Person, feeds: FeedServer, post: MailServer
) -> None:
    await broken(app, alice, feeds)
    age(app, 1.5)
    without = replace(app, settings=app.settings.model_copy(update={"smtp_port": 1}))
    with capture_logs() as lines:
        assert [send_alert_emails(without) for _ in range(3)] == [0, 0, 0]
    assert row(app).alerts_sent == 0
    assert [(line["event"], line["source"]) for line in lines] == [("outage began", "mail server")]
    assert send_alert_emails(app) == 1
    assert app.outages.current()[0].worked is not None


async def test_no_email_goes_twice_when_the_process_dies_before_the_server_answered(
    app: App, alice: Person, feeds: FeedServer, post: MailServer
) -> None:
    await broken(app, alice, feeds)
    age(app, 1.5)
    post.is_silent.set()
    dying = threading.Thread(target=send_alert_emails, args=(app,), daemon=True)
    dying.start()
    assert post.heard.wait(10), "the message is on its way, and nobody has said that it arrived"
    assert row(app).alerts_sent == 1
    assert send_alert_emails(app) == 0, "what another process finds after a restart"
    post.is_silent.clear()
    dying.join(10)
    assert (len(post.taken), row(app).alerts_sent) == (1, 1)


async def test_an_email_that_perhaps_arrived_is_not_sent_again(
    app: App, alice: Person, feeds: FeedServer, post: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, "PATIENCE_SECONDS", 1.5)
    await broken(app, alice, feeds)
    age(app, 1.5)
    post.is_silent.set()
    send_alert_emails(app)
    assert row(app).alerts_sent == 1
    post.is_silent.clear()
    assert send_alert_emails(app) == 0


async def test_two_runs_at_once_send_one_email(app: App, alice: Person, feeds: FeedServer, post: MailServer) -> None:
    await broken(app, alice, feeds)
    age(app, 1.5)
    runs = [threading.Thread(target=send_alert_emails, args=(app,)) for _ in range(4)]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    assert len(post.taken) == 1


@pytest.mark.parametrize(("column", "reached"), [("state", {"alice", "bob"}), ("mode", {"bob"})])
async def test_a_damaged_calendar_keeps_no_email_from_anybody_else(
    app: App, alice: Person, bob: Person, feeds: FeedServer, post: MailServer, column: str, reached: set[str]
) -> None:
    """What can be reset doesn't even keep its own member from theirs."""
    hers = await broken(app, alice, feeds)
    await broken(app, bob, feeds, "/other.ics")
    age(app, 1.1)
    with app.db.engine.begin() as connection:
        connection.execute(text(f"UPDATE calendar SET {column} = 'odd' WHERE connection_id = {hers}"))
    assert send_alert_emails(app) == len(reached)
    assert {message["To"] for message in post.taken} == {f"{name}@example.org" for name in reached}


async def test_a_member_whose_zone_is_unknown_here_gets_their_email(
    app: App, alice: Person, feeds: FeedServer, post: MailServer
) -> None:
    await broken(app, alice, feeds)
    age(app, 1.1)
    with app.db.write() as session:
        session.exec(update(Member).values(zone="Mars/Olympus"))
    assert send_alert_emails(app) == 1
    assert "Times in UTC time." in post.taken[0].get_content()


async def test_without_a_mail_server_nothing_is_tried_and_nothing_marked(
    app: App, alice: Person, feeds: FeedServer
) -> None:
    await broken(app, alice, feeds)
    age(app, 1.5)
    assert send_alert_emails(replace(app, settings=app.settings.model_copy(update={"smtp_host": ""}))) == 0
    assert row(app).alerts_sent == 0
