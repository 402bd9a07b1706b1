"""Members ask, answer and swap in browsers of their own, and see each other's answers come."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlmodel import select

from oncall_ui.domain.schedules.cover.states import Pace
from oncall_ui.domain.schedules.membership import Terms
from oncall_ui.domain.schedules.shifts.slot_key import slot_key
from oncall_ui.models import Message
from oncall_ui.services.accounts.members import add_member
from oncall_ui.services.schedules.cover.ask import ask_for_cover
from oncall_ui.services.schedules.create import NewSchedule, create_schedule
from oncall_ui.services.schedules.published.publish import publish
from oncall_ui.services.schedules.settings import Settings
from oncall_ui.services.sharing.messages.send import Outgoing, send_messages
from tests.e2e.axe import broken_rules
from tests.e2e.conftest import PASSWORD, get_cookie
from tests.e2e.server import Server
from tests.services.helpers.schedules import DAILY, draft_by_hand, in_plan, next_monday

TEAM = ("Alice", "Bob", "Carol")
WINDOWS = ((1280, 1500), (390, 2600))
LINK = re.compile(r"http\S+/asks/\S+")


@pytest.fixture(scope="module")
def team(app: Server) -> None:
    """Alice manages a schedule of all three; the days from a Monday on are Bob, Carol, Alice, Bob, Carol."""
    with app.beside() as beside:
        ids = [
            add_member(
                beside, name=name, email=f"{name.lower()}@example.org", password=PASSWORD, zone="UTC",
                is_admin=name == TEAM[0],
            )
            for name in TEAM
        ]  # fmt: skip
        terms = {each: Terms() for each in ids}
        schedule = create_schedule(
            beside, ids[0], NewSchedule(Settings("Platform", "UTC"), next_monday(), terms, [DAILY], ())
        )
        publish(beside, ids[0], schedule, draft_by_hand(beside, schedule, [2, 3, 1, 2, 3]), 1)


def at_swaps(new_context: Callable[[], BrowserContext], app: Server, name: str) -> Page:
    page = new_context().new_page()
    get_cookie(page, app, f"{name.lower()}@example.org")
    page.goto("/schedules/1/swaps")
    return page


def test_two_swap_live_and_the_third_is_told(
    new_context: Callable[[], BrowserContext], app: Server, team: None
) -> None:
    asker, taker, late = (at_swaps(new_context, app, name) for name in ("Bob", "Carol", "Alice"))
    asker.goto(f"/schedules/1/shifts/{slot_key(in_plan(0), 'primary')}")
    asker.get_by_role("dialog", name=re.compile("^Why you")).get_by_role("button", name="Ask for cover").click()
    expect(asker.get_by_role("heading", name="Ask for cover")).to_be_visible()
    asker.get_by_role("button", name="A part").click()
    first, last = asker.get_by_role("slider", name="From"), asker.get_by_role("slider", name="Until")
    begins, ends = (asker.locator("input[type=datetime-local]").nth(place) for place in (0, 1))
    for _ in range(6):
        first.press("ArrowRight")
    expect(begins).to_have_value(f"{in_plan(0, 12):%Y-%m-%dT%H:%M}")
    expect(first).to_be_focused()
    last.press("Home")  # stops after the other handle
    expect(last).to_have_attribute("aria-valuetext", f"{in_plan(0, 12) + timedelta(minutes=30):%a %H:%M}")
    ends.fill(f"{in_plan(0, 18):%Y-%m-%dT%H:%M}")
    begins.fill(f"{in_plan(0, 14):%Y-%m-%dT%H:%M}")
    begins.blur()
    expect(first).to_have_attribute("aria-valuetext", f"{in_plan(0, 14):%a %H:%M}")
    expect(asker.get_by_text("4 h, 0.2 points in the ledger")).to_be_visible()
    asker.get_by_label("Note, for the people asked").fill("A <b>concert</b>")
    asker.get_by_role("switch", name="Ask everyone now").click()
    assert broken_rules(asker, WINDOWS) == []
    asker.get_by_role("button", name="Ask for cover").click()
    mine = asker.get_by_role("list", name="Asked by you")
    expect(mine).to_contain_text("Asking everyone")

    waiting = taker.get_by_role("list", name="Waiting for you")
    expect(waiting).to_contain_text("Bob asks you to cover")
    expect(waiting).to_contain_text("14:00 to 18:00")
    expect(waiting).to_contain_text("“A <b>concert</b>”")
    assert broken_rules(taker, WINDOWS) == []
    late_waiting = late.get_by_role("list", name="Waiting for you")
    expect(late_waiting).to_contain_text("Bob asks you to cover")
    taker.get_by_role("button", name="Swap").click()
    dialog = taker.get_by_role("dialog", name="Swap for which of yours?")
    dialog.get_by_role("button", name="Swap").click()
    expect(taker.get_by_text("is yours now, in return for yours")).to_be_visible()
    expect(late_waiting).to_have_count(0)
    expect(mine).to_have_count(0)
    for page in (asker, taker, late):
        expect(page.get_by_role("region", name="Settled")).to_contain_text("swap for")


def test_a_link_answers_once_and_of_two_answers_one_wins(
    new_context: Callable[[], BrowserContext], app: Server, team: None
) -> None:
    sent: list[Outgoing] = []
    email = {"smtp_host": "mail.example.org", "mail_from": "oncall@example.org", "base_url": app.base_url}
    with app.beside(**email) as beside:
        ask_for_cover(beside, 1, 1, in_plan(2), "primary", pace=Pace.ALL, at=datetime.now(UTC) - timedelta(minutes=1))
        with beside.db.write() as session:  # whatever the hour, nothing waits for the morning
            for row in session.exec(select(Message)):
                row.due_at, row.starts_at = row.created_at, row.created_at
        send_messages(beside, lambda _app, outgoing: sent.append(outgoing))
    links = {each.to: found[0] for each in sent if (found := LINK.findall(each.written.email.text))}
    by_link, by_page = new_context().new_page(), at_swaps(new_context, app, "Carol")
    by_link.goto(links["bob@example.org"])
    expect(by_link.get_by_role("heading", name="Alice asks you to cover")).to_be_visible()
    expect(by_page.get_by_role("list", name="Waiting for you")).to_contain_text("Alice asks you")
    by_link.get_by_role("button", name="Take it").click()
    expect(by_link.get_by_role("heading", name="Done")).to_be_visible()
    expect(by_page.get_by_role("list", name="Waiting for you")).to_have_count(0)
    by_link.goto(links["bob@example.org"])
    expect(by_link.get_by_role("heading", name="You have answered already")).to_be_visible()
    by_link.goto(links["carol@example.org"])
    expect(by_link.get_by_text("Bob was faster")).to_be_visible()
