"""The Security page: what is said of an account, its password, its sessions and its address, and what the rows do."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from nicegui import ui
from nicegui.testing import User
from nicegui.testing.user_interaction import UserInteraction
from sqlmodel import col, update

from oncall_ui.app import App
from oncall_ui.domain.accounts.login import LoginMethod
from oncall_ui.models import LoginSession, Member, Passkey, Totp, now
from oncall_ui.origin import Origin, coming_from
from oncall_ui.services.accounts.logging_in.log_in import log_in
from oncall_ui.services.accounts.logging_in.sessions import end_expired, list_sessions, open_session, session_for
from oncall_ui.services.accounts.protection import Protection
from pages.accounts.security.protection import words as protection_words
from tests.conftest import PASSWORD, Person
from tests.pages.conftest import Browser
from tests.pages.helpers.forms import entry, fill, press, refusal, said, says, until
from tests.pages.helpers.seeing import elements, of_class, words
from tests.pages.simulation import idle, settled

NEW = "four grey herons wait"
IPHONE = Origin(
    "198.51.100.24",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 "
    "Mobile/15E148 Safari/604.1",
)


def offers(user: User, word: str) -> bool:
    """Whether there is a button of exactly this word."""
    return any(isinstance(each, ui.button) and each.text == word for each in elements(user))


def typed_fields(user: User) -> list[str | None]:
    """The labels of the fields there are: all are in a dialog."""
    return [each.label for each in elements(user) if isinstance(each, ui.input)]


async def at_security(browser: Browser, person: Person) -> User:
    user = await browser(person)
    await user.open("/you/security")
    return user


def sessions_table(user: User) -> ui.table:
    tables = (each for each in elements(user) if isinstance(each, ui.table))
    (found,) = (each for each in tables if each.props.get("aria-labelledby") == "security-sessions")
    return found


def rows(user: User) -> list[dict[str, object]]:
    return list(sessions_table(user).rows)


def head(user: User) -> str:
    (found,) = (each for each in of_class(user, "oc-head"))
    return words(found).removeprefix("Security")


def end(user: User, key: object) -> None:
    """Presses the button of a session's row, as the browser does."""
    table: set[ui.element] = {sessions_table(user)}
    UserInteraction(user, table, None).trigger("end", key)


def from_phone(app: App, person: Person) -> str:
    with coming_from(IPHONE):
        return session_for(app, open_session(app, person.id, LoginMethod.PASSKEY)).session_id


async def test_sessions_say_what_where_when_and_how_this_one_first(browser: Browser, app: App, alice: Person) -> None:
    phone = from_phone(app, alice)
    user = await at_security(browser, alice)
    await until(lambda: len(rows(user)) == 3)
    first, *others = rows(user)
    assert (first["is_here"], [each["is_here"] for each in others]) == (True, [False, False])
    (theirs,) = (each for each in others if each["key"] == phone)
    assert (theirs["browser"], theirs["icon"]) == ("Safari on iPhone", "phone")
    assert theirs["facts"] == "198.51.100.24 · now · logged in with passkey"
    assert not any(each["key"] == first["key"] for each in others)


async def test_a_session_that_was_used_longer_ago_says_when(browser: Browser, app: App, alice: Person) -> None:
    phone = from_phone(app, alice)
    with app.db.write() as session:
        older = update(LoginSession).where(col(LoginSession.id) == phone)
        session.exec(older.values(last_used_at=now() - timedelta(minutes=9)))
    user = await at_security(browser, alice)
    (theirs,) = (each for each in rows(user) if each["key"] == phone)
    assert "9\u00a0min ago" in str(theirs["facts"])


async def test_a_row_logs_its_browser_out(browser: Browser, app: App, alice: Person) -> None:
    phone = from_phone(app, alice)
    user = await at_security(browser, alice)
    end(user, phone)
    await until(lambda: phone not in {each["key"] for each in rows(user)})
    assert phone not in {each.id for each in list_sessions(app, alice.id)}


async def test_a_row_cannot_log_out_somebody_else(browser: Browser, app: App, alice: Person, mallory: Person) -> None:
    user = await at_security(browser, mallory)
    end(user, alice.me.session_id)
    await settled(app.hub)
    assert [each.id for each in list_sessions(app, alice.id)] == [alice.me.session_id]


async def test_log_out_others_is_there_while_there_are_others(browser: Browser, app: App, alice: Person) -> None:
    user = await at_security(browser, alice)
    press(user, "Log out others")
    await until(lambda: len(rows(user)) == 1)
    assert len(list_sessions(app, alice.id)) == 1
    (button,) = (each for each in elements(user) if isinstance(each, ui.button) and each.text == "Log out others")
    await until(lambda: not button.visible)


