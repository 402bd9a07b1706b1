"""Taking everything along and taking everything back, in a real browser; and what programs get without one."""

import json
import re
from collections.abc import Callable

import httpx
from playwright.sync_api import BrowserContext, Page, expect

from tests.calendars import calendar, event
from tests.e2e.conftest import PASSWORD, connected_ics, get_cookie, log_in
from tests.e2e.server import SETUP_LINE, Server
from tests.fakes.feeds import FeedServer

HEADING = "Your data"


def open_privacy(page: Page) -> None:
    """By the profile menu, as a member does."""
    page.locator(".oc-me").click()
    page.get_by_role("menuitem", name=HEADING).click()
    expect(page.get_by_role("heading", name=HEADING, level=1)).to_be_visible()


def connect(page: Page, app: Server, email: str, feeds: FeedServer, name: str, *events: str) -> None:
    connected_ics(page, app, email, name, feeds.serve(f"/{name}.ics", calendar(*events, name=name)))
    expect(page.get_by_role("main").get_by_role("status").first).to_contain_text(re.compile("^Up to date"))


def test_what_is_kept_is_seen_downloaded_subscribed_to_and_asked_for(
    page: Page, app: Server, feeds: FeedServer
) -> None:
    app.add_member("alice@example.org", "Alice", PASSWORD, admin=True)
    get_cookie(page, app, "alice@example.org")
    connect(
        page,
        app,
        "alice@example.org",
        feeds,
        "Work",
        event("Dentist, noc", days=3),
        event("prefer oncall", days=5),
        event("Lunch", days=6),
    )
    open_privacy(page)
    table = page.get_by_role("region", name="Availability").get_by_role("row")
    expect(table).to_have_count(3)
    expect(table.nth(1)).to_contain_text(re.compile("block.*Work"))

    with page.expect_download() as download:
        page.get_by_role("button", name="Download as JSON").click()
    told = json.loads(download.value.path().read_text(encoding="utf-8"))
    assert download.value.suggested_filename == "on-call-optimizer.json"
    assert [each["action"] for each in told["availability"]] == ["block", "prefer"]
    with page.expect_download() as download:
        page.get_by_role("button", name="Download as ICS").click()
    text = download.value.path().read_text(encoding="utf-8")
    assert text.count("BEGIN:VEVENT") == 2 and "Dentist" not in text

    page.get_by_role("button", name="Create link").click()
    address = page.get_by_label("Link", exact=True)
    expect(address).to_have_value(re.compile(r"/feeds/[\w-]{43}\.ics$"))
    feed = httpx.get(address.input_value(), trust_env=False)
    assert feed.text.count("BEGIN:VEVENT") == 2
    known = httpx.get(address.input_value(), headers={"If-None-Match": feed.headers["etag"]}, trust_env=False)
    assert (known.status_code, known.content) == (304, b"")
    assert feed.headers["cache-control"] == "private, no-cache"

    page.get_by_label("Token name").fill("My script")
    page.get_by_role("button", name="Create token").click()
    token = page.get_by_label("Token", exact=True)
    expect(token).to_have_value(re.compile("^oncall_"))
    answer = httpx.get(
        f"{app.base_url}/api/v1/me/availability",
        headers={"Authorization": f"Bearer {token.input_value()}"},
        trust_env=False,
    )
    assert [each["action"] for each in answer.json()["intervals"]] == ["block", "prefer"]
    for program in (feed, known, answer):
        assert "set-cookie" not in program.headers and "cookie" not in program.headers.get("vary", "").lower()
    # What the browser is logged in with opens no API.
    assert page.request.get("/api/v1/me/availability").status == 401
    page.reload()
    expect(page.get_by_role("region", name="Private calendar link")).to_contain_text("last fetched")
    expect(page.get_by_role("region", name="API tokens")).to_contain_text("last used")
    for secret in (address.input_value(), token.input_value()):
        assert not secret, "shown once"


def test_the_key_that_is_shown_can_be_copied(page: Page, app: Server) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    get_cookie(page, app, "alice@example.org")
    page.goto("/privacy")
    page.get_by_label("Token name").fill("Copied")
    page.get_by_role("button", name="Create token").click()
    token = page.get_by_label("Token", exact=True)
    expect(token).to_have_value(re.compile("^oncall_"))
    page.get_by_role("button", name="Copy").click()
    assert page.evaluate("navigator.clipboard.readText()") == token.input_value()


def test_a_member_erases_everything_and_every_page_of_theirs_closes(
    new_context: Callable[[], BrowserContext], app: Server, feeds: FeedServer
) -> None:
    app.add_member("bob@example.org", "Bob", PASSWORD)
    page, other = new_context().new_page(), new_context().new_page()
    get_cookie(page, app, "bob@example.org")
    connect(page, app, "bob@example.org", feeds, "Private", event("noc"))
    log_in(other, app, "bob@example.org")
    open_privacy(page)
    page.get_by_role("button", name="Erase everything").click()
    question = page.get_by_role("alertdialog")
    expect(question).to_contain_text("your 1 connection with our access")
    expect(question.get_by_role("button", name="Cancel")).to_be_focused()
    question.get_by_label("Your password").fill("wrong password")
    question.get_by_role("button", name="Erase everything").click()
    expect(question.get_by_role("alert")).to_have_text("Wrong password.")
    question.get_by_label("Your password").fill(PASSWORD)
    question.get_by_role("button", name="Erase everything").click()
    for each in (page, other):
        expect(each).to_have_url(re.compile(r"/login(\?next=[^&]+)?$"))
    page.get_by_label("Email", exact=True).fill("bob@example.org")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()
    expect(page.get_by_role("alert")).to_have_text("Wrong email or password.")


def test_the_last_member_leaves_and_the_server_starts_anew(page: Page, app: Server) -> None:
    get_cookie(page, app, "alice@example.org")
    page.goto("/privacy")
    page.get_by_role("button", name="Erase everything").click()
    question = page.get_by_role("alertdialog")
    expect(question).to_contain_text("returns to its first start")
    question.get_by_label("Your password").fill(PASSWORD)
    before = len(app.log_text())
    question.get_by_role("button", name="Erase everything").click()
    expect(page).to_have_url(re.compile(r"/login(\?next=[^&]+)?$"))
    found = SETUP_LINE.search(app.log_text(), before)
    assert found, "the console prints a new link"
    page.goto(found[1])
    page.get_by_label("Name", exact=True).fill("Anna")
    page.get_by_label("Email", exact=True).fill("anna@example.org")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Create account", exact=True).click()
    expect(page.get_by_role("heading", name="Home", exact=True)).to_be_visible()
