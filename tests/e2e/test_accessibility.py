"""No page breaks a rule of axe-core, in either theme, on a desk and on a phone; all fit phones and fingers."""

import pytest
from playwright.sync_api import Page, expect

from oncall_ui.services.accounts.links.invitations import invite
from oncall_ui.services.accounts.links.reset import create_reset_link
from tests.calendars import calendar, event
from tests.e2e.axe import SIZES, broken_rules
from tests.e2e.conftest import PASSWORD, connected_ics, get_cookie
from tests.e2e.server import Server
from tests.e2e.test_screens import misfits
from tests.fakes.feeds import FeedServer

PAGES = (
    "/",
    "/calendars",
    "/calendar_connections/new",
    "/calendar_connections/new/ics",
    "/calendar_connections/new/caldav",
    "/calendar_connections/1",
    "/team",
    "/team/tags",
    "/team/calendars",
    "/privacy",
    "/you",
    "/you/security",
    "/you/notifications",
    "/members",
    "/admin",
    "/admin/audit",
    "/you/activity",
    "/help",
    "/help/connect-a-calendar",
)


@pytest.fixture(scope="module")
def alice(app: Server) -> str:
    """She and two colleagues, one with long names."""
    app.add_member("alice@example.org", "Alice Moreno", PASSWORD, admin=True)
    app.add_member("bob@example.org", "Bob Tanaka", PASSWORD)
    app.add_member("a.longer.address.of.bartholomew@example.org", "Bartholomew Featherstonehaugh", PASSWORD)
    return "alice@example.org"


@pytest.mark.console_may_say("403")
def test_pages_before_the_log_in_break_no_rule(page: Page, app: Server, request: pytest.FixtureRequest) -> None:
    page.goto(app.setup_link)
    found = broken_rules(page)
    request.getfixturevalue("alice")  # with the first account the page is gone
    with app.beside(base_url=app.base_url) as services:
        link = create_reset_link(services, None, 1)
        invited = invite(services, None, "grace@example.org").url
    page.goto(invited)
    found += broken_rules(page)
    for path in ("/login", "/setup", "/login/forgot", f"/reset/{link.rpartition('/')[2]}", "/reset/guessed"):
        page.goto(path)
        found += broken_rules(page)
    assert not found, "\n".join(found)


@pytest.mark.console_may_say("404")
def test_pages_break_no_rule_and_fit_phones_and_fingers(page: Page, app: Server, alice: str, feeds: FeedServer) -> None:
    get_cookie(page, app, alice)
    events = (event("Dentist, noc", days=3), event("prefer oncall", days=5), event("Lunch", days=6))
    connected_ics(page, app, alice, "Work", feeds.serve("/work.ics", calendar(*events, name="Work")))
    connected_ics(page, app, alice, "Gone", feeds.serve("/gone.ics", calendar(event("noc"), name="Gone")))
    gone = page.get_by_role("region", name="Gone")
    # An import under way would be the answer to Sync now.
    expect(gone.get_by_role("status")).to_contain_text("Up to date")
    feeds.remove("/gone.ics")
    gone.get_by_role("button", name="Sync now").click()
    expect(gone.get_by_role("status")).to_contain_text("Needs you")
    found: list[str] = []
    for path in (*PAGES, "/no-such-page"):
        page.goto(path)
        found += [*broken_rules(page), *misfits(page)]
    page.goto("/calendar_connections/2")
    expect(page.get_by_role("alert", name="Gone couldn’t be read")).to_be_visible()
    found += broken_rules(page)
    assert not found, "\n".join(found)


def test_dialogs_break_no_rule(page: Page, app: Server, alice: str) -> None:
    get_cookie(page, app, alice)
    for path, button, name in (
        ("/members", "Invite", "Invite a colleague"),
        ("/you/security", "Change password", "Change password"),
    ):
        page.goto(path)
        page.get_by_role("button", name=button, exact=True).click()
        expect(page.get_by_role("dialog", name=name)).to_be_visible()
        assert broken_rules(page) == []


def test_a_page_that_was_clean_is_examined_again_once_it_looks_otherwise(page: Page, app: Server) -> None:
    page.goto("/login")
    for _ in range(2):
        assert broken_rules(page, SIZES[:1]) == []
    page.locator("h1").evaluate("each => each.style.color = '#eee'")
    assert "color-contrast" in "".join(broken_rules(page, SIZES[:1]))