async def test_an_expired_session_closes_its_open_pages(
    browser: Browser, app: App, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = await at_security(browser, alice)
    went: list[str] = []
    monkeypatch.setattr(user.navigate, "to", went.append)
    with app.db.write() as session:
        session.exec(update(LoginSession).values(last_used_at=now() - timedelta(days=14)))
    end_expired(app)
    await until(lambda: set(went) == {"/login?next=/you/security"})


@pytest.mark.parametrize(
    ("has", "line"),
    [
        ((), "Only a password protects your account · add a passkey or two-factor · logged in on 2 browsers"),
        (("totp",), "Two-factor is on · logged in on 2 browsers"),
        (("passkey",), "A passkey is on · logged in on 2 browsers"),
        (("totp", "passkey"), "Passkey and two-factor are on · logged in on 2 browsers"),
        (("no password",), "You log in with single sign-on · logged in on 2 browsers"),
    ],
)
async def test_the_head_says_what_protects_the_account(
    browser: Browser, app: App, alice: Person, has: tuple[str, ...], line: str
) -> None:
    user = await browser(alice)
    adds: dict[str, Callable[[], Totp | Passkey]] = {
        "totp": lambda: Totp(member_id=alice.id, sealed="-", confirmed_at=now()),
        "passkey": lambda: Passkey(member_id=alice.id, credential_id="-", public_key=b"-", name="MacBook"),
    }
    with app.db.write() as session:
        for each in has:
            if each in adds:
                session.add(adds[each]())
            else:
                session.exec(update(Member).where(col(Member.id) == alice.id).values(password_hash=""))
    await user.open("/you/security")
    await until(lambda: head(user) == line)


@pytest.mark.parametrize(
    ("has_password", "identities", "line"),
    [
        (True, 0, ("Only a password protects your account", False)),
        (True, 1, ("You log in with single sign-on or your password", True)),
        (False, 1, ("You log in with single sign-on", True)),
    ],
)
def test_a_password_beside_single_sign_on_is_not_the_only_protection(
    has_password: bool, identities: int, line: tuple[str, bool]
) -> None:
    assert protection_words(Protection(has_password, 0, False, identities, 1)) == line


async def test_a_password_is_changed_in_a_dialog(browser: Browser, app: App, alice: Person) -> None:
    user = await at_security(browser, alice)
    said(user, "Never changed")
    press(user, "Change password")
    await until(lambda: says(user, "Your other browser will be logged out."))
    fill(user, Current_password="guessed", New_password="short one")
    submit(user)
    assert await refusal(user, "Current password") == "Wrong password."
    assert await refusal(user, "New password") == "Use at least 12 characters. A few words are fine."
    fill(user, Current_password=PASSWORD, New_password=NEW)
    submit(user)
    await until(lambda: says(user, "Last changed today"))
    assert "Password changed" in user.notify.messages
    assert not typed_fields(user), "nothing typed stays on the page"
    assert log_in(app, alice.email, NEW) and log_in(app, alice.email, PASSWORD) is None


async def test_an_account_without_a_password_sets_one(browser: Browser, app: App, alice: Person) -> None:
    user = await browser(alice)
    with app.db.write() as session:
        session.exec(update(Member).where(col(Member.id) == alice.id).values(password_hash=""))
    await user.open("/you/security")
    await until(lambda: offers(user, "Set password"))
    press(user, "Set password")
    await until(lambda: typed_fields(user))
    assert typed_fields(user) == ["New password"]
    fill(user, New_password=NEW)
    submit(user)
    await until(lambda: says(user, "Last changed today"))
    assert log_in(app, alice.email, NEW)


async def test_without_email_an_address_is_changed_by_the_administrator(
    browser: Browser, alice: Person, bob: Person
) -> None:
    user = await at_security(browser, bob)
    said(user, "Used to log in. Your administrator can change it")
    assert not offers(user, "Change email")
    user = await at_security(browser, alice)
    said(user, "python run.py user email")


async def test_the_links_between_a_members_pages_say_where_one_is(browser: Browser, alice: Person) -> None:
    for path, here in (("/you", "Profile"), ("/you/security", "Security"), ("/privacy", "Your data")):
        user = await browser(alice)
        await user.open(path)
        await idle()
        (nav,) = of_class(user, "oc-subnav")
        current = [words(each) for each in nav.descendants() if each.props.get("aria-current") == "page"]
        assert current == [here]
        assert nav.props["aria-label"] == "Your profile"


def submit(user: User) -> None:
    """Presses the button of the dialog that is open; the row's own has the same words."""
    (button,) = (each for each in elements(user) if isinstance(each, ui.button) and each.props.get("type") == "submit")
    found: set[ui.element] = {button}
    UserInteraction(user, found, None).click()


async def test_the_field_of_a_dialog_asks_the_browser_for_what_it_keeps(browser: Browser, alice: Person) -> None:
    user = await at_security(browser, alice)
    press(user, "Change password")
    await until(lambda: typed_fields(user))
    assert entry(user, "Current password").props["autocomplete"] == "current-password"
    assert entry(user, "New password").props["autocomplete"] == "new-password"
