"""Single sign-on in the browser: the button, the way to the provider and back, and the rows on Security."""

from urllib.parse import urlencode

import pytest
from nicegui.testing import User

from oncall_ui.app import App
from oncall_ui.services.accounts.logging_in.identities import identities_of
from oncall_ui.services.accounts.logging_in.login_rules import create_accounts
from oncall_ui.services.accounts.logging_in.single_sign_on import begin_link
from oncall_ui.settings import Settings
from tests.conftest import Person
from tests.fakes.openid import Answer, OpenIdServer, with_single_sign_on
from tests.pages.conftest import Browser
from tests.pages.helpers.forms import button, press, said, says, until

CALLBACK = "/login/oidc/callback"


@pytest.fixture
def settings(settings: Settings, openid: OpenIdServer) -> Settings:
    return with_single_sign_on(settings, openid)


async def leave(user: User, target: str = "/") -> str:
    """The address of the provider's page."""
    response = await user.http_client.get(f"/login/oidc?{urlencode({'next': target, 'zone': 'Europe/Rome'})}")
    assert response.status_code == 303
    return str(response.headers["location"])


async def come_back(user: User, answer: Answer) -> str:
    """The page that the browser is sent to."""
    response = await user.http_client.get(f"{CALLBACK}?{urlencode(answer)}")
    assert response.status_code == 303
    return str(response.headers["location"])


async def test_the_button_names_the_provider(browser: Browser) -> None:
    user = await browser()
    await user.open("/login?next=/calendars")
    there = button(user, "Continue with Acme SSO")
    assert "/login/oidc?next=%2Fcalendars&zone=" in str(there._event_listeners)


async def test_it_leads_to_the_page_that_was_asked_for(browser: Browser, openid: OpenIdServer, bob: Person) -> None:
    user = await browser()
    there = await leave(user, "/calendars")
    assert there.startswith(f"{openid.issuer}/oauth2/authorize?")
    assert await come_back(user, openid.answer_for(there, "b-1")) == "/calendars"
    await user.open("/calendars")
    said(user, bob.email)


async def test_it_never_leads_to_another_site(browser: Browser, openid: OpenIdServer, bob: Person) -> None:
    user = await browser()
    there = await leave(user, "//evil.example/")
    assert await come_back(user, openid.answer_for(there, "b-1")) == "/"


async def test_a_refusal_is_a_sentence_on_the_login_page(browser: Browser, openid: OpenIdServer, bob: Person) -> None:
    user = await browser()
    there = await leave(user, "/calendars")
    back = await come_back(user, openid.answer_for(there, "u-1"))
    assert back == "/login?next=/calendars"
    await user.open(back)
    said(user, "Acme SSO didn’t confirm your email address. Ask your administrator.")


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (
            "access_denied",
            "Acme SSO didn’t let you in. Try again, or ask your administrator",
        ),
        ("server_error", "Acme SSO has a problem right now. Try again in a few minutes, or log in with your password."),
        ("login_required", "The log-in at Acme SSO wasn’t completed. Start it again."),
        ("invalid_scope", "python run.py doctor"),
        ("<script>alert(1)</script>", "python run.py doctor"),
        ("", "python run.py doctor"),
    ],
)
async def test_what_the_address_says_is_never_shown(
    browser: Browser, openid: OpenIdServer, error: str, sentence: str
) -> None:
    user = await browser()
    state = dict(part.split("=") for part in (await leave(user)).partition("?")[2].split("&"))["state"]
    description = "Call +1 555 0100 to get your account back"
    await user.open(await come_back(user, {"state": state, "error": error, "error_description": description}))
    said(user, sentence)
    assert not says(user, "555 0100") and not says(user, "<script>")


async def test_a_provider_that_is_down_is_a_sentence_too(browser: Browser, openid: OpenIdServer) -> None:
    openid.failing["/.well-known/openid-configuration"] = (503, "{}")
    user = await browser()
    back = await leave(user)
    assert back == "/login"
    await user.open(back)
    said(user, "Acme SSO can’t be reached right now. Try again in a few minutes, or log in with your password.")


async def test_a_callback_in_another_browser_logs_nobody_in(
    browser: Browser, openid: OpenIdServer, bob: Person
) -> None:
    user, other = await browser(), await browser()
    answer = openid.answer_for(await leave(user), "b-1")
    await leave(other)
    for each in (other, user):
        assert await come_back(each, answer) == "/login"
        await each.open("/login")
        said(each, "This log-in wasn’t started in this browser, or was already used. Start it again.")


async def test_a_first_login_creates_an_account(
    app: App, browser: Browser, openid: OpenIdServer, alice: Person
) -> None:
    create_accounts(app, alice.id, True)
    user = await browser()
    await come_back(user, openid.answer_for(await leave(user), "c-1"))
    await user.open("/you")
    said(user, "carla@example.org")


async def test_security_shows_links_and_unlinks(app: App, browser: Browser, openid: OpenIdServer, bob: Person) -> None:
    user = await browser(bob)
    await user.open("/you/security")
    said(user, "Not linked")
    # A callback of another session of the same member links nothing.
    answer = openid.answer_for(await begin_link(app, bob.me), "c-1")
    assert await come_back(user, answer) == "/you/security"
    await user.open("/you/security")
    said(user, "This log-in wasn’t started in this browser, or was already used. Start it again.")
    assert identities_of(app, bob.id) == ()


async def test_an_account_is_unlinked_after_a_question(
    app: App, browser: Browser, openid: OpenIdServer, bob: Person
) -> None:
    other = await browser()
    await come_back(other, openid.answer_for(await leave(other), "b-1"))
    user = await browser(bob)
    await user.open("/you/security")
    said(user, "Linked to bob@example.org · last used just now")
    press(user, "Unlink")
    await until(lambda: says(user, "Unlink Acme SSO?"))
    press(user, "Cancel")
    assert len(identities_of(app, bob.id)) == 1
