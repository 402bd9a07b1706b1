"""A new email address: asked for with the password, confirmed by its link, and then what everything counts."""

from datetime import timedelta

import pytest
from sqlmodel import col, select, update

from oncall_ui.app import App
from oncall_ui.domain.imports.state import State
from oncall_ui.email.postbox import Postbox
from oncall_ui.errors import InvalidInput, NotAllowed
from oncall_ui.models import AuditEntry, Calendar, Connection, EmailChange, Member, now
from oncall_ui.services.accounts.addresses import add_address, list_addresses
from oncall_ui.services.accounts.links.email_change import (
    ask_for_email_change,
    cancel_email_change,
    change_email,
    confirm_email_change,
    email_to_confirm,
    pending_email,
)
from oncall_ui.services.accounts.links.reset import LinkState, create_reset_link, reset_link
from oncall_ui.services.accounts.logging_in.log_in import log_in
from oncall_ui.services.accounts.logging_in.sessions import require_session
from oncall_ui.settings import Settings
from tests.conftest import PASSWORD, Person
from tests.fakes.smtp import MailServer
from tests.services.helpers.post import BASE_URL, emptied, link_in, mailed, post, with_email

__all__ = ["post"]

NEW = "alice.moreno@new.example"
CONFIRM, ABOUT_TO, CHANGED = (
    "Confirm your email address",
    "Your email address is about to change",
    "Your email address was changed",
)


@pytest.fixture
def settings(settings: Settings, post: MailServer) -> Settings:
    return with_email(settings, post)


def asked(app: App, post: MailServer, person: Person, email: str = NEW) -> str:
    """The token in the email to the new address."""
    ask_for_email_change(app, person.id, email=email, password=PASSWORD)
    return link_in(mailed(post, email.strip().lower(), CONFIRM), "confirm")


def calendar_of(app: App, person: Person) -> Calendar:
    """A new calendar that was read a moment ago."""
    later = now() + timedelta(hours=1)
    with app.db.write() as session:
        connection = Connection(
            member_id=person.id, product="ics", nickname="Work", account="", sealed="-", fingerprint="-"
        )
        session.add(connection)
        session.flush()
        calendar = Calendar(
            connection_id=connection.id or 0,
            remote_id="-",
            name="Work",
            is_on=True,
            state=State.UP_TO_DATE,
            next_import_at=later,
            last_read_at=now(),
        )
        session.add(calendar)
    return calendar


def next_import(app: App) -> timedelta:
    with app.db.read() as session:
        due = session.exec(select(Calendar.next_import_at)).one()
    assert due is not None
    return due - now()


def entries(app: App, action: str) -> list[tuple[int | None, int | None, str, dict[str, str | int]]]:
    with app.db.read() as session:
        chosen = select(AuditEntry).where(AuditEntry.action == action)
        found = session.exec(chosen.order_by(col(AuditEntry.id))).all()
    return [(each.actor_id, each.subject_id, each.what, each.facts) for each in found]


def test_nothing_changes_before_the_confirmation(app: App, post: MailServer, alice: Person) -> None:
    asked(app, post, alice, f" {NEW.upper()} ")
    assert list_addresses(app, alice.id).account == alice.email
    assert log_in(app, alice.email, PASSWORD) and log_in(app, NEW, PASSWORD) is None
    pending = pending_email(app, alice.id)
    assert pending is not None and (pending.old, pending.new) == (alice.email, NEW)
    assert timedelta(hours=23) < pending.expires_at - now() <= timedelta(hours=24)


def test_the_old_address_hears_of_it_at_once(app: App, post: MailServer, alice: Person) -> None:
    asked(app, post, alice)
    text = mailed(post, alice.email, ABOUT_TO)
    assert NEW in text and f"{BASE_URL}/you/security" in text and "/confirm/" not in text
    assert "Alice" not in mailed(post, NEW, CONFIRM), "the new address may be a stranger's"


def test_the_confirmed_address_logs_in_and_the_old_one_still_counts(app: App, post: MailServer, alice: Person) -> None:
    token = asked(app, post, alice)
    assert confirm_email_change(app, token) == NEW
    assert log_in(app, NEW, PASSWORD) and log_in(app, alice.email, PASSWORD) is None
    addresses = list_addresses(app, alice.id)
    assert (addresses.account, addresses.added) == (NEW, (alice.email,))
    require_session(app, alice.me.session_id)
    assert pending_email(app, alice.id) is None
    assert entries(app, "account.email_change_asked") == [(alice.id, None, NEW, {})]
    assert entries(app, "account.email_changed") == [(alice.id, None, NEW, {"old": alice.email})]


def test_a_link_works_once(app: App, post: MailServer, alice: Person) -> None:
    token = asked(app, post, alice)
    confirm_email_change(app, token)
    assert email_to_confirm(app, token) is None
    with pytest.raises(NotAllowed):
        confirm_email_change(app, token)


def test_a_link_works_for_a_day(app: App, post: MailServer, alice: Person) -> None:
    token = asked(app, post, alice)
    with app.db.write() as session:
        session.exec(update(EmailChange).values(expires_at=now() - timedelta(seconds=1)))
    assert email_to_confirm(app, token) is None and pending_email(app, alice.id) is None
    with pytest.raises(NotAllowed):
        confirm_email_change(app, token)


