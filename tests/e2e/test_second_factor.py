"""Two-factor and passkeys in a real browser, from setting them up to logging in with them.

The server is opened as localhost: browsers offer passkeys nowhere else without https.
"""

import re
import time
from collections.abc import Mapping

import pyotp
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.axe import broken_rules
from tests.e2e.conftest import PASSWORD, get_cookie
from tests.e2e.server import Server

CODE = "Code from your authenticator app"


@pytest.fixture(scope="module")
def app_host() -> str:
    return "localhost"


def open_as(page: Page, app: Server, email: str) -> None:
    """Types email and password."""
    page.goto("/login")
    page.get_by_label("Email", exact=True).fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()


def log_out(page: Page, app: Server) -> None:
    """Off any page of the app: one that is open would go to /login by itself, at the same time as the test."""
    page.goto("about:blank")
    page.context.request.post("/logout", headers={"Origin": app.base_url})


def expect_home(page: Page) -> None:
    expect(page.get_by_role("heading", name="Home", exact=True)).to_be_visible()


def unused_code(totp: pyotp.TOTP, *used: str) -> str:
    """A code that works now and wasn't used: that of now, or the next one, which is accepted early."""
    codes = (totp.at(int(time.time()) + 30 * steps) for steps in (0, 1))
    return next(code for code in codes if code not in used)


def saved_codes(page: Page) -> list[str]:
    """The recovery codes of the dialog, which then is closed as a member does."""
    listed = page.get_by_role("list", name="Recovery codes")
    expect(listed.get_by_role("listitem")).to_have_count(10)
    codes = listed.get_by_role("listitem").all_inner_texts()
    done = page.get_by_role("button", name="Done", exact=True)
    expect(done).to_have_attribute("aria-disabled", "true")
    page.get_by_role("checkbox", name="I’ve saved them somewhere safe").click()
    expect(done).to_have_attribute("aria-disabled", "false")
    done.click()
    expect(listed).not_to_be_visible()
    return codes


def set_up_app(page: Page) -> tuple[pyotp.TOTP, str, list[str]]:
    """Types the first code into the dialog that is open. Returns the app, that code, and the recovery codes."""
    dialog = page.get_by_role("dialog", name="Set up two-factor")
    expect(dialog.get_by_role("img", name="QR code for your authenticator app")).to_be_visible()
    totp = pyotp.TOTP(dialog.locator(".oc-key").inner_text().replace(" ", ""))
    dialog.get_by_label("Code", exact=True).fill(first := totp.now())
    dialog.get_by_role("button", name="Turn on", exact=True).click()
    expect(page.get_by_role("heading", name="Recovery codes", exact=True).last).to_be_focused()
    return totp, first, saved_codes(page)


def virtual_authenticator(context: BrowserContext, page: Page) -> None:
    """A fingerprint reader that always says yes."""
    session = context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options: Mapping[str, object] = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_codes_from_the_set_up_to_the_log_in(page: Page, context: BrowserContext, app: Server) -> None:
    app.add_member("carol@example.org", "Carol Diaz", PASSWORD)
    get_cookie(page, app, "carol@example.org")
    page.goto("/you/security")
    page.get_by_role("button", name="Set up two-factor").click()
    totp, first, codes = set_up_app(page)
    expect(page.get_by_role("button", name="Turn off two-factor")).to_be_visible()
    expect(page.get_by_text("10 of 10 left")).to_be_visible()

    context.clear_cookies()
    open_as(page, app, "carol@example.org")
    expect(page.get_by_role("heading", name="Enter your code")).to_be_visible()
    expect(page.get_by_text("Logging in as carol@example.org")).to_be_visible()
    page.goto("/calendars")
    assert "/login" in page.url, "a log-in that waits is no session"
    field = page.get_by_label(CODE, exact=True)
    field.press_sequentially("000000")
    expect(page.get_by_text("That code doesn’t match.")).to_be_visible()
    page.get_by_role("checkbox", name="Don’t ask on this browser for 30 days").check()
    field.press_sequentially(unused_code(totp, first))  # the last digit submits
    expect(page.get_by_role("heading", name="Calendars", exact=True)).to_be_visible()

    log_out(page, app)
    open_as(page, app, "carol@example.org")
    expect_home(page)  # this browser isn't asked

    context.clear_cookies()
    open_as(page, app, "carol@example.org")
    page.get_by_role("button", name="Use a recovery code").click()
    page.get_by_label("Recovery code", exact=True).fill(codes[4].upper())
    page.get_by_role("button", name="Log in", exact=True).click()
    expect_home(page)
    page.goto("/you/security")
    expect(page.get_by_text("9 of 10 left")).to_be_visible()
    page.get_by_role("button", name="Turn off two-factor").click()
    page.get_by_label("Password or code", exact=True).fill("wrong password")
    page.get_by_role("button", name="Turn off", exact=True).click()
    expect(page.get_by_text("That is neither your password nor a code")).to_be_visible()
    page.get_by_label("Password or code", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Turn off", exact=True).click()
    expect(page.get_by_role("button", name="Set up two-factor")).to_be_visible()


def test_a_passkey_from_registration_to_log_in(page: Page, context: BrowserContext, app: Server) -> None:
    app.add_member("dora@example.org", "Dora Weiss", PASSWORD)
    virtual_authenticator(context, page)
    get_cookie(page, app, "dora@example.org")
    page.goto("/you/security")
    page.get_by_role("button", name="Add a passkey").click()
    saved_codes(page)
    page.get_by_role("button", name=re.compile("^Rename ")).click()
    page.get_by_label("Name", exact=True).fill("Work laptop")
    page.get_by_role("button", name="Rename", exact=True).click()
    expect(page.get_by_role("button", name="Remove Work laptop")).to_be_visible()
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_text("This device already has a passkey for your account.")).to_be_visible()

    context.clear_cookies()
    page.goto("/login?next=/team")
    page.get_by_role("button", name="Use a passkey").click()  # nothing is typed
    expect(page.get_by_role("heading", name="Team", exact=True)).to_be_visible()

    context.clear_cookies()
    open_as(page, app, "dora@example.org")
    expect(page.get_by_role("heading", name="Use your passkey")).to_be_visible()
    page.get_by_role("button", name="Use a passkey").click()
    expect_home(page)

    page.goto("/you/security")
    page.get_by_role("button", name="Remove Work laptop").click()
    question = page.get_by_role("alertdialog", name="Remove passkey Work laptop?")
    question.get_by_role("button", name="Remove", exact=True).click()
    expect(page.get_by_role("button", name="Remove Work laptop")).not_to_be_visible()
    context.clear_cookies()
    open_as(page, app, "dora@example.org")
    expect_home(page)


