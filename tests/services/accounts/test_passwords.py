"""Changing one's password: what is asked, what ends, what is refused."""

import pytest
from sqlmodel import col, select, update

from oncall_ui.app import App
from oncall_ui.errors import InvalidInput, NotAllowed, NotLoggedIn
from oncall_ui.models import AuditEntry, LoginSession, Member, now
from oncall_ui.services.accounts.links.reset import LinkState, create_reset_link, reset_link
from oncall_ui.services.accounts.logging_in.log_in import log_in
from oncall_ui.services.accounts.logging_in.sessions import require_session, session_for
from oncall_ui.services.accounts.passwords import change_password, confirm_password, has_password
from tests.conftest import PASSWORD, Person

NEW = "four grey herons wait"
TOO_SHORT = "Use at least 12 characters. A few words are fine."


def another_browser(app: App, person: Person) -> str:
    outcome = log_in(app, person.email, PASSWORD)
    assert outcome is not None
    return session_for(app, outcome.session).session_id


def without_password(app: App, person: Person) -> None:
    with app.db.write() as session:
        session.exec(update(Member).where(col(Member.id) == person.id).values(password_hash=""))


def sessions(app: App) -> set[str]:
    with app.db.read() as session:
        return set(session.exec(select(LoginSession.id)))


def test_a_new_password_replaces_the_old_and_ends_the_other_sessions(app: App, alice: Person, bob: Person) -> None:
    another_browser(app, alice)
    assert change_password(app, alice.id, alice.me.session_id, current=PASSWORD, new=NEW) == 1
    assert sessions(app) == {alice.me.session_id, bob.me.session_id}
    assert log_in(app, alice.email, PASSWORD) is None
    assert log_in(app, alice.email, NEW)
    with app.db.read() as session:
        member = session.get(Member, alice.id)
        (entry,) = session.exec(select(AuditEntry).where(AuditEntry.action == "security.password_changed"))
    assert member is not None and member.password_changed_at is not None
    assert (now() - member.password_changed_at).total_seconds() < 60
    assert (entry.actor_id, entry.facts) == (alice.id, {"sessions": 1})


def test_what_is_wrong_is_said_of_both_fields(app: App, alice: Person) -> None:
    other = another_browser(app, alice)
    with pytest.raises(InvalidInput) as caught:
        change_password(app, alice.id, alice.me.session_id, current="wrong", new="short one")
    assert caught.value.sentences == {"Current password": "Wrong password.", "New password": TOO_SHORT}
    require_session(app, other)
    assert log_in(app, alice.email, PASSWORD)


def test_an_account_without_a_password_gets_its_first(app: App, alice: Person) -> None:
    without_password(app, alice)
    assert not has_password(app, alice.id)
    with pytest.raises(InvalidInput) as caught:
        change_password(app, alice.id, alice.me.session_id, current="", new="short one")
    assert caught.value.sentences == {"New password": TOO_SHORT}
    change_password(app, alice.id, alice.me.session_id, current="", new=NEW)
    assert has_password(app, alice.id) and log_in(app, alice.email, NEW)


def test_a_new_password_ends_open_reset_links(app: App, alice: Person, bob: Person) -> None:
    mine, his = (create_reset_link(app, alice.id, each.id).rpartition("/")[2] for each in (alice, bob))
    change_password(app, alice.id, alice.me.session_id, current=PASSWORD, new=NEW)
    assert [reset_link(app, each).state for each in (mine, his)] == [LinkState.UNKNOWN, LinkState.OPEN]


def test_guessing_the_current_password_is_slowed_down_after_five(app: App, alice: Person, bob: Person) -> None:
    for _ in range(5):
        with pytest.raises(InvalidInput, match=r"Wrong password\."):
            confirm_password(app, alice.id, "guessed")
    with pytest.raises(InvalidInput, match=r"Too many attempts\. Try again in 1 s\."):
        confirm_password(app, alice.id, PASSWORD)
    assert confirm_password(app, bob.id, PASSWORD) == PASSWORD
    assert log_in(app, alice.email, PASSWORD), "logging in has limits of its own"


def test_an_account_that_is_gone_has_no_password(app: App, alice: Person) -> None:
    with pytest.raises(NotAllowed):
        change_password(app, 4711, alice.me.session_id, current=PASSWORD, new=NEW)


def test_a_session_that_ended_meanwhile_stays_ended(app: App, alice: Person) -> None:
    other = another_browser(app, alice)
    change_password(app, alice.id, other, current=PASSWORD, new=NEW)
    with pytest.raises(NotLoggedIn):
        require_session(app, alice.me.session_id)
    require_session(app, other)
