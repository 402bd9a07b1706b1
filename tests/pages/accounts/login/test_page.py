"""The login page: a real form, the same answer to every wrong try, and nothing kept that shouldn't be."""

from urllib.parse import urlencode

import pytest
from nicegui import ui

from oncall_ui.app import App
from oncall_ui.security.rate_limits import PAGES_PER_ADDRESS
from tests.conftest import PASSWORD, Person
from tests.pages.conftest import Browser
from tests.pages.helpers.forms import button, entry, press, said, says, until
from tests.pages.helpers.seeing import elements, end_logins


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


async def test_who_need_not_wait_is_told_of_no_wait(browser: Browser) -> None:
    """Not even until the script has run, which hides and shows it."""
    user = await browser()
    await user.open("/login")
    (alert,) = [each for each in elements(user) if "data-oc-wait" in each.props]
    assert alert.props["hidden"] is True


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
        app.rate_limits.allows_here(PAGES_PER_ADDRESS, "pages", "127.0.0.1")
    assert (await user.http_client.get("/login")).status_code == 429


@pytest.mark.parametrize(
    ("link", "login"),
    [
        ("/team", "/login?next=/team"),
        ("/calendar_connections/3", "/login?next=/calendar_connections/3"),
        ("/team?from=2026-12-01&people=2%2C3", "/login?next=/team%3Ffrom%3D2026-12-01%26people%3D2%252C3"),
        ("/", "/login"),
        ("/privacy/export.json", "/login"),
    ],
)
async def test_a_link_leads_to_its_page_once_logged_in(browser: Browser, alice: Person, link: str, login: str) -> None:
    user = await browser()
    answer = await user.http_client.get(link)
    assert (answer.status_code, answer.headers["location"]) == (303, login)
    await user.open(login)
    (kept,) = (each for each in elements(user) if each.props.get("name") == "next")
    wrong = {"email": alice.email, "password": "wrong password", "next": kept.props["value"]}
    assert (await user.http_client.post("/login", data=wrong)).headers["location"] == login
    answer = await user.http_client.post("/login", data=wrong | {"password": PASSWORD})
    assert answer.headers["location"] == (link if login != "/login" else "/")


HOSTILE = [
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/team\\..\\..\\evil",
    "https://evil.example/team",
    "https:/evil.example",
    "javascript:alert(1)",
    "/\t/evil.example",
    "\t//evil.example",
    "/\n/evil.example",
    "/team\r\nSet-Cookie: a=b",
    " /team",
    "/team ",
    "/team\x00",
    "/tëam",
    "team",
    "?next=/team",
    "",
    "/login",
    "/login?next=/login",
    "/logout",
    "/setup?token=guess",
    "/team/../login",
    "/./login",
    "/.//evil.example",
    "/team//evil.example",
    "/%2e%2e/login",
    "/api/v1/me/availability",
    "/privacy/export.ics",
    "/nothing-here",
    "/team?" + "x" * 2000,
]


@pytest.mark.parametrize("target", HOSTILE)
async def test_logging_in_leads_to_no_other_place_than_a_page_of_this_app(
    browser: Browser, alice: Person, target: str
) -> None:
    user = await browser()
    form = {"email": alice.email, "password": PASSWORD, "next": target}
    assert (await user.http_client.post("/login", data=form)).headers["location"] == "/"
    refused = await user.http_client.post("/login", data=form | {"password": "wrong password"})
    assert refused.headers["location"] == "/login"
    await user.open("/login?" + urlencode({"next": target}))
    (kept,) = (each for each in elements(user) if each.props.get("name") == "next")
    assert kept.props["value"] == "/"


async def test_a_page_whose_session_ended_comes_back_after_logging_in(
    app: App, browser: Browser, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = await browser(alice)
    await user.open("/you?done=saved")
    went: list[str] = []
    monkeypatch.setattr(user.navigate, "to", went.append)
    end_logins(app, alice)
    press(user, "Save")
    await until(lambda: went)
    assert went == ["/login?next=/you%3Fdone%3Dsaved"]


async def test_a_page_that_is_logged_out_from_elsewhere_comes_back_after_logging_in(
    browser: Browser, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = await browser(alice)
    await user.open("/team")
    went: list[str] = []
    monkeypatch.setattr(user.navigate, "to", went.append)
    await user.http_client.post("/logout")
    await until(lambda: went)
    # Once from the end of the session, and again where a reading finds that it has ended.
    assert set(went) == {"/login?next=/team"}


async def test_it_names_the_server_and_hides_its_ornament_from_readers(browser: Browser, app: App) -> None:
    user = await browser()
    await user.open("/login")
    host = app.settings.public_url.partition("//")[2]
    assert said(user, f"to {host}").tag == "p"
    (strip,) = (each for each in elements(user) if isinstance(each, ui.html))
    assert 'aria-hidden="true"' in strip.content
    assert strip.content.count('<i class="oc-day') == 28