@pytest.mark.console_may_say("400")
def test_a_passkey_that_was_removed_is_refused(page: Page, context: BrowserContext, app: Server) -> None:
    app.add_member("erin@example.org", "Erin Roy", PASSWORD)
    virtual_authenticator(context, page)
    get_cookie(page, app, "erin@example.org")
    page.goto("/you/security")
    page.get_by_role("button", name="Add a passkey").click()
    saved_codes(page)
    page.get_by_role("button", name=re.compile("^Remove ")).click()
    page.get_by_role("alertdialog").get_by_role("button", name="Remove", exact=True).click()
    expect(page.get_by_role("button", name=re.compile("^Remove "))).not_to_be_visible()
    context.clear_cookies()
    page.goto("/login")
    page.get_by_role("button", name="Use a passkey").click()
    # The one alert: that of a log-in that has to wait is hidden.
    expect(page.get_by_role("alert")).to_have_text("The passkey wasn’t used. Try again, or log in with your password.")


def test_the_second_step_and_security_break_no_rule(page: Page, context: BrowserContext, app: Server) -> None:
    page.emulate_media(reduced_motion="reduce")  # a dialog that fades in has other colours
    app.add_member("farid@example.org", "Farid Haddad", PASSWORD)
    virtual_authenticator(context, page)
    get_cookie(page, app, "farid@example.org")
    page.goto("/you/security")
    page.get_by_role("button", name="Add a passkey").click()
    saved_codes(page)
    page.get_by_role("button", name="Set up two-factor").click()
    set_up_app(page)
    found = broken_rules(page)
    context.clear_cookies()
    open_as(page, app, "farid@example.org")
    expect(page.get_by_role("heading", name="Enter your code")).to_be_visible()
    found += broken_rules(page)
    assert not found, "\n".join(found)


def test_passkeys_are_absent_on_another_origin(page: Page, app: Server) -> None:
    page.goto(f"http://127.0.0.1:{app.port}/login")
    expect(page.get_by_role("button", name="Log in", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Use a passkey")).not_to_be_visible()
    expect(page.get_by_text("or", exact=True)).not_to_be_visible()


def test_who_has_to_have_a_second_factor_can_do_nothing_else(page: Page, app: Server) -> None:
    app.add_member("alice@example.org", "Alice Moreno", PASSWORD, admin=True)
    get_cookie(page, app, "alice@example.org")
    page.goto("/members")
    page.get_by_role("combobox", name="Require a second factor").click()
    page.get_by_role("option", name="Administrators").click()
    dialog = page.get_by_role("dialog", name="Set up two-factor")
    expect(dialog.get_by_text("This server requires a second factor.")).to_be_visible()
    page.goto("/calendars")
    expect(dialog).to_be_visible()
    assert page.url.endswith("/you/security?next=/calendars")
    totp, first, _ = set_up_app(page)
    expect(page.get_by_role("heading", name="Calendars", exact=True)).to_be_visible()
    page.goto("/members")
    expect(page.get_by_text("The only administrator has one.")).to_be_visible()
    log_out(page, app)
    open_as(page, app, "alice@example.org")
    page.get_by_label(CODE, exact=True).press_sequentially(unused_code(totp, first))
    expect_home(page)
