"""Each page opens, has its heading, and stays small. Of all page tests `make test-fast` runs these."""

import pytest

from oncall_ui.app import App
from tests.conftest import Person
from tests.pages.conftest import Browser
from tests.pages.helpers.home import add_calendar
from tests.pages.helpers.seeing import elements, words

BUDGET = 200
HEADINGS = {
    "/": "Home",
    "/calendars": "Calendars",
    "/calendar_connections/new": "Where do you keep your calendar?",
    "/calendar_connections/new/ics": "Add an ICS URL",
    "/calendar_connections/1": "Choose calendars",
    "/team": "Team",
    "/team/tags": "Tags",
    "/team/calendars": "Broken or stale",
    "/schedules": "Schedules",
    "/schedules/new": "New schedule",
    "/help": "Help",
    "/privacy": "Your data",
    "/you": "Your profile",
    "/you/security": "Security",
    "/members": "Members",
    "/you/activity": "Activity",
    "/admin": "Admin",
    "/admin/audit": "Audit log",
}


@pytest.mark.parametrize(("path", "heading"), HEADINGS.items(), ids=HEADINGS)
async def test_a_page_opens_and_stays_small(app: App, browser: Browser, alice: Person, path: str, heading: str) -> None:
    add_calendar(app, alice, "Work")
    user = await browser(alice)
    await user.open(path)
    shown = elements(user)
    assert [words(each) for each in shown if each.tag == "h1"] == [heading]
    assert len(shown) < BUDGET
