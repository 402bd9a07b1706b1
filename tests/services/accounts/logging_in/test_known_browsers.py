"""Browsers that are known by their cookie, and what that is worth."""

from datetime import timedelta

from sqlmodel import col, select, update

from oncall_ui.app import App
from oncall_ui.models import KnownBrowser, now
from oncall_ui.services.accounts.logging_in.known_browsers import (
    MOST_BROWSERS,
    end_trust,
    forget_browsers,
    is_known,
    is_trusted,
    remember,
)
from tests.conftest import Person


def logged_in(app: App, who: Person, cookie: str = "", *, trust: bool = False) -> str:
    with app.db.write() as session:
        return remember(session, who.id, cookie, trust=trust)


def test_a_browser_is_known_for_the_member_who_logged_in_there_and_no_other(
    app: App, alice: Person, bob: Person
) -> None:
    cookie = logged_in(app, alice)
    assert is_known(app, cookie, alice.id)
    assert not is_known(app, cookie, bob.id)
    assert not is_known(app, "", alice.id)
    assert not is_known(app, cookie[:-1], alice.id)


def test_two_members_share_a_browser(app: App, alice: Person, bob: Person) -> None:
    cookie = logged_in(app, bob, logged_in(app, alice))
    assert is_known(app, cookie, alice.id)
    assert is_known(app, cookie, bob.id)


def test_a_cookie_works_until_the_next_log_in_replaces_it(app: App, alice: Person) -> None:
    old = logged_in(app, alice)
    new = logged_in(app, alice, old)
    assert (is_known(app, old, alice.id), is_known(app, new, alice.id)) == (False, True)
    assert "." not in new


def test_a_cookie_planted_by_somebody_else_is_not_known_for_who_logs_in_with_it(
    app: App, alice: Person, mallory: Person
) -> None:
    planted = logged_in(app, mallory)
    logged_in(app, alice, planted)
    assert not is_known(app, planted, alice.id)


def test_a_year_later_it_is_unknown(app: App, alice: Person) -> None:
    cookie = logged_in(app, alice)
    with app.db.write() as session:
        session.exec(update(KnownBrowser).values(expires_at=now() - timedelta(seconds=1)))
    assert not is_known(app, cookie, alice.id)


def test_trust_is_given_once_and_outlives_log_ins(app: App, alice: Person) -> None:
    cookie = logged_in(app, alice)
    assert not is_trusted(app, cookie, alice.id)
    cookie = logged_in(app, alice, logged_in(app, alice, cookie, trust=True))
    assert is_trusted(app, cookie, alice.id)
    with app.db.write() as session:
        end_trust(session, alice.id)
    assert not is_trusted(app, cookie, alice.id)
    assert is_known(app, cookie, alice.id)


def test_trust_ends_by_itself(app: App, alice: Person) -> None:
    cookie = logged_in(app, alice, trust=True)
    with app.db.write() as session:
        session.exec(update(KnownBrowser).values(trusted_until=now() - timedelta(seconds=1)))
    assert not is_trusted(app, cookie, alice.id)


def test_the_oldest_are_forgotten_and_tokens_are_not_stored(app: App, alice: Person) -> None:
    cookies = [logged_in(app, alice) for _ in range(MOST_BROWSERS + 1)]
    assert not is_known(app, cookies[0], alice.id)
    assert all(is_known(app, cookie, alice.id) for cookie in cookies[1:])
    with app.db.read() as session:
        stored = session.exec(select(col(KnownBrowser.id))).all()
    assert not set(stored) & set(cookies)


def test_forgetting_leaves_none_known(app: App, alice: Person, bob: Person) -> None:
    cookie, of_bob = logged_in(app, alice, trust=True), logged_in(app, bob)
    with app.db.write() as session:
        forget_browsers(session, alice.id)
    assert not is_known(app, cookie, alice.id)
    assert not is_trusted(app, cookie, alice.id)
    assert is_known(app, of_bob, bob.id)


def test_whatever_a_browser_sends_is_only_unknown(app: App, alice: Person) -> None:
    for cookie in ("\0", "." * 5000, "x" * 100_000, "é" * 43, "\ud800", ";", "a.b.c"):
        assert not is_known(app, cookie, alice.id)
        assert is_known(app, logged_in(app, alice, cookie), alice.id)
