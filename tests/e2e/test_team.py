"""The team in a real browser: fifty members, by keyboard, by role and name, on a desk and on a phone, and live."""

import re
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from oncall_ui.app import App
from oncall_ui.domain.availability.rules import Action, Mode
from tests.calendars import calendar, event
from tests.e2e.conftest import PASSWORD, add_ics, connected_ics, get_cookie, log_in
from tests.e2e.server import Server
from tests.fakes.feeds import FeedServer
from tests.services.helpers.team import add_calendar, add_people, add_spans

PEOPLE = [f"Member {number:02}" for number in range(48)]
DAY = timedelta(days=1)
WINDOWS = ((1440, 900, (0, 0)), (768, 1024, (52, 60)), (390, 844, (52, 60)))
"""Width and height, and the height of the bars at the top and at the foot."""
IN_SIGHT = """([dates, sums, member, top, bottom]) => {
  const [d, s, m] = [dates, sums, member].map((each) => each.getBoundingClientRect());
  return d.top >= top - 1 && d.bottom <= m.bottom && m.top < s.top && s.bottom <= innerHeight - bottom + 1;
}"""


@pytest.fixture(scope="module", autouse=True)
def _team(app: Server) -> Iterator[None]:
    """Fifty: Alice, the administrator, Bob, and 48 others, each of whom is blocked every seventh day for 90 days."""
    app.add_member("alice@example.org", "Alice", PASSWORD, admin=True)
    app.add_member("bob@example.org", "Bob", PASSWORD)
    with app.beside() as installation:
        _fill(installation)
    yield


def _fill(installation: App) -> None:
    now = datetime.now(UTC)
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    for number, member_id in enumerate(add_people(installation, *PEOPLE, zone="Pacific/Auckland")):
        # Not due within the test, whatever words the team agrees on.
        work = add_calendar(installation, member_id, mode=Mode.BLOCK, last_read_at=now, next_import_at=now + DAY)
        days = [today + (day + number % 7) * DAY for day in range(0, 84, 7)]
        add_spans(installation, member_id, work, *((day, day + DAY, Action.BLOCK) for day in days))


def grid(page: Page) -> Locator:
    return page.get_by_role("region", name="Team availability").get_by_role("table")


def members(page: Page) -> Locator:
    return grid(page).get_by_role("rowheader", name=re.compile("Member|Alice|Bob"))


def open_team(page: Page, app: Server) -> None:
    """With all fifty in the grid."""
    get_cookie(page, app, "alice@example.org")
    page.goto("/team")
    unfold(page)


def unfold(page: Page) -> None:
    """Alice and Bob, who have nothing connected."""
    expect(page.get_by_role("heading", name="Team", exact=True)).to_be_visible()
    expect(members(page)).to_have_count(48)
    page.get_by_role("button", name=re.compile("^2 members have nothing connected: Alice, Bob$")).click()
    expect(members(page)).to_have_count(50)


def test_fifty_members_are_filtered_by_name_and_by_their_state_on_a_day(page: Page, app: Server) -> None:
    log_in(page, app, "alice@example.org")
    page.get_by_role("link", name="Team", exact=True).first.click()
    unfold(page)
    expect(page.get_by_role("main")).to_contain_text(
        re.compile("48 of 50 members are up to date, 2 have nothing connected")
    )
    page.get_by_label("Name", exact=True).fill("member 4")
    expect(members(page)).to_have_count(8)
    page.get_by_label("Name", exact=True).fill("")
    expect(members(page)).to_have_count(50)
    show = page.get_by_role("group", name=re.compile("^Filter members by their state on "))
    show.get_by_role("button", name=re.compile("^Blocked")).click()
    expect(members(page)).not_to_have_count(50)
    blocked = members(page).count()
    assert 0 < blocked < 50
    show.get_by_role("button", name=re.compile("^Available")).click()
    expect(members(page)).to_have_count(48 - blocked)
    # The widget of the browser's own, as it sends a date.
    day = datetime.now(UTC).astimezone().date() + 60 * DAY
    page.get_by_label("Go to", exact=True).fill(day.isoformat())
    expect(show).to_have_attribute("aria-label", re.compile(rf"\b{day.day} "))
    expect(grid(page).locator(".dows .chosen")).to_have_count(1)
    page.get_by_label("Go to", exact=True).fill((day + 60 * DAY).isoformat())
    expect(page.get_by_text("Choose a day between")).to_be_visible()
    page.get_by_role("button", name="Today", exact=True).click()
    expect(grid(page).locator(".dows .now.chosen")).to_have_count(1)


