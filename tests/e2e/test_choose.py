"""Choosing calendars in a real browser: what leaving asks, and an account with 500 calendars."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Dialog, Locator, Page, expect

from tests.calendars import calendar, event
from tests.e2e.conftest import PASSWORD, add_ics, connected_ics, get_cookie, log_in
from tests.e2e.server import Server
from tests.fakes.feeds import FeedServer
from tests.fakes.radicale import Radicale

EMAIL = "chloe@example.org"
NUMBER = 500
SLOW = 60_000


@pytest.fixture(scope="module", autouse=True)
def _chloe(app: Server) -> Iterator[None]:
    app.add_member(EMAIL, "Chloe Moreno", PASSWORD)
    yield


@pytest.fixture
def many(tmp_path: Path) -> Iterator[Radicale]:
    with Radicale(tmp_path / "radicale") as server:
        for number in range(NUMBER):
            server.hold(f"room-{number:03}", {"1": event("Away noc", days=5)}, title=f"Room {number:03}")
        yield server


def question(page: Page) -> Locator:
    return page.get_by_role("alertdialog", name="Leave without saving?")


def refused_leaving(page: Page, script: str) -> list[str]:
    """The kinds of the questions the browser itself asks; the answer is to stay."""
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    with page.expect_event("dialog"):
        page.once("dialog", stay)
        page.evaluate(script)
    return asked


def test_a_connection_that_was_not_saved_asks_before_its_page_is_left(
    page: Page, app: Server, feeds: FeedServer
) -> None:
    log_in(page, app, EMAIL)
    add_ics(
        page, "Unsaved", feeds.serve("/unsaved.ics", calendar(event("Away\\, noc", days=3), name="Unsaved")), save=False
    )
    expect(page.locator(".oc-answer")).to_have_text("1 of 1 event of Unsaved would count. Saving starts the import.")
    at = page.url
    page.get_by_role("link", name="Help", exact=True).first.click()
    expect(question(page)).to_contain_text("Unsaved stays connected, but off: nothing is imported until you save.")
    expect(question(page).get_by_role("button", name="Stay")).to_be_focused()
    page.keyboard.press("Enter")
    expect(question(page)).to_have_count(0)
    assert page.url == at
    assert refused_leaving(page, "location.assign('/help')") == ["beforeunload"]
    assert page.url == at
    page.get_by_role("link", name="Cancel", exact=True).click()
    question(page).get_by_role("button", name="Leave").click()
    page.wait_for_url("**/calendars")
    page.get_by_role("button", name=re.compile("^Edit")).first.click()
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url("**/calendars")
    row = page.get_by_role("region", name="Unsaved").get_by_role("status")
    expect(row).to_contain_text("Up to date", timeout=SLOW)
    page.get_by_role("button", name=re.compile("^Edit")).first.click()
    expect(page.get_by_role("button", name="Save", exact=True)).to_be_visible()
    expect(page.locator(".oc-answer")).to_have_text("1 of 1 event of Unsaved would count.")
    page.get_by_role("link", name="Back", exact=True).click()
    page.wait_for_url("**/calendars")


def test_changes_to_a_saved_connection_ask_unless_cancelled(page: Page, app: Server, feeds: FeedServer) -> None:
    get_cookie(page, app, EMAIL)
    connected_ics(page, app, EMAIL, "Travel", feeds.serve("/travel.ics", calendar(event("Away\\, noc", days=3))))
    page.get_by_role("region", name="Travel").get_by_role("button", name=re.compile("^Edit")).click()
    page.get_by_role("radio", name="Every event blocks").click()
    expect(page.get_by_text("1 of 1 switched on, not saved yet")).to_be_visible()
    page.get_by_role("link", name="Back", exact=True).click()
    expect(question(page)).to_contain_text("Your changes to Travel will be lost.")
    question(page).get_by_role("button", name="Stay").click()
    expect(question(page)).to_have_count(0)
    page.get_by_role("link", name="Cancel", exact=True).click()
    page.wait_for_url("**/calendars")


def test_five_hundred_calendars_are_searched_chosen_and_saved(page: Page, app: Server, many: Radicale) -> None:
    get_cookie(page, app, EMAIL)
    page.goto("/calendar_connections/new")
    page.get_by_role("button", name="Connect CalDAV").click()
    page.get_by_label("Nickname", exact=True).fill("Rooms")
    page.get_by_label("Server address", exact=True).fill(many.url)
    page.get_by_label("User name", exact=True).fill(many.user)
    page.get_by_label("Password", exact=True).fill("open-sesame")
    page.get_by_role("button", name="Create", exact=True).click()
    expect(page.get_by_role("switch")).to_have_count(20, timeout=SLOW)
    page.get_by_role("button", name="how events in Room 000 count").click()
    answer = page.locator(".oc-answer")
    expect(answer).to_contain_text("1 of 1 event of Room 000 would count if you switch it on.", timeout=SLOW)
    search = page.get_by_label("Search calendars", exact=True)
    search.fill("room 321")
    expect(page.get_by_role("switch")).to_have_count(1)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_role("checkbox", name="Only switched on")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("switch", name="Room 321", exact=True)).to_be_focused()
    page.keyboard.press("Space")
    expect(answer).to_contain_text("1 of 1 event of Room 321 would count.", timeout=SLOW)
    expect(page.get_by_text("1 of 500 switched on, not saved yet")).to_be_visible()
    search.fill("")
    expect(page.get_by_text("1 – 20 of 500 calendars")).to_be_visible()
    assert page.locator("main *").count() < 700  # nodes; drawing every row took thousands
    page.get_by_role("button", name="Next", exact=True).press("Enter")
    expect(page.get_by_text("21 – 40 of 500 calendars")).to_be_visible()
    expect(page.get_by_role("button", name="Next", exact=True)).to_be_focused()
    page.get_by_role("checkbox", name="Only switched on").click()
    expect(page.get_by_role("switch")).to_have_count(1)
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url("**/calendars")
    statuses = page.get_by_role("main").get_by_role("status").filter(has_text="Up to date")
    expect(statuses.first).to_contain_text(re.compile(r"1\sof\s1\sevent\scounts"), timeout=SLOW)
