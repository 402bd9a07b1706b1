"""Reset links: who gets one, what it does once, and what it says afterwards. The mail server is a real one."""

import re
from datetime import timedelta

import pytest
from sqlmodel import col, select, update

from oncall_ui.app import App
from oncall_ui.errors import InvalidInput, NotAllowed, NotLoggedIn
from oncall_ui.models import AuditEntry, KnownBrowser, PendingLogin, ResetLink, now
from oncall_ui.services.accounts.links.reset import (
    LinkState,
    create_reset_link,
    email_reset_link,
    request_reset,
    reset_link,
    reset_password,
)
from oncall_ui.services.accounts.logging_in.log_in import log_in
from oncall_ui.services.accounts.logging_in.sessions import require_session
from oncall_ui.settings import Settings
from tests.conftest import PASSWORD, Person
from tests.fakes.smtp import MailServer
from tests.services.helpers.post import emptied, post, until, with_email

__all__ = ["post"]

NEW = "four grey herons wait"
HERE = "192.0.2.7"


@pytest.fixture
def settings(settings: Settings, post: MailServer) -> Settings:
    return with_email(settings, post)


def token_of(link: str) -> str:
    found = re.fullmatch(r"https://oncall\.example\.org/reset/([\w-]{43})", link)
    assert found is not None
    return found[1]


def mailed(post: MailServer, number: int = 1) -> str:
    """The token of the last of `number` emails."""
    until(lambda: len(post.taken) >= number)
    (link,) = re.findall(r"https://\S+/reset/\S+", post.taken[number - 1].get_content())
    return token_of(link)


def entries(app: App, action: str) -> list[tuple[int | None, int | None]]:
    with app.db.read() as session:
        chosen = select(AuditEntry).where(AuditEntry.action == action)
        found = session.exec(chosen.order_by(col(AuditEntry.id))).all()
    return [(each.actor_id, each.subject_id) for each in found]


def test_an_administrator_creates_a_link_that_sets_a_password_once(app: App, alice: Person, bob: Person) -> None:
    token = token_of(create_reset_link(app, alice.id, bob.id))
    view = reset_link(app, token)
    assert (view.state, view.email) == (LinkState.OPEN, bob.email)
    assert log_in(app, bob.email, PASSWORD), "the old password works until a new one is set"
    assert reset_password(app, token, NEW) == bob.id
    assert log_in(app, bob.email, NEW) and log_in(app, bob.email, PASSWORD) is None
    used = reset_link(app, token)
    assert (used.state, used.email) == (LinkState.USED, "")
    with pytest.raises(NotAllowed):
        reset_password(app, token, NEW)
    assert entries(app, "security.reset_link_created") == [(alice.id, bob.id)]
    assert entries(app, "security.password_reset") == [(bob.id, None)]


def test_a_reset_ends_every_session_and_what_waits_or_was_known(app: App, alice: Person, bob: Person) -> None:
    soon = now() + timedelta(minutes=5)
    with app.db.write() as session:
        session.add(PendingLogin(id="1" * 64, member_id=bob.id, expires_at=soon))
        session.add(KnownBrowser(id="2" * 64, member_id=bob.id, expires_at=soon))
        session.add(KnownBrowser(id="3" * 64, member_id=alice.id, expires_at=soon))
    reset_password(app, token_of(create_reset_link(app, alice.id, bob.id)), NEW)
    with pytest.raises(NotLoggedIn):
        require_session(app, bob.me.session_id)
    require_session(app, alice.me.session_id)
    with app.db.read() as session:
        assert session.exec(select(PendingLogin)).all() == []
        assert [each.member_id for each in session.exec(select(KnownBrowser))] == [alice.id]


def test_only_an_administrator_creates_links_and_for_members_only(app: App, alice: Person, mallory: Person) -> None:
    for admin, member in ((mallory.id, alice.id), (mallory.id, mallory.id), (alice.id, 4711), (None, 4711)):
        with pytest.raises(NotAllowed):
            create_reset_link(app, admin, member)
    with pytest.raises(NotAllowed):
        email_reset_link(app, mallory.id, alice.id, "https://evil.example")
    assert create_reset_link(app, None, mallory.id), "the command line may"


def test_a_new_link_ends_the_old_one(app: App, alice: Person, bob: Person) -> None:
    old, new = (token_of(create_reset_link(app, alice.id, bob.id)) for _ in range(2))
    assert [reset_link(app, each).state for each in (old, new)] == [LinkState.UNKNOWN, LinkState.OPEN]
    with pytest.raises(NotAllowed):
        reset_password(app, old, NEW)


