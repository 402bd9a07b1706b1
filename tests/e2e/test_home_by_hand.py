"""Manual days and public holidays in a real browser: added, seen in another tab, removed, undone."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.conftest import PASSWORD, coming_up, log_in
from tests.e2e.server import Server

HANNA = "hanna@example.org"


def in_days(days: int) -> str:
    """The first account of these tests lives where the server's operator does."""
    return (datetime.now(ZoneInfo("UTC")) + timedelta(days=days)).date().isoformat()


def block(page: Page, first: str, last: str) -> None:
    page.get_by_role("button", name="Block days").click()
    form = page.get_by_role("dialog", name="Add days")
    form.get_by_label("First day", exact=True).fill(first)
    form.get_by_label("Last day", exact=True).fill(last)
    form.get_by_role("button", name="Add", exact=True).click()


def test_days_are_blocked_by_hand_followed_elsewhere_removed_and_put_back(
    new_context: Callable[[], BrowserContext], app: Server
) -> None:
    app.add_member(HANNA, "Hanna", PASSWORD)
    page, other = new_context().new_page(), new_context().new_page()
    for each in (page, other):
        log_in(each, app, HANNA)
        expect(each.get_by_role("heading", name="Welcome, Hanna")).to_be_visible()

    block(page, in_days(5), in_days(4))
    expect(page.get_by_role("alert")).to_contain_text("This is before the first day.")
    expect(page.get_by_label("Last day", exact=True)).to_be_focused()
    page.get_by_label("Last day", exact=True).fill(in_days(7))
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("dialog")).to_be_hidden()

    for each in (page, other):
        line = coming_up(each).get_by_role("listitem")
        expect(line).to_have_count(1)
        expect(line).to_contain_text(re.compile(r"Block.*All day, until.*3\sdays.*Added by you"))
        expect(each.locator(".oc-strip")).to_have_attribute("aria-label", re.compile("3 blocked, 87 unknown"))
        expect(each.get_by_role("heading", name="87 of 90 days are unknown")).to_be_visible()

    coming_up(page).get_by_role("button", name="Remove the days you added").click()
    expect(page.get_by_role("button", name="Undo")).to_be_focused()
    expect(coming_up(other)).to_be_hidden()
    page.get_by_role("button", name="Undo").click()
    expect(coming_up(page).get_by_role("listitem")).to_have_count(1)
    expect(coming_up(other).get_by_role("listitem")).to_have_count(1)
    expect(page.get_by_role("button", name="Undo")).to_be_hidden()

    page.get_by_role("region", name="Days you added").get_by_role("button", name=re.compile("^Remove")).press("Enter")
    expect(coming_up(other)).to_be_hidden()


def test_the_last_day_follows_the_first_until_it_is_typed(page: Page, app: Server) -> None:
    app.add_member("greta@example.org", "Greta", PASSWORD)
    log_in(page, app, "greta@example.org")
    page.get_by_role("button", name="Block days").click()
    form = page.get_by_role("dialog", name="Add days")
    first, last = (form.get_by_label(name, exact=True) for name in ("First day", "Last day"))
    expect(first).to_have_value(in_days(0))
    expect(last).to_have_value(in_days(0))
    first.fill(in_days(9))
    expect(last).to_have_value(in_days(9))
    last.fill(in_days(12))
    first.fill(in_days(10))
    expect(last).to_have_value(in_days(12))

    # Both typed before an answer of the server can come.
    form.evaluate(
        """(form, days) => Object.entries(days).forEach(([name, day]) => {
            const field = form.querySelector(`[aria-label="${name}"]`);
            field.value = day;
            field.dispatchEvent(new Event("input", { bubbles: true }));
        })""",
        {"First day": in_days(20), "Last day": in_days(19)},
    )
    form.get_by_role("button", name="Add", exact=True).click()
    expect(form.get_by_role("alert")).to_contain_text("This is before the first day.")
    expect(last).to_have_value(in_days(19))


def test_a_country_brings_its_holidays_and_an_address_is_added(page: Page, app: Server) -> None:
    app.add_member("henry@example.org", "Henry", PASSWORD)
    log_in(page, app, "henry@example.org")
    page.get_by_role("button", name="Henry").click()
    page.get_by_role("menuitem", name="Your profile").click()
    expect(page.get_by_role("heading", name="Your profile", exact=True)).to_be_visible()

    page.get_by_label("Country", exact=True).fill("United States")
    page.get_by_role("option", name="United States", exact=True).click()
    page.get_by_label("Region", exact=True).click()
    page.get_by_role("option", name="California", exact=True).click()
    expect(page.get_by_text("Next: ")).to_be_visible()
    page.get_by_role("switch", name="Count public holidays as blocks").click()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved.")).to_be_visible()

    page.get_by_label("Address", exact=True).fill("henry@work.example")
    page.get_by_role("checkbox", name="This is my address").click()
    page.get_by_role("button", name="Add", exact=True).click()
    mine = page.get_by_role("region", name="Your other email addresses").get_by_role("listitem")
    expect(mine).to_have_count(2)
    expect(mine.nth(1)).to_contain_text("henry@work.example")
    page.get_by_role("button", name="Remove henry@work.example").click()
    expect(mine).to_have_count(1)

    # There is no quarter of a year without a public holiday in the United States.
    page.get_by_role("link", name="Home", exact=True).first.click()
    page.get_by_role("link", name="skip this for now").click()
    expect(coming_up(page).get_by_text("Block", exact=True).first).to_be_visible()
    expect(page.locator(".oc-day.holiday").first).to_be_attached()