def test_the_local_time_of_another_zone_is_beside_the_name(page: Page, app: Server) -> None:
    open_team(page, app)
    far = grid(page).get_by_role("rowheader", name=re.compile("Member 07"))
    expect(far).to_contain_text(re.compile(r"\d\d:\d\d local"))
    expect(grid(page).get_by_role("rowheader", name=re.compile("Alice"))).not_to_contain_text("local")


def test_what_is_chosen_survives_a_reload_and_back_and_leaves_no_steps(page: Page, app: Server) -> None:
    open_team(page, app)
    steps = page.evaluate("history.length")
    day = (datetime.now(UTC).astimezone().date() + 45 * DAY).isoformat()
    page.get_by_label("Go to", exact=True).fill(day)
    page.get_by_label("Name", exact=True).fill("member 4")
    expect(members(page)).to_have_count(8)
    page.get_by_role("button", name=re.compile("^Available")).click()
    expect(page).to_have_url(re.compile(rf"/team\?(week=.*&)?day={day}&show=available&name=member\+4$"))
    assert page.evaluate("history.length") == steps
    found = members(page).all_inner_texts()
    address = page.url
    page.reload()
    _shows(page, day, found)
    page.get_by_role("link", name="Tags", exact=True).click()
    expect(page.get_by_role("heading", name="Tags", exact=True)).to_be_visible()
    page.go_back()
    expect(page).to_have_url(address)
    _shows(page, day, found)
    page.goto("/team?week=never&day=2026-02-31&show=all+of+them")
    expect(members(page)).to_have_count(48)
    expect(page.get_by_role("button", name=re.compile("^All"))).to_have_attribute("aria-pressed", "true")


def _shows(page: Page, day: str, found: list[str]) -> None:
    expect(page.get_by_label("Go to", exact=True)).to_have_value(day)
    expect(page.get_by_label("Name", exact=True)).to_have_value("member 4")
    expect(page.get_by_role("button", name=re.compile("^Available"))).to_have_attribute("aria-pressed", "true")
    expect(members(page)).to_have_count(len(found))
    expect(members(page)).to_have_text([re.compile(text.split("\n")[0]) for text in found])


def test_dates_and_sums_stay_in_sight_while_members_scroll(page: Page, app: Server) -> None:
    open_team(page, app)
    dates = grid(page).get_by_role("columnheader").nth(1)
    sums = grid(page).get_by_role("rowheader", name="Available")
    for (width, height, bars), name in product(WINDOWS, ("Member 00", "Member 24", "Member 40")):
        page.set_viewport_size({"width": width, "height": height})
        member = grid(page).get_by_role("rowheader", name=re.compile(name))
        deadline = time.monotonic() + 30
        while True:  # scrolled again until it stays: what is still being drawn moves the member away
            member.evaluate("each => each.scrollIntoView({block: 'center'})")
            page.wait_for_timeout(300)
            shown = [each.element_handle() for each in (dates, sums, member)]
            if page.evaluate(IN_SIGHT, [*shown, *bars]):
                break
            assert time.monotonic() < deadline, f"{name} at {width}"


def test_the_grid_is_read_and_moved_by_keyboard_alone(page: Page, app: Server) -> None:
    open_team(page, app)
    # Every cell describes its week, every column header names it.
    first = grid(page).get_by_role("row", name=re.compile("Alice"))
    expect(first.get_by_role("cell")).to_have_count(6)
    expect(grid(page).get_by_role("columnheader", name=re.compile(r"^Week of \d"))).to_have_count(6)
    assert re.fullmatch(r"unknown( \w{3}( to \w{3})?)?", first.get_by_role("cell").nth(1).inner_text().strip())
    weeks = page.get_by_role("group", name=re.compile("^6 weeks;"))
    before = weeks.get_by_role("columnheader").nth(2).inner_text()
    _tab_to(page, weeks)
    page.keyboard.press("ArrowRight")
    expect(weeks.get_by_role("columnheader").nth(1)).to_contain_text(_week(before))
    page.keyboard.press("ArrowLeft")
    expect(weeks.get_by_role("columnheader").nth(2)).to_contain_text(_week(before))
    earlier, later = (page.get_by_role("button", name=name, exact=True) for name in ("Earlier", "Later"))
    expect(earlier).to_have_attribute("aria-disabled", "true")
    later.focus()
    page.keyboard.press("Enter")
    expect(earlier).to_have_attribute("aria-disabled", "false")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(later).to_have_attribute("aria-disabled", "true")
    expect(later).to_be_focused()