def test_a_link_works_for_an_hour_and_then_says_so(app: App, bob: Person) -> None:
    token = token_of(create_reset_link(app, None, bob.id))
    with app.db.write() as session:
        (row,) = session.exec(select(ResetLink))
        assert timedelta(minutes=59) < row.expires_at - now() <= timedelta(hours=1)
        session.exec(update(ResetLink).values(expires_at=now() - timedelta(seconds=1)))
    view = reset_link(app, token)
    assert (view.state, view.email) == (LinkState.EXPIRED, "")
    with pytest.raises(NotAllowed):
        reset_password(app, token, NEW)
    assert log_in(app, bob.email, PASSWORD)


@pytest.mark.parametrize("token", ["", "guessed", "a\0b", "x" * 5000])
@pytest.mark.once_on_postgresql
def test_a_guessed_link_is_unknown(app: App, bob: Person, token: str) -> None:
    create_reset_link(app, None, bob.id)
    assert reset_link(app, token).state is LinkState.UNKNOWN
    with pytest.raises(NotAllowed):
        reset_password(app, token, NEW)


def test_a_weak_password_leaves_the_link_open(app: App, bob: Person) -> None:
    token = token_of(create_reset_link(app, None, bob.id))
    with pytest.raises(InvalidInput) as caught:
        reset_password(app, token, "short one")
    assert caught.value.sentences == {"New password": "Use at least 12 characters. A few words are fine."}
    assert reset_link(app, token).state is LinkState.OPEN


def test_a_link_is_not_stored(app: App, bob: Person) -> None:
    token = token_of(create_reset_link(app, None, bob.id))
    with app.db.read() as session:
        stored = [*session.exec(select(ResetLink)), *session.exec(select(AuditEntry))]
    assert token not in "".join(each.model_dump_json() for each in stored)


def test_a_member_asks_for_a_link_by_email(app: App, post: MailServer, bob: Person) -> None:
    request_reset(app, HERE, " Bob@Example.org ")
    token = mailed(post)
    assert post.to == [bob.email]
    assert reset_password(app, token, NEW) == bob.id
    until(lambda: len(post.taken) == 2)
    assert post.taken[1]["Subject"] == "Your password was changed"
    assert entries(app, "security.reset_link_asked") == [(None, bob.id)]


def test_a_link_that_was_emailed_works_although_strangers_ask_for_more(app: App, post: MailServer, bob: Person) -> None:
    for _ in range(2):
        request_reset(app, HERE, bob.email)
    first = mailed(post)
    second = mailed(post, 2)
    assert reset_password(app, first, NEW) == bob.id
    assert reset_link(app, second).state is LinkState.UNKNOWN, "a new password ends the others"


@pytest.mark.parametrize("email", ["nobody@example.org", "", "a\0b@example.org", "x" * 5000])
@pytest.mark.once_on_postgresql
def test_nobody_gets_email_for_an_unknown_address(app: App, post: MailServer, bob: Person, email: str) -> None:
    request_reset(app, HERE, email)
    emptied(app)
    assert post.taken == []
    with app.db.read() as session:
        assert session.exec(select(ResetLink)).all() == []


def test_requests_are_limited_per_account_and_per_address(
    app: App, post: MailServer, alice: Person, bob: Person
) -> None:
    for number in range(8):
        request_reset(app, f"192.0.2.{number}", bob.email)
    emptied(app)
    assert post.to == [bob.email] * 5
    for _ in range(20):
        request_reset(app, HERE, "nobody@example.org")
    request_reset(app, HERE, alice.email)
    emptied(app)
    assert post.to == [bob.email] * 5
    request_reset(app, "198.51.100.1", alice.email)
    mailed(post, 6)
    assert post.to[5:] == [alice.email]


def test_an_administrator_emails_the_link_too(app: App, post: MailServer, alice: Person, bob: Person) -> None:
    link = create_reset_link(app, alice.id, bob.id)
    email_reset_link(app, alice.id, bob.id, link)
    assert mailed(post) == token_of(link)
    assert post.to == [bob.email]


def test_the_email_says_how_long_and_how_often_its_link_works(app: App, post: MailServer, bob: Person) -> None:
    request_reset(app, HERE, bob.email)
    mailed(post)
    text = post.taken[0].get_content().replace("\r\n", "\n")
    assert text.startswith("Hello Bob,\n\nSet a new password here. The link works once, for 1 hour:\nhttps://")
