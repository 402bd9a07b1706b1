"""Reset links as pages, on a server without email: for whom, once, and why not."""

import pytest
from nicegui.testing import User
from sqlmodel import select

from oncall_ui.app import App
from oncall_ui.models import LoginSession
from oncall_ui.services.accounts.links.reset import create_reset_link
from tests.conftest import PASSWORD, Person
from tests.pages.conftest import Browser
from tests.pages.helpers.forms import button, entry, refusal, said, says
from tests.pages.helpers.seeing import elements, words

NEW = "four grey herons wait"


def heading(user: User) -> str:
    (found,) = (words(each) for each in elements(user) if each.tag == "h1")
    return found


def path_of(link: str) -> str:
    """Its part after the host."""
    return "/reset/" + link.rpartition("/")[2]


def sessions(app: App) -> int:
    with app.db.read() as session:
        return len(session.exec(select(LoginSession.id)).all())


async def test_without_email_the_pages_say_who_can_help(browser: Browser, alice: Person) -> None:
    user = await browser()
    await user.open("/login")
    said(user, "Forgot your password? Your administrator can create a reset link for you.")
    await user.open("/login/forgot")
    said(user, "This server sends no email. Your administrator can create a reset link for you.")
    assert not [each for each in elements(user) if each.tag == "form"]
    await user.open("/reset/guessed")
    said(user, "Your administrator can create a reset link for you.")
    assert not says(user, "Send reset link")


async def test_a_reset_link_says_for_whom_and_works_once(
    browser: Browser, app: App, alice: Person, bob: Person
) -> None:
    path = path_of(create_reset_link(app, alice.id, bob.id))
    user = await browser()
    await user.open(path)
    assert heading(user) == "Set a new password"
    said(user, f"for {bob.email}")
    assert button(user, "Save").props["type"] == "submit"
    assert entry(user, "New password").props["autocomplete"] == "new-password"
    answer = await user.http_client.post(path, data={"password": NEW})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    await user.open("/help")
    said(user, bob.email)
    again = await user.http_client.post(path, data={"password": NEW})
    assert (again.status_code, again.headers["location"]) == (303, path)
    await user.open(path)
    assert heading(user) == "This link was already used"
    assert not says(user, bob.email), "a link that no longer works says nothing of its member"


async def test_a_weak_password_is_said_at_the_field(browser: Browser, app: App, bob: Person) -> None:
    path = path_of(create_reset_link(app, None, bob.id))
    user = await browser()
    await user.http_client.post(path, data={"password": "short one"})
    await user.open(path)
    assert await refusal(user, "New password") == "Use at least 12 characters. A few words are fine."
    assert entry(user, "New password").value == ""


async def test_a_link_logs_out_the_member_who_opens_it_in_anothers_browser(
    browser: Browser, app: App, alice: Person, bob: Person
) -> None:
    user = await browser(alice)
    before = sessions(app)
    await user.http_client.post(path_of(create_reset_link(app, alice.id, bob.id)), data={"password": NEW})
    assert sessions(app) == before - 1, "hers here and all of his ended, one of his began"
    await user.open("/help")
    said(user, bob.email)


@pytest.mark.parametrize("path", ["/login/forgot", "/reset/guessed", "/confirm/guessed"])
async def test_nobody_is_sent_back_to_these_pages_after_logging_in(browser: Browser, alice: Person, path: str) -> None:
    user = await browser()
    answer = await user.http_client.post("/login", data={"email": alice.email, "password": PASSWORD, "next": path})
    assert answer.headers["location"] == "/"