def test_everything_that_can_be_pressed_or_typed_in_has_a_name(page: Page, app: Server) -> None:
    get_cookie(page, app, "alice@example.org")
    for path in ("/team", "/team/tags", "/team/calendars"):
        page.goto(path)
        expect(page.get_by_role("heading", level=1)).to_have_count(1)
        if path == "/team":
            expect(members(page).first).to_be_visible()
        main = page.get_by_role("main")
        # In one go: what is drawn again meanwhile can't be asked one by one.
        shown = re.findall(r"^ *- (?:button|link|textbox|searchbox)\b.*$", main.aria_snapshot(), re.MULTILINE)
        assert shown
        assert [line for line in shown if '"' not in line] == [], path
        expect(main.locator("img:not([alt])")).to_have_count(0)


def test_on_a_phone_the_grid_scrolls_by_itself_and_names_stay(page: Page, app: Server) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    get_cookie(page, app, "alice@example.org")
    for path in ("/team/tags", "/team/calendars", "/team"):
        page.goto(path)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
    name = members(page).first
    expect(name).to_be_visible()
    left = _left(name)
    box = page.get_by_role("group", name=re.compile("^6 weeks;"))
    box.evaluate("box => box.scrollLeft = 300")
    assert box.evaluate("box => box.scrollLeft") == 300
    assert abs(_left(name) - left) < 2


def test_the_page_follows_what_somebody_else_connects(
    new_context: Callable[[], BrowserContext], app: Server, feeds: FeedServer
) -> None:
    watching, bob = new_context().new_page(), new_context().new_page()
    open_team(watching, app)
    watching.get_by_label("Name", exact=True).fill("Bob")
    row = grid(watching).get_by_role("row", name=re.compile("Bob"))
    expect(row).to_contain_text("Nothing connected")
    log_in(bob, app, "bob@example.org")
    add_ics(bob, "Private", feeds.serve("/bob.ics", calendar(event("noc"), name="Private")))
    expect(row).to_contain_text("Up to date")
    expect(row).to_contain_text(re.compile(r"block \w{3} \d\d:\d\d"))
    expect(watching.get_by_role("main")).not_to_contain_text("Private")


def test_a_new_tag_counts_immediately(
    new_context: Callable[[], BrowserContext], app: Server, feeds: FeedServer
) -> None:
    alice = new_context().new_page()
    get_cookie(alice, app, "alice@example.org")
    connected_ics(
        alice,
        app,
        "alice@example.org",
        "Work",
        feeds.serve("/work.ics", calendar(event("Strandurlaub 🏖️"), name="Work")),
    )
    status = alice.get_by_role("main").get_by_role("status").first
    expect(status).to_contain_text("none is tagged")
    alice.goto("/team/tags")
    alice.get_by_label("Title of an event").fill("Strandurlaub 🏖️")
    expect(alice.get_by_role("main")).to_contain_text("No match")
    words = alice.get_by_label("Block tags")
    words.fill("noc\n🏖")
    expect(alice.get_by_role("main")).to_contain_text("because of “🏖”")
    alice.get_by_role("button", name="Save", exact=True).click()
    expect(alice.get_by_role("main")).to_contain_text("Saved.")
    alice.get_by_role("link", name="Calendars", exact=True).first.click()
    expect(alice.get_by_role("main").get_by_role("status").first).to_contain_text(
        re.compile(r"Up to date.*1 of \d+\sevents? counts")
    )


def _tab_to(page: Page, target: Locator) -> None:
    page.get_by_label("Go to", exact=True).focus()
    for _ in range(20):
        page.keyboard.press("Tab")
        if target.evaluate("each => each === document.activeElement"):
            return
    raise AssertionError("the grid can't be reached by the keyboard")


def _left(each: Locator) -> float:
    """Where it begins; the grid may be replaced at the moment it is asked for."""
    for _ in range(100):
        if box := each.bounding_box():
            return box["x"]
    raise AssertionError("it is nowhere")


def _week(header: str) -> str:
    found = re.search(r"\d+ \w{3}", header)
    assert found
    return found[0]