def test_only_the_newest_link_works_and_none_after_cancelling(app: App, post: MailServer, alice: Person) -> None:
    first = asked(app, post, alice)
    second = asked(app, post, alice, "another@new.example")
    assert email_to_confirm(app, first) is None and email_to_confirm(app, second) is not None
    cancel_email_change(app, alice.id)
    for token in (first, second, "guessed", "a\0b"):
        assert email_to_confirm(app, token) is None
        with pytest.raises(NotAllowed):
            confirm_email_change(app, token)


def test_an_address_that_is_taken_is_found_out_with_the_link_only(
    app: App, post: MailServer, alice: Person, bob: Person
) -> None:
    token = asked(app, post, alice, bob.email)
    with pytest.raises(InvalidInput) as caught:
        confirm_email_change(app, token)
    assert caught.value.sentence == "This address already has an account here. Nothing was changed."
    assert list_addresses(app, alice.id).account == alice.email
    assert list_addresses(app, alice.id).added == ()
    assert log_in(app, bob.email, PASSWORD)


def test_calendars_are_imported_again_with_the_new_address(app: App, post: MailServer, alice: Person) -> None:
    calendar_of(app, alice)
    token = asked(app, post, alice)
    assert next_import(app) > timedelta(minutes=50)
    confirm_email_change(app, token)
    assert next_import(app) <= timedelta(0)


def test_an_address_that_was_added_before_is_not_listed_twice(app: App, post: MailServer, alice: Person) -> None:
    add_address(app, alice.id, NEW, is_confirmed=True)
    confirm_email_change(app, asked(app, post, alice))
    assert list_addresses(app, alice.id).added == (alice.email,)
    confirm_email_change(app, asked(app, post, alice, alice.email))
    assert list_addresses(app, alice.id).account == alice.email
    assert list_addresses(app, alice.id).added == (NEW,)


def test_a_reset_link_that_the_old_address_got_no_longer_works(app: App, post: MailServer, alice: Person) -> None:
    reset = create_reset_link(app, None, alice.id).rpartition("/")[2]
    confirm_email_change(app, asked(app, post, alice))
    assert reset_link(app, reset).state is LinkState.UNKNOWN


@pytest.mark.parametrize(
    ("email", "password", "sentences"),
    [
        (NEW, "guessed", {"Current password": "Wrong password."}),
        (
            "alice",
            "guessed",
            {
                "New email": "Enter an email address, such as name@example.org.",
                "Current password": "Wrong password.",
            },
        ),
        ("Alice@example.org", PASSWORD, {"New email": "This is your address already."}),
    ],
)
def test_what_is_wrong_is_said_and_nobody_is_written_to(
    app: App, post: MailServer, alice: Person, email: str, password: str, sentences: dict[str, str]
) -> None:
    with pytest.raises(InvalidInput) as caught:
        ask_for_email_change(app, alice.id, email=email, password=password)
    assert caught.value.sentences == sentences
    emptied(app)
    assert post.taken == []


def test_an_account_without_a_password_sets_one_first(app: App, post: MailServer, alice: Person) -> None:
    with app.db.write() as session:
        session.exec(update(Member).where(col(Member.id) == alice.id).values(password_hash=""))
    with pytest.raises(InvalidInput, match="Set a password first"):
        ask_for_email_change(app, alice.id, email=NEW, password="")


def test_strangers_are_not_flooded_with_links(app: App, post: MailServer, alice: Person, bob: Person) -> None:
    for number in range(5):
        asked(app, post, alice, f"stranger-{number}@new.example")
    with pytest.raises(InvalidInput, match="Too many requests"):
        ask_for_email_change(app, alice.id, email=NEW, password=PASSWORD)
    asked(app, post, bob)


def test_without_email_the_administrator_changes_it(app: App, alice: Person, bob: Person, mallory: Person) -> None:
    without = app.settings.model_copy(update={"smtp_host": ""})
    object.__setattr__(app, "postbox", Postbox(without, app.outages))
    with pytest.raises(InvalidInput, match="Your administrator can change your address"):
        ask_for_email_change(app, bob.id, email=NEW, password=PASSWORD)
    assert change_email(app, alice.id, bob.id, " Robert@example.org ") == "robert@example.org"
    assert log_in(app, "robert@example.org", PASSWORD)
    assert list_addresses(app, bob.id).added == (bob.email,)
    assert change_email(app, None, bob.id, bob.email) == bob.email
    for admin, member in ((mallory.id, bob.id), (mallory.id, mallory.id), (alice.id, 4711)):
        with pytest.raises(NotAllowed):
            change_email(app, admin, member, NEW)
    with pytest.raises(InvalidInput, match="already has an account"):
        change_email(app, alice.id, bob.id, alice.email)
    assert entries(app, "account.email_changed") == [
        (alice.id, bob.id, "robert@example.org", {"old": bob.email}),
        (None, bob.id, bob.email, {"old": "robert@example.org"}),
    ]


def test_the_old_address_hears_of_an_administrators_change(
    app: App, post: MailServer, alice: Person, bob: Person
) -> None:
    change_email(app, alice.id, bob.id, NEW)
    assert NEW in mailed(post, bob.email, CHANGED)


def test_the_link_is_not_stored(app: App, post: MailServer, alice: Person) -> None:
    token = asked(app, post, alice)
    with app.db.read() as session:
        stored = [*session.exec(select(EmailChange)), *session.exec(select(AuditEntry))]
    assert token not in "".join(each.model_dump_json() for each in stored)
