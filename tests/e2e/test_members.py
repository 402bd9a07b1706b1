"""Two people in two browsers: one invites, the other joins, and each step shows in the first browser by itself."""

import re
from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.conftest import PASSWORD, get_cookie, log_in
from tests.e2e.server import Server

GRACE = "grace@example.org"


def menu_of(page: Page, name: str, entry: str) -> None:
    page.get_by_role("button", name=f"More for {name}").click()
    page.get_by_role("menuitem", name=entry).click()


def test_an_invited_colleague_joins_and_is_removed_while_both_look(
    new_context: Callable[[], BrowserContext], app: Server
) -> None:
    app.add_member("alice@example.org", "Alice Moreno", PASSWORD, admin=True)
    alice, grace = new_context().new_page(), new_context().new_page()
    get_cookie(alice, app, "alice@example.org")
    alice.goto("/members")
    alice.get_by_role("button", name="Invite", exact=True).click()
    asked = alice.get_by_role("dialog", name="Invite a colleague")
    expect(asked.get_by_label("Email", exact=True)).to_be_focused()
    asked.get_by_label("Email", exact=True).fill(GRACE)
    asked.get_by_role("button", name="Create link").click()
    shown = alice.get_by_role("dialog", name=f"Link for {GRACE}")
    link = shown.get_by_role("textbox", name="Invitation link").input_value()
    shown.get_by_role("button", name="Done").click()
    expect(shown).to_have_count(0)
    row = alice.get_by_role("listitem").filter(has_text=GRACE)
    expect(row.get_by_role("status")).to_have_text(re.compile("^Invited"))

    grace.goto(link)
    expect(row.get_by_role("status")).to_have_text(re.compile("^Opened the link"))
    expect(grace.get_by_label("Email", exact=True)).to_have_value(GRACE)
    expect(grace.get_by_label("Time zone", exact=True)).to_have_value("Europe/Berlin")
    grace.get_by_label("Name", exact=True).fill("Grace Lindqvist")
    grace.get_by_label("Password", exact=True).fill(PASSWORD)
    grace.get_by_role("button", name="Create account").click()
    expect(grace.get_by_role("heading", name="Welcome, Grace")).to_be_visible()
    expect(grace.get_by_role("progressbar", name="First steps")).to_have_attribute("aria-valuenow", "1")
    expect(row.get_by_role("status")).to_have_text(re.compile("^Signed in"))
    expect(row).to_contain_text("Grace Lindqvist")

    menu_of(alice, "Grace Lindqvist", "Remove")
    question = alice.get_by_role("alertdialog", name="Remove Grace Lindqvist?")
    expect(question.get_by_role("button", name="Cancel")).to_be_focused()
    question.get_by_role("button", name="Remove Grace").click()
    expect(row).to_have_count(0)
    grace.wait_for_url(re.compile("/login"))


def test_a_link_works_once(new_context: Callable[[], BrowserContext], app: Server) -> None:
    done = app.command("user", "invite", "hugo@example.org")
    assert done.returncode == 0, done.stderr
    page = new_context().new_page()
    page.goto(done.stdout.strip())
    page.get_by_label("Name", exact=True).fill("Hugo")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_role("heading", name="Welcome, Hugo")).to_be_visible()
    other = new_context().new_page()
    answer = other.request.get(done.stdout.strip())
    assert answer.status == 410
    assert "This invitation was already used" in answer.text()


def test_the_menu_works_by_keyboard(new_context: Callable[[], BrowserContext], app: Server) -> None:
    page = new_context().new_page()
    get_cookie(page, app, "alice@example.org")
    page.goto("/members")
    more = page.get_by_role("button", name="More for Hugo")
    expect(more).to_be_visible()
    page.wait_for_function("window.socket?.connected")
    more.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("menu", name="Hugo")).to_be_visible()
    expect(more).to_have_attribute("aria-expanded", "true")
    # The menu takes the focus once it is open.
    page.get_by_role("menu", name="Hugo").press("ArrowDown")
    expect(page.get_by_role("menuitem", name="Change role")).to_be_focused()
    page.keyboard.press("Escape")
    expect(more).to_be_focused()
    expect(more).to_have_attribute("aria-expanded", "false")


def test_logging_out_sends_every_open_page_of_that_browser_to_the_login(
    new_context: Callable[[], BrowserContext], app: Server
) -> None:
    here, elsewhere = new_context(), new_context()
    app.add_member("gina@example.org", "Gina", PASSWORD)
    one, two, other = here.new_page(), here.new_page(), elsewhere.new_page()
    log_in(one, app, "gina@example.org")
    get_cookie(other, app, "gina@example.org")
    two.goto("/calendars")
    one.get_by_role("button", name="Gina").click()
    one.get_by_role("menuitem", name="Log out").click()
    expect(one.get_by_role("button", name="Log in", exact=True)).to_be_visible()
    expect(two.get_by_role("button", name="Log in", exact=True)).to_be_visible()
    other.goto("/calendars")
    expect(other.get_by_role("heading", name="Calendars", exact=True)).to_be_visible()
