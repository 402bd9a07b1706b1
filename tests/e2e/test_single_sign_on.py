"""Single sign-on in a real browser, through the page of a real OpenID provider."""

from collections.abc import Iterator, Mapping

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import select

from oncall_ui.models import Member
from oncall_ui.services.accounts.logging_in.login_rules import create_accounts
from tests.e2e.conftest import PASSWORD, get_cookie
from tests.e2e.server import Server
from tests.fakes.openid import CLIENT_ID, CLIENT_SECRET, OpenIdServer

# The provider's page wants a style sheet from elsewhere, which the tests' browser can't reach.
pytestmark = pytest.mark.console_may_say("ERR_NAME_NOT_RESOLVED", "ERR_BLOCKED_BY")


@pytest.fixture(scope="module")
def provider() -> Iterator[OpenIdServer]:
    with OpenIdServer() as server:
        yield server


@pytest.fixture(scope="module")
def app_settings(provider: OpenIdServer) -> Mapping[str, str]:
    return {
        "ONCALL_OIDC_DISCOVERY_URL": f"{provider.issuer}/.well-known/openid-configuration",
        "ONCALL_OIDC_CLIENT_ID": CLIENT_ID,
        "ONCALL_OIDC_CLIENT_SECRET": CLIENT_SECRET,
        "ONCALL_OIDC_NAME": "Acme SSO",
    }


def continue_as(page: Page, subject: str) -> None:
    """Presses the button, and logs in on the provider's page."""
    page.get_by_role("button", name="Continue with Acme SSO").click()
    authorize(page, subject)


def authorize(page: Page, subject: str) -> None:
    page.get_by_placeholder("sub").fill(subject)
    page.get_by_role("button", name="Authorize", exact=True).click()


def switch(app: Server, on: bool) -> None:
    """Log-in rules: create accounts on the first log-in."""
    with app.beside() as beside:
        with beside.db.read() as session:
            admin = session.exec(select(Member.id).where(Member.email == "alice@example.org")).one()
        create_accounts(beside, admin or 0, on)


def test_it_creates_accounts_only_while_the_switch_is_on(page: Page, app: Server, provider: OpenIdServer) -> None:
    app.add_member("alice@example.org", "Alice", PASSWORD, admin=True)
    provider.add_user("dana-1", email="dana@example.org", email_verified=True, name="Dana Weiss")
    page.goto(f"{app.base_url}/calendars")
    continue_as(page, "dana-1")
    expect(page.get_by_role("alert")).to_have_text(
        "There is no account for dana@example.org here. Ask your administrator to invite you."
    )
    switch(app, True)
    continue_as(page, "dana-1")
    expect(page.get_by_role("heading", name="Calendars", level=1)).to_be_visible()
    switch(app, False)
    page.goto(f"{app.base_url}/you")
    expect(page.get_by_role("button", name="Dana Weiss")).to_be_visible()
    # Her browser's time zone, not the provider's word for one.
    zone = page.evaluate("Intl.DateTimeFormat().resolvedOptions().timeZone")
    expect(page.get_by_label("Time zone", exact=True)).to_have_value(zone)


def test_whoever_says_no_at_the_provider_may_try_again(page: Page, app: Server, provider: OpenIdServer) -> None:
    page.goto(f"{app.base_url}/login")
    page.get_by_role("button", name="Continue with Acme SSO").click()
    page.get_by_role("button", name="Deny").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_role("button", name="Continue with Acme SSO")).to_be_visible()


def test_an_account_is_linked_and_unlinked_under_security(page: Page, app: Server, provider: OpenIdServer) -> None:
    app.add_member("bob@example.org", "Bob Tanaka", PASSWORD)
    provider.add_user("b-7", email="bob@acme.example", email_verified=False)
    get_cookie(page, app, "bob@example.org")
    page.goto(f"{app.base_url}/you/security")
    page.get_by_role("button", name="Link Acme SSO").click()
    authorize(page, "b-7")
    expect(page.get_by_text("Linked to bob@acme.example")).to_be_visible()
    page.locator(".oc-me").click()
    page.get_by_role("menuitem", name="Log out").click()
    continue_as(page, "b-7")
    expect(page.get_by_role("heading", name="Home", level=1)).to_be_visible()
    page.goto(f"{app.base_url}/you/security")
    page.get_by_role("button", name="Unlink Acme SSO").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Unlink").click()
    expect(page.get_by_role("button", name="Link Acme SSO", exact=True)).to_be_visible()


def test_the_only_way_in_stays(page: Page, app: Server, provider: OpenIdServer) -> None:
    page.goto(f"{app.base_url}/login")
    continue_as(page, "dana-1")
    expect(page.get_by_role("heading", name="Home", level=1)).to_be_visible()
    page.goto(f"{app.base_url}/you/security")
    page.get_by_role("button", name="Unlink Acme SSO").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Unlink").click()
    expect(page.get_by_role("alert").filter(has_text="Acme SSO is the only way you can log in")).to_be_visible()
    expect(page.get_by_text("Linked to dana@example.org")).to_be_visible()
