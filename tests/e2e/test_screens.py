"""Shared rules of the look that only a browser can check: widths, fingers, forced colours, less motion."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.calendars import calendar, event
from tests.e2e.conftest import PASSWORD, get_cookie, log_in
from tests.e2e.server import Server
from tests.fakes.feeds import FeedServer

PRESSED = "button, [role=button], [role=switch], [role=checkbox], [role=radio], nav a, .oc-back, .oc-guide a, summary"
TOO_LOW = """(selector) => [...document.querySelectorAll(selector)]
    .filter((each) => each.checkVisibility({ visibilityProperty: true }) && !each.closest('.oc-skip'))
    .filter((each) => each.getBoundingClientRect().height < 43.5)
    .map((each) => `${each.tagName} ${each.className} ${each.innerText} ${each.getBoundingClientRect().height}`)"""
# Of all elements and what is drawn before and after them.
STILL_MOVING = """() => [...document.querySelectorAll('*')].flatMap((each) => ['', '::before', '::after'].flatMap(
  (part) => {
    const style = getComputedStyle(each, part);
    const longest = Math.max(...`${style.transitionDuration}, ${style.animationDuration}`.split(', ').map(parseFloat));
    return longest > 0.001 ? [`${each.tagName} ${each.className} ${part}`] : [];
}))"""


@pytest.fixture(scope="module")
def alice(app: Server) -> str:
    app.add_member("alice@example.org", "Alice Moreno", PASSWORD, admin=True)
    app.add_member("a.longer.address.of.bartholomew@example.org", "Bartholomew Featherstonehaugh", PASSWORD)
    return "alice@example.org"


def misfits(page: Page) -> list[str]:
    """At which widths the open page scrolls sideways, and what on a phone, whose width it keeps, is hard to press."""
    found = []
    for width in (1180, 1024, 390):
        page.set_viewport_size({"width": width, "height": 844})
        wide = page.evaluate("document.documentElement.scrollWidth")
        found += [f"{page.url} at {width}: {wide}"] if wide > width else []
    return found + [f"{page.url}: too low: {each}" for each in page.evaluate(TOO_LOW, PRESSED)]


def test_the_log_in_and_the_menu_are_high_enough_for_a_finger(page: Page, app: Server, alice: str) -> None:
    """So is every page: tests/e2e/test_accessibility.py."""
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/login")
    assert page.evaluate(TOO_LOW, PRESSED) == []
    get_cookie(page, app, alice)
    page.goto("/help")
    page.get_by_role("button", name="Alice Moreno, profile").click()
    expect(page.get_by_role("menuitem", name="Log out")).to_be_visible()
    assert page.evaluate(TOO_LOW, "[role=menuitem], [role=menuitemradio]") == []


def test_names_are_read_in_full_beside_the_sidebar(page: Page, app: Server, alice: str) -> None:
    get_cookie(page, app, alice)
    page.goto("/members")
    page.set_viewport_size({"width": 1024, "height": 800})
    name = page.get_by_role("listitem").filter(has_text="Bartholomew").locator("b").first
    assert name.evaluate("(each) => each.scrollWidth <= each.clientWidth")


def test_forced_colours_keep_icons_marks_and_where_one_is(page: Page, app: Server, alice: str) -> None:
    log_in(page, app, alice)
    page.emulate_media(forced_colors="active")
    background = "(each, part) => getComputedStyle(each, part).backgroundColor"
    canvas = page.locator("body").evaluate(background, "")
    home = page.get_by_role("navigation").get_by_role("link", name="Home", exact=True)
    assert home.evaluate(background, "::before") != canvas
    assert page.locator("button.oc-me .q-btn__content").evaluate(background, "::after") != canvas
    assert home.evaluate("(each) => getComputedStyle(each).outlineStyle") == "solid"
    brand = page.get_by_role("link", name="On-Call Optimizer").first
    assert brand.evaluate("(each) => getComputedStyle(each, '::before').forcedColorAdjust") == "none"
    page.goto("/you")
    switch = page.get_by_role("switch").locator(".q-toggle__thumb")
    assert switch.evaluate(background, "::after") != canvas


def test_forced_colours_frame_what_is_chosen_focused_and_unknown(
    page: Page, app: Server, alice: str, feeds: FeedServer
) -> None:
    app.connect_ics(alice, "Work", feeds.serve("/work.ics", calendar(event("noc"), name="Work")), save=True)
    page.emulate_media(forced_colors="active")
    get_cookie(page, app, "a.longer.address.of.bartholomew@example.org")
    page.goto("/team")
    chosen, other = (page.get_by_role("button", name=name) for name in ("All 2", re.compile(r"^Available \d$")))
    expect(chosen).to_have_css("outline-style", "solid")
    expect(other).to_have_css("outline-style", "none")
    chosen.focus()
    page.keyboard.press("Tab")
    expect(other).to_have_css("outline-style", "solid")
    page.get_by_role("button", name=re.compile("nothing connected")).click()
    # Bartholomew has nothing connected, so every day to come is unknown.
    expect(page.locator(".oc-day.unknown:not(.past)").first).to_have_css("outline-style", "dashed")
    page.goto("/")
    expect(page.locator(".oc-day.unknown").last).to_have_css("outline-style", "dashed")


def test_less_motion_also_stills_what_quasar_moves(page: Page, app: Server, alice: str) -> None:
    page.emulate_media(reduced_motion="reduce")
    get_cookie(page, app, alice)
    page.goto("/you")
    expect(page.get_by_role("switch")).to_be_visible()
    page.locator("button.oc-me").click()
    expect(page.get_by_role("menuitem", name="Log out")).to_be_visible()
    assert page.evaluate(STILL_MOVING) == []
