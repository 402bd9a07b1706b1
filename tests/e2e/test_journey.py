"""The main job in a real browser: from the set-up link to availability on Home."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.calendars import calendar, event
from tests.e2e.conftest import PASSWORD, add_ics, coming_up, connected_ics, get_cookie, log_in, set_up_first_account
from tests.e2e.server import Server
from tests.fakes.feeds import FeedServer

SLOW = 60_000


@pytest.fixture(scope="module")
def starts_warm() -> bool:
    """From nothing, as on a newcomer’s machine."""
    return False


def test_a_newcomer_gets_from_the_set_up_link_to_availability_on_home(
    page: Page, app: Server, feeds: FeedServer
) -> None:
    url = feeds.serve("/work.ics", calendar(event("Dentist, noc", days=5, hour=12), event("Lunch"), name="Work"))
    set_up_first_account(page, app)
    expect(page.get_by_role("heading", name="Welcome, Alice")).to_be_visible()
    add_ics(page, "Work", url, save=False)
    switch = page.get_by_role("switch", name="Work", exact=True)
    expect(switch).to_be_checked()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page).to_have_url(re.compile("/calendars$"))
    status = page.get_by_role("main").get_by_role("status").first
    expect(status).to_contain_text(re.compile(r"^Up to date.*1 of 2\sevents counts"), timeout=SLOW)
    page.get_by_role("link", name="Home", exact=True).click()
    expect(page.get_by_role("heading", name="Your availability")).to_be_visible()
    agenda = coming_up(page)
    expect(agenda).to_contain_text("Block")
    expect(agenda).to_contain_text(re.compile(r"1[34]:00 – 1[56]:00"))
    expect(page.locator("body")).not_to_contain_text("Dentist")


def test_an_import_is_followed_live_in_two_browsers_and_after_a_reload(
    new_context: Callable[[], BrowserContext], app: Server, feeds: FeedServer
) -> None:
    app.add_member("bob@example.org", "Bob", PASSWORD)
    body = calendar(event("noc"), event("prefer oncall", days=6), name="Rota")
    url = feeds.serve("/rota.ics", body)
    first, second = new_context().new_page(), new_context().new_page()
    log_in(first, app, "bob@example.org")
    get_cookie(second, app, "bob@example.org")
    second.goto("/calendars")
    add_ics(first, "Rota", url, save=False)
    with feeds.hold("/rota.ics"):
        first.get_by_role("button", name="Save", exact=True).click()
        for page in (first, second):
            expect(page.get_by_role("main").get_by_role("status").first).to_contain_text(re.compile("^Importing"))
        first.reload()
        expect(first.get_by_role("main").get_by_role("status").first).to_contain_text(re.compile("^Importing"))
        second.goto("/")
    expect(first.get_by_role("main").get_by_role("status").first).to_contain_text(re.compile("^Up to date"))
    expect(coming_up(second)).to_contain_text("Prefer")


def test_disconnect_asks_first_and_then_forgets(page: Page, app: Server, feeds: FeedServer) -> None:
    app.add_member("dora@example.org", "Dora", PASSWORD)
    url = feeds.serve("/leaving.ics", calendar(event("noc"), name="Leaving"))
    get_cookie(page, app, "dora@example.org")
    connected_ics(page, app, "dora@example.org", "Leaving", url)
    expect(page.get_by_role("main").get_by_role("status").first).to_contain_text(re.compile("^Up to date"))
    page.get_by_role("button", name="Disconnect").click()
    question = page.get_by_role("alertdialog")
    expect(question).to_contain_text("Leaving")
    question.get_by_role("button", name="Cancel").click()
    expect(question).to_have_count(0)
    expect(page.get_by_role("heading", name="Leaving", exact=True)).to_be_visible()
    page.get_by_role("button", name="Disconnect").click()
    question.get_by_role("button", name="Disconnect").click()
    expect(page.get_by_role("heading", name="Leaving", exact=True)).to_have_count(0)
    page.goto("/")
    expect(page.get_by_role("button", name="Add ICS URL")).to_be_visible()
