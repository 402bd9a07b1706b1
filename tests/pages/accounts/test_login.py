"""The login page: a real form, the same answer to every wrong try, and nothing kept that shouldn't be."""

import pytest

from oncall_ui.app import App
from oncall_ui.security.rate_limits import PAGES_PER_ADDRESS
from tests.conftest import PASSWORD, Person
from tests.pages.conftest import Browser
from tests.pages.helpers.forms import button, entry, said, says


async def test_the_right_password_logs_in(browser: Browser, alice: Person) -> None:
    user = await browser()
    await user.open("/login")
    assert (entry(user, "Email").props["name"], entry(user, "Password").props["name"]) == ("email", "password")
    assert button(user, "Log in").props["type"] == "submit"
    answer = await user.http_client.post("/login", data={"email": alice.email, "password": PASSWORD})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    await user.open("/help")
    said(user, alice.email)


@pytest.mark.parametrize("email", ["alice@example.org", "nobody@example.org"])
async def test_a_refusal_keeps_the_email_and_does_not_tell_whether_it_is_known(
    browser: Browser, alice: Person, email: str
) -> None:
    user = await browser()
    await user.http_client.post("/login", data={"email": email, "password": "wrong password"})
    await user.open("/login")
    assert said(user, "Wrong email or password.").props["role"] == "alert"
    assert (entry(user, "Email").value, entry(user, "Password").value) == (email, "")


async def test_a_refusal_is_said_once(browser: Browser, alice: Person) -> None:
    user = await browser()
    await user.http_client.post("/login", data={"email": alice.email, "password": "wrong password"})
    await user.open("/login")
    said(user, "Wrong email or password.")
    await user.open("/login")
    assert not says(user, "Wrong email or password.")
    assert entry(user, "Email").value == ""


async def test_what_was_typed_comes_back_as_text(browser: Browser, alice: Person) -> None:
    user = await browser()
    hostile = "\"></script><script>alert('x')</script>@example.org"
    await user.http_client.post("/login", data={"email": hostile, "password": "x"})
    answer = await user.http_client.get("/login")
    assert "<script>alert" not in answer.text
    await user.http_client.post("/login", data={"email": hostile, "password": "x"})
    await user.open("/login")
    assert entry(user, "Email").value == hostile


async def test_the_form_is_there_for_somebody_logged_in_too(browser: Browser, alice: Person) -> None:
    user = await browser(alice)
    await user.open("/login")
    button(user, "Log in")


async def test_only_an_empty_installation_tells_of_the_link_on_the_console(browser: Browser, app: App) -> None:
    user = await browser()
    await user.open("/login")
    said(user, "Nobody has an account yet.")


async def test_an_installation_with_members_does_not_tell_of_the_link(browser: Browser, alice: Person) -> None:
    user = await browser()
    await user.open("/login")
    assert not says(user, "Nobody has an account yet.")


async def test_pages_stop_when_one_address_asks_for_too_many(browser: Browser, app: App) -> None:
    user = await browser()
    for _ in range(PAGES_PER_ADDRESS.amount):
        app.rate_limits.allows(PAGES_PER_ADDRESS, "pages", "127.0.0.1")
    assert (await user.http_client.get("/login")).status_code == 429
