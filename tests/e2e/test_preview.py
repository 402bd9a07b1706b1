"""What would count, beside what decides it, in a real browser: at once, by keyboard, whatever the titles say."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.calendars import calendar, event, in_days
from tests.e2e.conftest import PASSWORD, add_ics, connected_ics, get_cookie, log_in
from tests.e2e.server import Server
from tests.fakes.feeds import FeedServer

EMAIL, OTHER = "paula@example.org", "p.moreno@example.org"
FREE = "TRANSP:TRANSPARENT"
EVIL = "<img src=x onerror=document.title='taken'>"


def whole_day(title: str, days: int, *more: str, count: int = 1) -> str:
    dates = [f"DTSTART;VALUE=DATE:{in_days(days):%Y%m%d}", f"DTEND;VALUE=DATE:{in_days(days + count):%Y%m%d}"]
    head = ["BEGIN:VEVENT", f"UID:{title}@test", "DTSTAMP:20260101T000000Z", *dates, f"SUMMARY:{title}"]
    return "\r\n".join([*head, *more, "END:VEVENT"])


def invitation(title: str, days: int, address: str, answer: str) -> str:
    guest = [f"ATTENDEE;PARTSTAT={answer}:mailto:{address}", "ORGANIZER:mailto:boss@example.org"]
    return event(title, days=days, more=guest)


WORK = calendar(
    event("Offsite\\, noc", days=2, hour=13, hours=4),
    whole_day("Porto", 7, "CATEGORIES:Holiday", count=4),
    event("Home all weekend", days=12, hours=36, more=["DESCRIPTION:prefer oncall"]),
    event("Standup", days=1, more=["RRULE:FREQ=DAILY;COUNT=60"]),
    event("Sprint planning", days=4, hour=14, more=["RRULE:FREQ=WEEKLY;COUNT=8"]),
    event("Lunch", days=3, hour=12, more=[FREE]),
    whole_day("Half marathon", 20),
    invitation("Board", 9, EMAIL, "DECLINED"),
    invitation("Retreat\\, noc", 11, OTHER, "ACCEPTED"),
    event("Gone\\, noc", days=8, more=["STATUS:CANCELLED"]),
    zone="UTC",
)


@pytest.fixture(scope="module", autouse=True)
def _paula(app: Server) -> Iterator[None]:
    app.add_member(EMAIL, "Paula Moreno", PASSWORD)
    yield


def preview(page: Page) -> Locator:
    return page.get_by_role("region", name=re.compile("^What .* would bring$"))


def answer(page: Page) -> Locator:
    return page.locator(".oc-answer")


def counting(page: Page) -> Locator:
    return preview(page).get_by_role("list", name="Would count").get_by_role("listitem")


def reason(page: Page, words: str) -> Locator:
    return preview(page).get_by_role("list", name="Would not count").locator("> [role=listitem]").filter(has_text=words)


def test_the_numbers_change_with_every_touch_and_the_import_keeps_the_promise(
    page: Page, app: Server, feeds: FeedServer
) -> None:
    log_in(page, app, EMAIL)
    add_ics(page, "Work", feeds.serve("/work.ics", WORK), save=False)
    expect(answer(page)).to_contain_text("3 of 10 events of Work would count.")
    expect(page.get_by_role("heading", name="What Work would bring", exact=True)).to_be_visible()
    expect(page.get_by_role("radio", name="Every event blocks")).to_have_accessible_name(re.compile("6 of 10"))
    expect(page.get_by_role("checkbox", name="Count all-day events")).to_be_hidden()
    expect(page.get_by_role("img", name=re.compile("What Work would bring: 4 blocked, "))).to_be_visible()
    expect(counting(page)).to_have_count(3)
    expect(counting(page).first).to_contain_text("Offsite, noc")
    expect(counting(page).first).to_contain_text("tag “noc” in the title")
    expect(reason(page, "No tag in title or description")).to_contain_text("Show 4")
    page.get_by_role("radio", name="Every event blocks").click()
    expect(answer(page)).to_contain_text("6 of 10 events of Work would count.")
    page.get_by_role("checkbox", name="Count events marked free").click()
    expect(answer(page)).to_contain_text("7 of 10 events of Work would count.")
    page.get_by_role("checkbox", name="Count all-day events").click()
    expect(answer(page)).to_contain_text("5 of 10 events of Work would count.")
    page.get_by_role("radio", name="Every event is a preference").click()
    expect(counting(page).first).to_contain_text("Prefer")
    page.get_by_role("radio", name="Matching events").click()
    expect(answer(page)).to_contain_text("3 of 10 events of Work would count.")
    trust = reason(page, f"Accepted by {OTHER}: not one of your addresses").get_by_role("button", name="That’s me")
    trust.focus()
    page.keyboard.press("Enter")
    expect(answer(page)).to_contain_text("4 of 10 events of Work would count.")
    expect(trust).to_have_count(0)
    expect(preview(page).get_by_role("heading", level=2)).to_be_focused()
    preview(page).get_by_role("button", name="Undo", exact=True).click()
    expect(answer(page)).to_contain_text("3 of 10 events of Work would count.")
    expect(preview(page).get_by_role("heading", level=2)).to_be_focused()
    trust.click()
    expect(answer(page)).to_contain_text("4 of 10 events of Work would count.")
    page.get_by_role("button", name="Save", exact=True).click()
    row = page.get_by_role("region", name="Work").get_by_role("status")
    expect(row).to_contain_text(re.compile(r"Up to date.* 4\sof\s10\sevents\scount"), timeout=60_000)


def test_reasons_unfold_by_keyboard_and_say_which_they_are(page: Page, app: Server, feeds: FeedServer) -> None:
    get_cookie(page, app, EMAIL)
    connected_ics(page, app, EMAIL, "Folds", feeds.serve("/folds.ics", WORK), save=False)
    show = reason(page, "No tag in title or description").get_by_role("button", name="Show 4: No tag in title")
    show.focus()
    page.keyboard.press("Enter")
    hide = reason(page, "No tag in title or description").get_by_role("button", name="Hide: No tag in title")
    expect(hide).to_be_focused()
    expect(hide).to_have_attribute("aria-expanded", "true")
    expect(reason(page, "No tag in title or description")).to_contain_text("60\u00a0times")
    page.keyboard.press("Enter")
    expect(show).to_be_focused()


def test_titles_can_do_nothing(page: Page, app: Server, feeds: FeedServer) -> None:
    titles = [EVIL, "pay \u202egnp.exe, noc", "x" * 10_000, "{{ constructor.constructor('document.title=1')() }} noc"]
    body = calendar(*(event(title, days=number + 2, uid=f"{number}@test") for number, title in enumerate(titles)))
    get_cookie(page, app, EMAIL)
    connected_ics(page, app, EMAIL, "Evil", feeds.serve("/evil.ics", body), save=False)
    expect(answer(page)).to_contain_text("2 of 4 events of Work would count.")
    preview(page).get_by_role("button", name="Show 2: No tag").click()
    page.get_by_role("radio", name="Every event blocks").click()
    expect(answer(page)).to_contain_text("4 of 4 events of Work would count.")
    expect(counting(page).first).to_contain_text(EVIL)
    expect(preview(page).locator("img")).to_have_count(0)
    expect(preview(page)).to_contain_text("{{ constructor.constructor")
    assert page.title() == "Choose calendars · On-Call Optimizer"
    assert "\u202e" not in preview(page).inner_text()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_feed_that_fails_says_so_where_the_preview_would_be(page: Page, app: Server, feeds: FeedServer) -> None:
    get_cookie(page, app, EMAIL)
    connected_ics(page, app, EMAIL, "Shaky", feeds.serve("/shaky.ics", WORK), save=False)
    expect(answer(page)).to_contain_text("of 10 events of Work would count.")
    feeds.refuse("/shaky.ics", status=503)
    page.reload()
    expect(answer(page)).to_contain_text("Work can’t be previewed.")
    expect(preview(page).get_by_role("alert")).to_contain_text("503")
    feeds.accept("/shaky.ics")
    preview(page).get_by_role("button", name="Try again", exact=True).click()
    expect(answer(page)).to_contain_text("of 10 events of Work would count.")


def test_on_a_phone_the_preview_is_below_the_list_and_save_stays_in_sight(
    page: Page, app: Server, feeds: FeedServer
) -> None:
    get_cookie(page, app, EMAIL)
    connected_ics(page, app, EMAIL, "Phone", feeds.serve("/phone.ics", WORK), save=False)
    page.set_viewport_size({"width": 390, "height": 844})
    expect(answer(page)).to_contain_text("of 10 events of Work would count.")
    page.get_by_role("link", name="See what would count").click()
    expect(preview(page).get_by_role("heading", level=2)).to_be_in_viewport()
    listed = page.get_by_role("list", name="Calendars on this connection").bounding_box()
    below, save = preview(page).bounding_box(), page.get_by_role("button", name="Save", exact=True).bounding_box()
    assert listed and below and save
    assert below["y"] >= listed["y"] + listed["height"]
    assert save["y"] + save["height"] < 844 - 60
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
