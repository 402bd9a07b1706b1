"""Three members, each sees only their own; without a login there is nothing to see."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.calendars import calendar, event
from tests.e2e.conftest import PASSWORD, connected_ics, get_cookie
from tests.e2e.server import Server
from tests.fakes.feeds import FeedServer

ROUTES = [
    "/",
    "/calendars",
    "/calendar_connections/new",
    "/calendar_connections/new/ics",
    "/calendar_connections/1",
    "/members",
    "/help",
    "/privacy",
    "/privacy/export.json",
    "/privacy/export.ics",
]


@pytest.mark.console_may_say("status of 404", "404")
def test_three_members_each_see_only_their_own(
    new_context: Callable[[], BrowserContext], app: Server, feeds: FeedServer
) -> None:
    pages = {}
    for name in ("Alice", "Bob", "Mallory"):
        app.add_member(f"{name.lower()}@example.org", name, PASSWORD, admin=name == "Alice")
        pages[name] = new_context().new_page()
        get_cookie(pages[name], app, f"{name.lower()}@example.org")
    for name in ("Alice", "Bob"):
        url = feeds.serve(f"/{name}.ics", calendar(event("noc"), name=f"Diary of {name}"))
        connected_ics(pages[name], app, f"{name.lower()}@example.org", f"Diary of {name}", url)
        expect(pages[name].get_by_role("main").get_by_role("status").first).to_contain_text(re.compile("^Up to date"))
    mallory = pages["Mallory"]
    for path in ("/", "/calendars"):
        mallory.goto(path)
        expect(mallory.get_by_role("heading", level=1)).to_be_visible()
        expect(mallory.locator("body")).not_to_contain_text("Diary of")
    missing = mallory.request.get("/calendar_connections/9999")
    for connection_id in (1, 2):
        foreign = mallory.request.get(f"/calendar_connections/{connection_id}")
        assert (foreign.status, missing.status) == (404, 404), "foreign and missing answer alike"
        assert "Diary of" not in foreign.text()
    assert mallory.request.get("/members").status == 404
    pages["Bob"].goto("/calendars")
    expect(pages["Bob"].locator("body")).not_to_contain_text("Diary of Alice")


def test_without_a_login_every_route_leads_to_the_login(new_context: Callable[[], BrowserContext], app: Server) -> None:
    page = new_context().new_page()
    for route in ROUTES:
        page.goto("about:blank")
        page.goto(route)
        expect(page, route).to_have_url(re.compile(r"/login(\?next=[^&]+)?$"))


def test_a_form_posted_from_another_site_changes_nothing(
    new_context: Callable[[], BrowserContext], app: Server
) -> None:
    page = new_context().new_page()
    get_cookie(page, app, "alice@example.org")
    answer = page.request.post("/logout", headers={"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"})
    assert answer.status == 403
    page.goto("/calendars")
    expect(page.get_by_role("heading", name="Calendars", exact=True)).to_be_visible()


def test_nothing_changes_by_get(new_context: Callable[[], BrowserContext], app: Server) -> None:
    page = new_context().new_page()
    get_cookie(page, app, "alice@example.org")
    assert page.request.get("/logout").status in (404, 405)
    page.goto("/calendars")
    expect(page.get_by_role("heading", name="Calendars", exact=True)).to_be_visible()
