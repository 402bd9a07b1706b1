"""With email: a reset link for who forgot the password, with one answer for all; and an address that is confirmed."""

import asyncio

import pytest
from nicegui.testing import User
from sqlmodel import select

from oncall_ui.app import App
from oncall_ui.models import LoginSession
from oncall_ui.security.rate_limits import RESETS_PER_ADDRESS
from oncall_ui.services.accounts.links.email_change import ask_for_email_change
from oncall_ui.services.accounts.logging_in.log_in import log_in
from oncall_ui.services.accounts.members import lock_member
from oncall_ui.settings import Settings
from tests.conftest import PASSWORD, Person
from tests.fakes.smtp import MailServer
from tests.pages.conftest import Browser
from tests.pages.helpers.forms import button, entry, refusal, said
from tests.pages.helpers.seeing import elements, links, words
from tests.services.helpers.post import emptied, link_in, mailed, post, with_email

__all__ = ["post"]

NEW = "four grey herons wait"


@pytest.fixture
def settings(settings: Settings, post: MailServer) -> Settings:
    return with_email(settings, post)


def sessions(app: App) -> int:
    with app.db.read() as session:
        return len(session.exec(select(LoginSession.id)).all())


def heading(user: User) -> str:
    (found,) = (words(each) for each in elements(user) if each.tag == "h1")
    return found


async def test_the_login_page_leads_to_it(browser: Browser, alice: Person) -> None:
    user = await browser()
    await user.open("/login")
    assert user.client is not None
    assert ("Forgot your password?", "/login/forgot") in links(user.client.content)


@pytest.mark.parametrize("email", ["alice@example.org", "nobody@example.org", " Alice@Example.ORG "])
async def test_every_address_gets_the_same_answer(browser: Browser, app: App, alice: Person, email: str) -> None:
    user = await browser()
    answer = await user.http_client.post("/login/forgot", data={"email": email})
    assert (answer.status_code, answer.headers["location"], answer.text) == (303, "/login/forgot", "")
    await user.open("/login/forgot")
    assert heading(user) == "Check your email"
    shown = email.strip().lower()
    assert (
        words(said(user, "has an account here"))
        == f"If {shown} has an account here, the link arrives within a minute. It works once, for 1 hour."
    )
    await asyncio.to_thread(emptied, app)


async def test_the_answer_does_not_wait_for_the_account(
    browser: Browser, app: App, post: MailServer, alice: Person
) -> None:
    """While the account is locked and the mail server keeps silent, nothing can be stored or sent for it."""
    user = await browser()
    post.is_silent.set()
    with app.db.write() as session:
        lock_member(session, alice.id)
        async with asyncio.timeout(5):
            answer = await user.http_client.post("/login/forgot", data={"email": alice.email})
    assert answer.status_code == 303
    post.is_silent.clear()
    assert await asyncio.to_thread(mailed, post, alice.email, "Set a new password")


async def test_too_many_requests_get_the_same_answer_and_no_email(
    browser: Browser, app: App, post: MailServer, alice: Person
) -> None:
    user = await browser()
    for _ in range(RESETS_PER_ADDRESS.amount):
        app.rate_limits.allows(RESETS_PER_ADDRESS, "reset by address", "127.0.0.1")
    await user.http_client.post("/login/forgot", data={"email": alice.email})
    await user.open("/login/forgot")
    assert heading(user) == "Check your email"
    await asyncio.to_thread(emptied, app)
    assert post.taken == []


async def test_what_is_no_address_is_said_at_the_field(browser: Browser, alice: Person) -> None:
    user = await browser()
    await user.http_client.post("/login/forgot", data={"email": "alice"})
    await user.open("/login/forgot")
    assert await refusal(user, "Email") == "Enter an email address, such as name@example.org."
    assert entry(user, "Email").value == "alice"


async def test_a_link_from_an_email_sets_the_password_and_logs_in(
    browser: Browser, app: App, post: MailServer, alice: Person
) -> None:
    user = await browser()
    await user.http_client.post("/login/forgot", data={"email": alice.email})
    token = link_in(await asyncio.to_thread(mailed, post, alice.email, "Set a new password"), "reset")
    answer = await user.http_client.post(f"/reset/{token}", data={"password": NEW})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert sessions(app) == 1, "the one that has just begun"
    await user.open("/help")
    said(user, alice.email)


async def test_a_link_that_does_not_work_offers_a_new_one(browser: Browser, alice: Person) -> None:
    user = await browser()
    await user.open("/reset/guessed")
    assert heading(user) == "This link doesn’t work"
    assert button(user, "Send reset link").props["type"] == "submit"
    (form,) = (each for each in elements(user) if each.tag == "form")
    assert (form.props["method"], form.props["action"]) == ("get", "/login/forgot")


async def test_an_address_is_confirmed_by_a_button_not_by_opening_the_link(
    browser: Browser, app: App, post: MailServer, alice: Person
) -> None:
    new = "moreno@new.example"
    await asyncio.to_thread(ask_for_email_change, app, alice.id, email=new, password=PASSWORD)
    text = await asyncio.to_thread(mailed, post, new, "Confirm your email address")
    path = f"/confirm/{link_in(text, 'confirm')}"
    user = await browser()
    await user.open(path)
    said(user, f"for the account of {alice.email}")
    button(user, "Confirm")
    assert await asyncio.to_thread(log_in, app, new, PASSWORD) is None
    answer = await user.http_client.post(path)
    assert (answer.status_code, answer.headers["location"]) == (303, path)
    await user.open(path)
    assert heading(user) == "Your email address is confirmed"
    assert await asyncio.to_thread(log_in, app, new, PASSWORD)
    await user.open(path)
    assert heading(user) == "This link doesn’t work"


async def test_an_address_that_is_taken_is_refused_with_a_sentence(
    browser: Browser, app: App, post: MailServer, alice: Person, bob: Person
) -> None:
    await asyncio.to_thread(ask_for_email_change, app, alice.id, email=bob.email, password=PASSWORD)
    text = await asyncio.to_thread(mailed, post, bob.email, "Confirm your email address")
    path = f"/confirm/{link_in(text, 'confirm')}"
    user = await browser()
    await user.http_client.post(path)
    await user.open(path)
    assert said(user, "This address already has an account here.").props["role"] == "alert"
