"""Drafts that can't be as good as they should, in a browser: one with too few people, one that ran out of time."""

import random
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from oncall_ui.domain.availability.manual import ManualDays
from oncall_ui.domain.availability.rules import Action
from oncall_ui.domain.schedules.membership import Terms
from oncall_ui.domain.schedules.planning.problem import Limit, Most, Per, Rest, Row, Strength
from oncall_ui.services.accounts.members import add_member
from oncall_ui.services.availability.manual import add_manual_days
from oncall_ui.services.schedules.create import NewSchedule, create_schedule
from oncall_ui.services.schedules.drafts.drafts import create_draft
from oncall_ui.services.schedules.settings import Settings
from tests.e2e.conftest import PASSWORD, get_cookie
from tests.e2e.server import Server
from tests.services.helpers.schedules import DAILY, next_monday

TEAM = ("Alice", "Bob", "Chidi", "Dana", "Elif", "Farid", "Grace", "Hugo")
LEAD = 1
"""Alice’s id: she is the first member."""
PAIR, EVERYONE = (1, 2), tuple(range(1, len(TEAM) + 1))
WEEKS = 12
SHARES = (100, 93, 86, 79, 72)


@pytest.fixture(scope="module")
def app_settings() -> Mapping[str, str]:
    """Too short to prove that no plan meets more preferences; that takes minutes."""
    return {"ONCALL_PLAN_SECONDS": "1"}


@pytest.fixture(scope="module")
def team(app: Server) -> None:
    with app.beside() as beside:
        for name in TEAM:
            email = f"{name.lower()}@example.org"
            add_member(beside, name=name, email=email, password=PASSWORD, zone="UTC", is_admin=name == TEAM[0])


@pytest.fixture
def lead(new_context: Callable[[], BrowserContext], app: Server, team: None) -> Page:
    page = new_context().new_page()
    get_cookie(page, app, "alice@example.org")
    return page


def drafted(
    app: Server,
    people: Sequence[int],
    weeks: int,
    limits: Sequence[Limit],
    roles: Mapping[str, int],
    preferred: Mapping[int, Sequence[ManualDays]],
) -> str:
    """The route of a draft that the running app plans."""
    first = next_monday()
    terms = {member: Terms(share=SHARES[place % len(SHARES)]) for place, member in enumerate(people)}
    settings = Settings("Platform on-call", "UTC", roles=dict(roles))
    with app.beside() as beside:
        for member, spans in preferred.items():
            for days in spans:
                add_manual_days(beside, member, days)
        schedule = create_schedule(beside, LEAD, NewSchedule(settings, first, terms, (DAILY,), limits))
        number = create_draft(beside, LEAD, schedule, first, first + timedelta(weeks=weeks))
    return f"/schedules/{schedule}/drafts/{number}"


def wished() -> dict[int, list[ManualDays]]:
    """Days on which members prefer to be on call, far more than there are shifts."""
    drawn = random.Random(1)
    found: dict[int, list[ManualDays]] = {member: [] for member in EVERYONE}
    for spans in found.values():
        for _ in range(8):
            first = next_monday() + timedelta(days=drawn.randrange(7 * WEEKS))
            spans.append(ManualDays(first, first + timedelta(days=drawn.randrange(2, 9)), Action.PREFER))
    return found


def publish(page: Page) -> None:
    page.get_by_role("button", name="Publish", exact=True).click()
    page.get_by_role("dialog", name="Publish this plan?").get_by_role("button", name="Publish").click()
    page.wait_for_url(re.compile(r"/schedules/\d+$"))
    expect(page.get_by_role("gridcell").first).to_be_visible()


def test_a_plan_with_too_few_people_says_why_and_takes_the_fix_that_is_pressed(lead: Page, app: Server) -> None:
    three_a_week = Most(3, Per.WEEK, strength=Strength.NEVER)
    lead.goto(drafted(app, PAIR, 1, [three_a_week], {"primary": 100}, {}))
    status = lead.get_by_role("status").filter(has_text="No plan meets every limit")
    expect(status).to_be_visible()
    expect(lead.get_by_text("6 of 7 have someone on call")).to_be_visible()
    expect(lead.get_by_text("Primary: no one is on call")).to_be_visible()
    conflict = lead.get_by_role("article", name=re.compile("can’t be planned as wanted"))
    for name in TEAM[:2]:
        expect(conflict.get_by_role("listitem").filter(has_text=f"{name} has at most 3 shifts a week")).to_be_visible()
    expect(conflict).to_contain_text("These 2 facts together rule it out.")
    expect(conflict.get_by_role("button", name="Leave empty")).to_be_visible()

    conflict.get_by_role("button", name="Accept once").last.click()
    expect(lead.get_by_text("7 of 7 have someone on call")).to_be_visible()
    expect(conflict).to_have_count(0)
    expect(lead.get_by_text("Bob has 1 shift more than 3 per week")).to_be_visible()
    publish(lead)
    expect(lead.get_by_role("gridcell", name=re.compile("no one", re.IGNORECASE))).to_have_count(0)


def test_a_plan_that_ran_out_of_time_says_what_is_proven_and_can_be_published(lead: Page, app: Server) -> None:
    limits: list[Limit] = [Rest(timedelta(hours=20)), Row(2)]
    lead.goto(drafted(app, EVERYONE, WEEKS, limits, {"primary": 100, "secondary": 50}, wished()))
    status = lead.get_by_role("status").filter(has_text="Good, but not proven best")
    expect(status).to_contain_text(
        re.compile(r"(within [\d.]+\s% of the best possible|nothing is proven about \w+), .*, stopped after [\d.]+\ss")
    )
    proof = lead.get_by_role("region", name="How good it is")
    expect(proof).to_contain_text(re.compile(r"Every shift has someone on call\s*168 of 168, proven best"))
    expect(proof).to_contain_text(re.compile(r"Preferences are met\s*\d+ of \d+, (within|nothing proven)"))
    publish(lead)
