"""Logging in after too many wrong passwords: the wait is counted on the page, and what was typed stays."""

import re

from playwright.sync_api import Page, expect

from tests.e2e.conftest import PASSWORD
from tests.e2e.server import Server

EMAIL = "alice@example.org"
MOST_GUESSES = 30


def guess_until_slowed(page: Page, app: Server) -> None:
    """Wrong passwords from this browser's address, until the next log-in would have to wait for a few seconds."""
    headers = {"Origin": app.base_url}
    for _ in range(MOST_GUESSES):
        page.request.post("/login", form={"email": EMAIL, "password": "wrong"}, headers=headers, max_redirects=0)
        asked = page.request.post("/login/wait", form={"email": EMAIL}, headers=headers)
        if asked.json()["seconds"] >= 4:
            return
    raise AssertionError("never slowed down")


def test_after_the_wait_the_typed_password_logs_in(page: Page, app: Server) -> None:
    app.add_member(EMAIL, "Alice", PASSWORD)
    page.goto("/login")
    guess_until_slowed(page, app)
    password = page.get_by_label("Password", exact=True)
    button = page.get_by_role("button", name="Log in", exact=True)
    page.get_by_label("Email", exact=True).fill(EMAIL)
    password.fill(PASSWORD)
    button.click()
    alert = page.get_by_role("alert").filter(has_text=re.compile(r"Too many attempts. Try again in \d+ s."))
    expect(alert).to_be_visible()
    expect(alert).not_to_contain_text("reset link")  # this server sends no email
    expect(button).to_have_attribute("aria-disabled", "true")
    expect(button).to_have_accessible_description(re.compile("^This protects the account from guessing."))
    expect(password).to_have_value(PASSWORD)
    expect(button).not_to_have_attribute("aria-disabled", "true")
    expect(alert).to_be_hidden()
    expect(password).to_have_value(PASSWORD)
    button.click()
    expect(page.get_by_role("heading", name="Home", exact=True)).to_be_visible()
