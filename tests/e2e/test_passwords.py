"""Passwords and addresses from one end to the other, with a mail server: forgotten, reset, changed, confirmed."""

import re
import time
from collections.abc import Callable, Iterator, Mapping

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.axe import broken_rules
from tests.e2e.conftest import PASSWORD, get_cookie, log_in
from tests.e2e.server import Server
from tests.fakes.smtp import MailServer

NEW, NEWER = "four grey herons wait", "five grey herons wait"
PATIENCE_SECONDS = 60


@pytest.fixture(scope="module")
def post() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


@pytest.fixture(scope="module")
def app_settings(post: MailServer) -> Mapping[str, str]:
    return {
        "ONCALL_SMTP_HOST": post.host,
        "ONCALL_SMTP_PORT": str(post.port),
        "ONCALL_SMTP_SECURITY": "none",
        "ONCALL_MAIL_FROM": "On-Call <oncall@example.org>",
    }


def link_to(post: MailServer, address: str, path: str) -> str:
    """The link of that kind in the newest email to `address`."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        texts = [each.get_content() for each in post.taken if each["To"] == address]
        links = [link for text in texts for link in re.findall(rf"https?://\S+/{path}/\S+", text)]
        if links:
            return str(links[-1])
        assert time.monotonic() < deadline, f"no email to {address} in time"
        time.sleep(0.05)


def press(page: Page, words: str) -> None:
    page.get_by_role("button", name=words, exact=True).click()


def fill(page: Page, **values: str) -> None:
    for label, value in values.items():
        page.get_by_label(label.replace("_", " "), exact=True).fill(value)


def expect_heading(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", name=words, exact=True, level=1)).to_be_visible()


def test_a_forgotten_password_is_reset_by_email(
    new_context: Callable[[], BrowserContext], app: Server, post: MailServer
) -> None:
    app.add_member("alice@example.org", "Alice", PASSWORD, admin=True)
    app.add_member("bob@example.org", "Bob", PASSWORD)
    elsewhere = new_context().new_page()
    log_in(elsewhere, app, "bob@example.org")
    page = new_context().new_page()
    page.goto("/login")
    page.get_by_role("link", name="Forgot your password?").click()
    expect_heading(page, "Forgot your password?")
    fill(page, Email="bob@example.org")
    press(page, "Send reset link")
    expect_heading(page, "Check your email")
    expect(page.get_by_role("status")).to_contain_text("If bob@example.org has an account here, the link arrives")
    expect(page.get_by_role("button", name="Send again")).to_have_attribute("aria-disabled", "true")
    expect(page.get_by_role("button", name="Send again")).to_have_text(re.compile(r"^Send again in 0:[0-5]\d$"))
    link = link_to(post, "bob@example.org", "reset")
    page.goto(link)
    expect_heading(page, "Set a new password")
    expect(page.get_by_text("for bob@example.org")).to_be_visible()
    fill(page, New_password="short one")
    press(page, "Save")
    expect(page.get_by_text("Use at least 12 characters. A few words are fine.")).to_be_visible()
    fill(page, New_password=NEW)
    press(page, "Save")
    expect_heading(page, "Home")
    expect(elsewhere).to_have_url(re.compile("/login"))
    page.goto(link)
    expect_heading(page, "This link was already used")
    press(page, "Send reset link")
    expect_heading(page, "Forgot your password?")


def test_an_unknown_address_gets_the_same_answer_and_no_email(page: Page, post: MailServer) -> None:
    before = len(post.taken)
    page.goto("/login/forgot")
    fill(page, Email="nobody@example.org")
    press(page, "Send reset link")
    expect_heading(page, "Check your email")
    expect(page.get_by_role("status")).to_contain_text("If nobody@example.org has an account here, the link arrives")
    assert len(post.taken) == before


def test_a_new_password_ends_the_other_browsers(
    new_context: Callable[[], BrowserContext], app: Server, post: MailServer
) -> None:
    other, page = new_context().new_page(), new_context().new_page()
    log_in(other, app, "alice@example.org")
    get_cookie(page, app, "alice@example.org")
    page.goto("/you/security")
    press(page, "Change password")
    dialog = page.get_by_role("dialog", name="Change password")
    expect(dialog.get_by_label("Current password", exact=True)).to_be_focused()
    expect(dialog.get_by_text("Your other browser will be logged out.")).to_be_visible()
    dialog.get_by_label("Current password", exact=True).fill("not that one")
    dialog.get_by_label("New password", exact=True).fill(NEW)
    dialog.get_by_role("button", name="Change password", exact=True).click()
    expect(dialog.get_by_text("Wrong password.")).to_be_visible()
    dialog.get_by_label("Current password", exact=True).fill(PASSWORD)
    dialog.get_by_label("New password", exact=True).press("Enter")
    expect(page.get_by_text("Password changed", exact=True)).to_be_visible()
    expect(dialog).to_have_count(0)
    expect(page.get_by_text("Last changed today")).to_be_visible()
    expect(other).to_have_url(re.compile("/login"))
    fill(other, Email="alice@example.org", Password=PASSWORD)
    press(other, "Log in")
    expect(other.get_by_text("Wrong email or password.")).to_be_visible()


def test_the_dialogs_and_the_answer_break_no_rule_of_axe(page: Page, app: Server) -> None:
    get_cookie(page, app, "alice@example.org", NEW)
    found: list[str] = []
    for words in ("Change password", "Change email"):
        page.goto("/you/security")
        press(page, words)
        expect(page.get_by_role("dialog", name=words)).to_be_visible()
        # Quasar's veil has a negative z-index, and axe takes it for the background of the dialog.
        found += [each for each in broken_rules(page) if "color-contrast" not in each]
    page.goto("/login/forgot")
    fill(page, Email="nobody@example.org")
    press(page, "Send reset link")
    found += broken_rules(page)
    assert not found, "\n".join(found)


def test_a_dialog_is_left_with_escape_and_gives_the_focus_back(page: Page, app: Server) -> None:
    get_cookie(page, app, "alice@example.org", NEW)
    page.goto("/you/security")
    button = page.get_by_role("button", name="Change password", exact=True)
    button.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Change password")
    expect(dialog.get_by_label("Current password", exact=True)).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(button).to_be_focused()


def test_a_new_address_works_once_it_is_confirmed(
    new_context: Callable[[], BrowserContext], app: Server, post: MailServer
) -> None:
    page = new_context().new_page()
    get_cookie(page, app, "bob@example.org", NEW)
    page.goto("/you/security")
    press(page, "Change email")
    dialog = page.get_by_role("dialog", name="Change email")
    dialog.get_by_label("New email", exact=True).fill("Robert@example.org")
    dialog.get_by_label("Current password", exact=True).fill(NEW)
    dialog.get_by_role("button", name="Send link", exact=True).click()
    expect(page.get_by_text("Link sent to robert@example.org", exact=True)).to_be_visible()
    expect(page.get_by_text("Not confirmed yet.")).to_be_visible()
    stranger = new_context().new_page()
    stranger.goto(link_to(post, "robert@example.org", "confirm"))
    expect_heading(stranger, "Confirm your email address")
    expect(page.get_by_role("listitem").filter(has_text="bob@example.org")).to_be_visible()
    press(stranger, "Confirm")
    expect_heading(stranger, "Your email address is confirmed")
    expect(page.get_by_text("Not confirmed yet.")).to_be_hidden()
    get_cookie(new_context().new_page(), app, "robert@example.org", NEW)
    page.goto("/you")
    expect(page.get_by_role("listitem").filter(has_text="bob@example.org")).to_contain_text("Added by you")


def test_a_member_sees_and_ends_their_browsers(new_context: Callable[[], BrowserContext], app: Server) -> None:
    page, other, third = (new_context().new_page() for _ in range(3))
    get_cookie(page, app, "alice@example.org", NEW)
    for each in (other, third):
        log_in(each, app, "alice@example.org", NEW)
    page.goto("/you/security")
    sessions = page.get_by_role("list", name="Sessions").get_by_role("listitem")
    expect(sessions.first).to_contain_text("This browser")
    expect(sessions.first).to_contain_text(re.compile(r"127\.0\.0\.1 · now · logged in with password"))
    expect(sessions.first.get_by_role("button")).to_have_count(0)
    number = sessions.count()
    ours = sessions.nth(1).get_by_role("button", name=re.compile("^Log out Chrome on Linux$"))
    ours.click()
    expect(sessions).to_have_count(number - 1)
    press(page, "Log out others")
    expect(sessions).to_have_count(1)
    for each in (other, third):
        expect(each).to_have_url(re.compile("/login"))
    expect_heading(page, "Security")
