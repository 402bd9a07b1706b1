"""No page breaks a rule of axe-core, in either theme, on a desk and on a phone."""

from collections.abc import Sequence
from typing import Any, Literal

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, expect

from oncall_ui.services.accounts.links.reset import create_reset_link
from tests.calendars import calendar, event
from tests.e2e.conftest import PASSWORD, connected_ics, log_in
from tests.e2e.server import Server
from tests.fakes.feeds import FeedServer

OPTIONS = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
    "preload": False,  # for a rule about styles that hold for one orientation of a phone; we have none
}
COLOURS = {
    "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
    "resultTypes": ["violations"],
}
"""What another theme can break."""
THEMES: tuple[tuple[Literal["light", "dark"], dict[str, Any]], ...] = (("light", OPTIONS), ("dark", COLOURS))
SIZES = ((1280, 800), (390, 844))
SETTLED = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
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


def broken_rules(page: Page, sizes: Sequence[tuple[int, int]] = SIZES) -> list[str]:
    """What axe-core finds on the page that is open, in both themes and all sizes; the page isn't loaded again."""
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.evaluate(AXE_SCRIPT)
    found: list[str] = []
    for width, height in sizes:
        page.set_viewport_size({"width": width, "height": height})
        for theme, options in THEMES:
            # With less motion every element has its new colour at once; none is caught halfway.
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            page.evaluate(SETTLED)
            results: dict[str, Any] = page.evaluate("(options) => axe.run(document, options)", options)
            found += [
                f"{page.url} {width} {theme}: {rule['id']}: {node['html'][:160]} {node['failureSummary']}"
                for rule in results["violations"]
                for node in rule["nodes"]
            ]
    return found


@pytest.mark.console_may_say("403")
def test_pages_before_the_log_in_break_no_rule(page: Page, app: Server) -> None:
    page.goto(app.setup_link)
    found = broken_rules(page)
    app.add_member("alice@example.org", "Alice Moreno", PASSWORD, admin=True)
    with app.beside() as services:
        link = create_reset_link(services, None, 1)
    invited = app.command("user", "invite", "grace@example.org").stdout.strip()
    page.goto(invited)
    found += broken_rules(page)
    for path in ("/login", "/setup", "/login/forgot", f"/reset/{link.rpartition('/')[2]}", "/reset/guessed"):
        page.goto(path)
        found += broken_rules(page)
    assert not found, "\n".join(found)


@pytest.mark.console_may_say("404")
def test_pages_break_no_rule(page: Page, app: Server, feeds: FeedServer) -> None:
    app.add_member("bob@example.org", "Bob Tanaka", PASSWORD)
    log_in(page, app, "alice@example.org")
    events = (event("Dentist, noc", days=3), event("prefer oncall", days=5), event("Lunch", days=6))
    connected_ics(page, app, "alice@example.org", "Work", feeds.serve("/work.ics", calendar(*events, name="Work")))
    connected_ics(page, app, "alice@example.org", "Gone", feeds.serve("/gone.ics", calendar(event("noc"), name="Gone")))
    gone = page.get_by_role("region", name="Gone")
    # An import under way would be the answer to Sync now.
    expect(gone.get_by_role("status")).to_contain_text("Up to date")
    feeds.remove("/gone.ics")
    gone.get_by_role("button", name="Sync now").click()
    expect(gone.get_by_role("status")).to_contain_text("Needs you")
    found: list[str] = []
    for path in (*PAGES, "/no-such-page"):
        page.goto(path)
        found += broken_rules(page)
    page.goto("/calendar_connections/2")
    expect(page.get_by_role("alert", name="Gone couldn’t be read")).to_be_visible()
    found += broken_rules(page)
    assert not found, "\n".join(found)


def test_dialogs_break_no_rule(page: Page, app: Server) -> None:
    app.add_member("dora@example.org", "Dora", PASSWORD, admin=True)
    log_in(page, app, "dora@example.org")
    for path, button, name in (
        ("/members", "Invite", "Invite a colleague"),
        ("/you/security", "Change password", "Change password"),
    ):
        page.goto(path)
        page.get_by_role("button", name=button, exact=True).click()
        expect(page.get_by_role("dialog", name=name)).to_be_visible()
        assert broken_rules(page) == []
