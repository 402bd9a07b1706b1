"""A lead makes a schedule and publishes it in one browser; a colleague sees it come in another, and in a calendar."""

import re
from collections.abc import Callable

import httpx
import icalendar
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.conftest import PASSWORD, get_cookie
from tests.e2e.server import Server

TEAM = ("Alice Moreno", "Bob Tanaka", "Chidi Okafor", "Dana Weiss", "Elif Kaya", "Farid Haddad")


def email(name: str) -> str:
    return f"{name.split(maxsplit=1)[0].lower()}@example.org"


def made_draft(page: Page) -> None:
    """From the empty list to the first draft."""
    page.goto("/schedules")
    page.get_by_role("link", name="New schedule").first.click()
    page.get_by_label("Name", exact=True).fill("Platform on-call")
    page.get_by_role("button", name="Next: Shifts").click()
    page.get_by_role("button", name="Next: Priorities").click()
    page.get_by_role("button", name="Create draft").click()
    expect(page.get_by_role("heading", name="Draft for Platform on-call")).to_be_visible()


def test_from_a_new_schedule_to_a_published_plan_that_a_colleague_sees(
    new_context: Callable[[], BrowserContext], app: Server
) -> None:
    for name in TEAM:
        app.add_member(email(name), name, PASSWORD, admin=name == TEAM[0])
    lead, colleague = new_context().new_page(), new_context().new_page()
    get_cookie(lead, app, email(TEAM[0]))
    get_cookie(colleague, app, email(TEAM[1]))
    made_draft(lead)
    expect(lead.get_by_role("status").filter(has_text="Proven best")).to_be_visible()

    slot = lead.get_by_role("gridcell").first
    slot.click()
    why = lead.get_by_role("dialog", name=re.compile("^Why "))
    expect(why).to_be_visible()
    for name in TEAM:
        expect(why).to_contain_text(name.split()[0])
    why.get_by_role("button", name="Pin", exact=True).click()  # closes the dialog it is in, and goes on
    expect(why).to_have_count(0)
    expect(lead.get_by_text("keeps this shift when you plan again")).to_be_visible()
    expect(lead.get_by_text("That didn’t work")).to_have_count(0)

    colleague.goto("/schedules")
    card = colleague.get_by_role("link", name="Platform on-call")
    expect(card).to_be_visible()
    card.click()
    expect(colleague.get_by_role("gridcell")).to_have_count(0)
    lead.get_by_role("button", name="Publish", exact=True).click()
    lead.get_by_role("dialog", name="Publish this plan?").get_by_role("button", name="Publish").click()
    expect(colleague.get_by_role("gridcell").first).to_be_visible()
    held = colleague.get_by_role("gridcell", name=re.compile(TEAM[1])).count()
    assert held >= 3
    expect(colleague.locator(".oc-shift.mine:not(.tail)")).to_have_count(held)

    colleague.goto("/schedules/1/publish")
    row = colleague.get_by_role("listitem").filter(has_text="Your shifts")
    row.get_by_role("button", name="Get link").click()
    address = row.get_by_role("textbox").input_value()
    feed = icalendar.Calendar.from_ical(httpx.get(address, trust_env=False).text)
    assert len(feed.walk("VEVENT")) >= held  # the page shows twelve weeks


@pytest.mark.console_may_say("WebSocket")
def test_a_kill_while_planning_loses_nothing(new_context: Callable[[], BrowserContext], app: Server) -> None:
    lead = new_context().new_page()
    get_cookie(lead, app, email(TEAM[0]))
    lead.goto("/schedules/1")
    lead.get_by_role("button", name="New draft").click()
    lead.get_by_role("dialog").get_by_role("button", name="Create draft").click()
    lead.wait_for_url(re.compile("/drafts/"))
    app.kill()
    app.start()  # the page then reloads by itself; a second reload would stop the first
    expect(lead.get_by_role("status").filter(has_text="Proven best")).to_be_visible()
