"""What feeds bring to an open page: those of real products, those with a password, and what is no calendar."""

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.calendars import calendar, event
from tests.e2e.conftest import PASSWORD, coming_up, connected_ics, get_cookie, log_in
from tests.e2e.server import Server
from tests.fakes.feeds import FeedServer

OURS = Path(__file__).parents[1] / "domain" / "ical" / "traps" / "02-win-tzid-with-vtimezone.ics"
WRITTEN_BY_OTHERS = [OURS, *sorted(Path(os.environ.get("ONCALL_TEST_FEEDS") or os.devnull).glob("*.ics"))]
"""Calendars as real products write them; more from a folder of one's own: ONCALL_TEST_FEEDS=folder make test."""
SLOW = 60_000


@pytest.fixture(scope="module")
def fay(app: Server) -> str:
    app.add_member("fay@example.org", "Fay", PASSWORD)
    return "fay@example.org"


def test_sync_now_brings_what_changed_to_an_open_home_page(
    new_context: Callable[[], BrowserContext], app: Server, feeds: FeedServer
) -> None:
    app.add_member("carol@example.org", "Carol", PASSWORD)
    url = feeds.serve("/changing.ics", calendar(event("Lunch"), name="Changing"))
    list_page, home = new_context().new_page(), new_context().new_page()
    get_cookie(list_page, app, "carol@example.org")
    log_in(home, app, "carol@example.org")
    connected_ics(list_page, app, "carol@example.org", "Changing", url)
    status = list_page.get_by_role("main").get_by_role("status").first
    expect(status).to_contain_text("1 event, none is tagged: choose how events count", timeout=SLOW)
    feeds.replace("/changing.ics", calendar(event("Lunch"), event("noc", days=7), name="Changing"))
    list_page.get_by_role("button", name="Sync now").click()
    expect(status).to_contain_text(re.compile(r"1\sof\s2\sevents\scounts"))
    expect(coming_up(home)).to_contain_text("Block")


@pytest.mark.parametrize(
    ("prepare", "says"),
    [
        (lambda feeds: feeds.remove("/bad.ics"), "no calendar at this address"),
        (lambda feeds: feeds.web_page("/bad.ics"), "web page"),
        (lambda feeds: feeds.redirect("/bad.ics", to="http://169.254.169.254/x"), "server’s own network"),
    ],
    ids=["gone", "web page", "inside"],
)
def test_what_cannot_be_read_is_said_on_the_form_and_nothing_is_kept(
    page: Page, app: Server, fay: str, feeds: FeedServer, prepare: Callable[[FeedServer], object], says: str
) -> None:
    feeds.serve("/bad.ics", b"")
    prepare(feeds)
    get_cookie(page, app, fay)
    page.goto("/calendar_connections/new/ics")
    page.get_by_label("Nickname", exact=True).fill("Bad")
    page.get_by_label("URL", exact=True).fill(feeds.url("/bad.ics"))
    page.get_by_role("button", name="Create", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text(says)
    expect(page.get_by_label("URL", exact=True)).to_have_value(feeds.url("/bad.ics"))
    page.goto("/calendars")
    expect(page.get_by_role("heading", name="Bad")).to_have_count(0)


def test_a_protected_feed_is_read_with_user_name_and_password(page: Page, app: Server, feeds: FeedServer) -> None:
    app.add_member("erin@example.org", "Erin", PASSWORD)
    url = feeds.serve("/locked.ics", calendar(event("noc"), name="Locked"), user="erin", password="opensesame")
    get_cookie(page, app, "erin@example.org")
    page.goto("/calendar_connections/new/ics")
    page.get_by_label("URL", exact=True).fill(url)
    page.get_by_role("button", name="Create", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("asks for a user name")
    expect(page.get_by_label("URL", exact=True)).to_be_focused()
    page.get_by_label("User name", exact=True).fill("erin")
    page.get_by_label("Password", exact=True).fill("opensesame")
    page.get_by_role("button", name="Create", exact=True).click()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("main").get_by_role("status").first).to_contain_text(
        re.compile(r"1\sof\s1\sevent\scounts"), timeout=SLOW
    )


def test_calendars_that_real_products_wrote_are_imported(page: Page, app: Server, feeds: FeedServer) -> None:
    """All by one member, whose Home then has to hold them together."""
    member = "somebody@example.org"
    app.add_member(member, "Somebody", PASSWORD)
    get_cookie(page, app, member)
    for path in WRITTEN_BY_OTHERS:
        url = feeds.serve(f"/{path.name}", path.read_bytes())
        connected_ics(page, app, member, path.stem, url, save=False)
        page.get_by_text("Every event blocks").first.click()
        page.get_by_role("button", name="Save", exact=True).click()
        status = page.get_by_role("region", name=path.stem, exact=True).get_by_role("status").first
        expect(status, path.name).to_contain_text(re.compile("^Up to date"), timeout=SLOW)
    page.goto("/")
    if any(path.read_bytes().count(b"FREQ=YEARLY") > 100 for path in WRITTEN_BY_OTHERS):
        expect(coming_up(page)).to_contain_text("Block")
    else:
        expect(page.get_by_role("heading", name="Your availability")).to_be_visible()
