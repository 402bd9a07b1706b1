"""Leave in Google becomes a card with the next import, on every open page; a fix is taken, and the card is gone."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from oncall_ui.domain.schedules.membership import Terms
from oncall_ui.services.schedules.create import NewSchedule, create_schedule
from oncall_ui.services.schedules.people import people_of
from oncall_ui.services.schedules.published.publish import publish
from oncall_ui.services.schedules.settings import Settings
from tests.e2e.conftest import PASSWORD, get_cookie, log_in
from tests.e2e.server import Server
from tests.fakes.google import Google
from tests.fakes.google_calendars import timed
from tests.services.helpers.schedules import DAILY, draft_by_hand, in_plan, next_monday
from tests.vendors import google_environment

LEAD, HOLDER = "alice@example.org", "bob@example.org"
ACCOUNT = "bob@gmail.example"
NEEDS = re.compile("1 shift needs a change")


@pytest.fixture(scope="module")
def google() -> Iterator[Google]:
    with Google() as server:
        server.account(ACCOUNT)
        yield server


@pytest.fixture(scope="module")
def app_settings(google: Google) -> Mapping[str, str]:
    return google_environment(google)


@pytest.fixture(scope="module", autouse=True)
def _published(app: Server, google: Google) -> None:
    """Alice manages the schedule, Bob has the first of its three days, Carol the others."""
    google.redirects.add(f"{app.base_url}/oauth/google/callback")
    for email, name in ((LEAD, "Alice"), (HOLDER, "Bob"), ("carol@example.org", "Carol")):
        app.add_member(email, name, PASSWORD)
    with app.beside() as installation:
        new = NewSchedule(Settings("Platform", "UTC"), next_monday(), {1: Terms(), 2: Terms(), 3: Terms()}, [DAILY])
        schedule = create_schedule(installation, 1, new)
        with installation.db.read() as session:
            ids = {each.member_id: each.id for each in people_of(session, schedule, next_monday())}
        publish(installation, 1, schedule, draft_by_hand(installation, schedule, [ids[2], ids[3], ids[3]]), 1)


def connected(page: Page) -> None:
    page.goto("/calendar_connections/new")
    page.get_by_role("button", name="Connect Google").click()
    page.get_by_role("button", name="Allow").click()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(status_of(page)).to_contain_text("Up to date")


def status_of(page: Page) -> Locator:
    return page.get_by_role("main").get_by_role("status").first


def test_leave_in_google_becomes_a_card_and_a_fix_is_taken(
    new_context: Callable[[], BrowserContext], app: Server, google: Google
) -> None:
    lead, holder = new_context().new_page(), new_context().new_page()
    log_in(lead, app, LEAD)
    get_cookie(holder, app, HOLDER)
    connected(holder)
    theirs = holder.context.new_page()
    theirs.goto("/")
    expect(theirs.get_by_role("heading", name="Home")).to_be_visible()

    away = in_plan(0, 12)
    google.people[ACCOUNT].primary.events = [timed("Away noc", away, away + timedelta(hours=2))]
    holder.get_by_role("button", name="Sync now").click()
    expect(theirs.get_by_role("heading", name="You are blocked on a shift of yours")).to_be_visible()
    expect(lead.get_by_role("heading", name=NEEDS)).to_be_visible()
    expect(lead.locator("body")).not_to_contain_text("Away")

    lead.get_by_role("link", name="See the fixes").click()
    expect(lead.get_by_role("heading", name=NEEDS, level=1)).to_be_visible()
    lead.get_by_role("button", name="Find fixes").click()
    expect(lead.get_by_role("status").filter(has_text="found")).to_be_visible()
    lead.get_by_role("region", name="Fewest changes").get_by_role("button", name="Use this fix").click()
    expect(lead.get_by_role("heading", name="Nothing needs a change")).to_be_visible()
    expect(theirs.get_by_role("heading", name="You are blocked on a shift of yours")).to_have_count(0)
