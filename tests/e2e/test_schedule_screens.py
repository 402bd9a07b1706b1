"""The pages of a schedule in mid-life break no rule of axe-core, and fit phones and fingers."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import PASSWORD, log_in
from tests.e2e.schedule import add_schedule
from tests.e2e.server import Server
from tests.e2e.test_accessibility import broken_rules
from tests.e2e.test_screens import PRESSED, TOO_LOW

WIDTHS = (1280, 390)
SPARE = 500
"""A page may still grow by that much."""
DAYS_AND_WEEKS = ".oc-day, .oc-strip12 .c, .oc-team .dows > *, .oc-team .sums > *"
"""What can be over, whatever the day of the week the test runs on."""
MARK_PAST = "(all) => document.querySelectorAll(all).forEach((each) => each.classList.add('past'))"
FADED = """() => [...document.querySelectorAll('.oc-page *')]
    .filter((each) => each.checkVisibility({ visibilityProperty: true }))
    .filter((each) => [...each.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim())
        || (each.dataset.n && getComputedStyle(each, '::after').content !== 'none'))
    .filter((each) => { for (let at = each; at; at = at.parentElement)
        if (getComputedStyle(at).opacity < 1) return true; return false; })
    .map((each) => `${each.tagName} ${each.className} ${each.innerText || each.dataset.n}`)"""
PAGES = (
    "/",
    "/schedules",
    "/schedules/new",
    "/schedules/1",
    "/schedules/1?view=people",
    "/schedules/1?view=list",
    "/schedules/1/drafts/2",
    "/schedules/1/fairness",
    "/schedules/1/rules",
    "/schedules/1/publish",
    "/schedules/1/history",
    "/schedules/1/repair",
)


@pytest.fixture(scope="module")
def alice(app: Server) -> str:
    """The manager of a schedule with a published plan, a draft and a conflict."""
    app.stop()  # its job would plan what is seeded
    manager = add_schedule(app, PASSWORD)
    app.start()
    return manager


def whole(page: Page) -> list[tuple[int, int]]:
    """Windows that show all of a page at once: what lies under the bar at the foot counts as covered."""
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 844})
        found.append((width, page.evaluate("document.documentElement.scrollHeight") + SPARE))
    return found


def test_the_pages_break_no_rule_and_fit_a_phone(page: Page, app: Server, alice: str) -> None:
    log_in(page, app, alice)
    found: list[str] = []
    for path in PAGES:
        page.goto(path)
        found += broken_rules(page, whole(page))
        for width in (1180, 1024, 390):
            page.set_viewport_size({"width": width, "height": 844})
            wide = page.evaluate("document.documentElement.scrollWidth")
            found += [f"{path} at {width}: {wide}"] if wide > width else []
        found += [f"{path}: too low: {each}" for each in page.evaluate(TOO_LOW, PRESSED)]
    assert not found, "\n".join(found)


def test_why_breaks_no_rule(page: Page, app: Server, alice: str) -> None:
    log_in(page, app, alice)
    found: list[str] = []
    for path in ("/schedules/1", "/schedules/1/drafts/2"):
        page.goto(path)
        page.get_by_role("gridcell").last.click()
        expect(page.get_by_role("dialog", name=re.compile("^Why "))).to_be_visible()
        found += broken_rules(page, whole(page))
        page.set_viewport_size({"width": 1280, "height": 800})
    assert not found, "\n".join(found)


def test_words_of_days_and_weeks_that_are_over_are_not_faded(page: Page, app: Server, alice: str) -> None:
    log_in(page, app, alice)
    for path in ("/", "/team", "/schedules/1"):
        page.goto(path)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.locator(DAYS_AND_WEEKS).first).to_be_attached()
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 844})
            page.evaluate(MARK_PAST, DAYS_AND_WEEKS)
            assert page.evaluate(FADED) == []
