"""A calendar that breaks, or loses nearly everything, while somebody watches."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.calendars import calendar, event
from tests.e2e.conftest import PASSWORD, coming_up, connected_ics, get_cookie
from tests.e2e.server import Server
from tests.fakes.feeds import FeedServer

FULL = calendar(*(event("noc", days=day) for day in range(10, 30)), name="Work")
LITTLE = calendar(event("noc", days=20), name="Work")
TAKE, KEEP = "Accept the new data", "Keep the old data"


def status_of(page: Page) -> Locator:
    return page.get_by_role("main").get_by_role("status").first


def connected(page: Page, app: Server, feeds: FeedServer, name: str) -> Locator:
    """A member of their own, with a calendar of twenty entries that was just read; its status."""
    email = f"{name}@example.org"
    app.add_member(email, name.capitalize(), PASSWORD)
    get_cookie(page, app, email)
    connected_ics(page, app, email, "Work", feeds.serve(f"/{name}.ics", FULL))
    expect(status_of(page)).to_contain_text(re.compile(r"^Up to date.*20 of 20\sevents count"))
    return status_of(page)


def read_again(page: Page) -> None:
    page.get_by_role("button", name="Sync now").click()


def test_a_calendar_that_breaks_while_the_page_is_open_says_so_everywhere_and_recovers(
    page: Page, app: Server, feeds: FeedServer
) -> None:
    status = connected(page, app, feeds, "fiona")
    home = page.context.new_page()
    home.goto("/")
    expect(status).to_have_attribute(
        "title",
        re.compile(
            r"Last checked \d\d:\d\d · last changed \d\d:\d\d · next check (\d\d:\d\d|Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
        ),
    )
    feeds.remove("/fiona.ics")
    read_again(page)
    expect(status).to_contain_text(re.compile(r"^Needs you.*The 20\sentries read before then still count"))
    expect(status).to_have_attribute("title", re.compile("next check when you reconnect"))
    expect(page.get_by_role("img", name="1 needs you").first).to_be_visible()
    expect(home.get_by_role("heading", name="Work can no longer be read")).to_be_visible()
    expect(coming_up(home)).to_contain_text("Block")
    feeds.serve("/fiona.ics", FULL)
    read_again(page)
    expect(status).to_contain_text(re.compile("^Up to date"))
    expect(home.get_by_role("heading", name="Work can no longer be read")).to_have_count(0)
    expect(page.get_by_role("img", name="1 needs you")).to_have_count(0)


def test_a_doubtful_reading_is_asked_about_and_taken_by_keyboard(page: Page, app: Server, feeds: FeedServer) -> None:
    status = connected(page, app, feeds, "fred")
    feeds.serve("/fred.ics", LITTLE)
    read_again(page)
    expect(status).to_contain_text(re.compile(r"^Needs you.*Work suddenly holds 1 of 20 entries\."))
    take = page.get_by_role("button", name=TAKE)
    take.focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name=KEEP)).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(status).to_contain_text(re.compile(r"^Up to date.*1 of 1\sevent counts"))
    expect(take).to_have_count(0)


def test_a_doubtful_reading_is_kept_away_from_home_and_heals_by_itself(
    page: Page, app: Server, feeds: FeedServer
) -> None:
    status = connected(page, app, feeds, "frida")
    home = page.context.new_page()
    home.goto("/")
    feeds.serve("/frida.ics", LITTLE)
    read_again(page)
    expect(home.get_by_role("heading", name="Work has far fewer entries than before")).to_be_visible()
    home.get_by_role("button", name=KEEP).click()
    expect(home.get_by_role("button", name=KEEP)).to_have_count(0)
    expect(status).to_contain_text("keeping the old data, as you chose")
    read_again(page)
    expect(status).to_contain_text(re.compile(r"^Retrying.*keeping the old data, as you chose"))
    feeds.serve("/frida.ics", FULL)
    read_again(page)
    expect(status).to_contain_text(re.compile(r"^Up to date.*20 of 20\sevents count"))
    expect(page.get_by_role("button", name=TAKE)).to_have_count(0)
