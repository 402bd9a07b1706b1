"""A process that is killed in the middle of an import loses nothing."""

import re
import time

from playwright.sync_api import Page, expect

from tests.calendars import calendar, event
from tests.e2e.conftest import PASSWORD, add_ics, coming_up, log_in
from tests.e2e.server import Server
from tests.fakes.feeds import FeedServer

LEASE_IS_OVER = 40_000


def test_a_kill_in_the_middle_of_an_import_loses_nothing_and_is_made_up_for(
    page: Page, app: Server, feeds: FeedServer
) -> None:
    app.add_member("alice@example.org", "Alice", PASSWORD)
    url = feeds.serve("/work.ics", calendar(event("noc"), name="Work"))
    log_in(page, app, "alice@example.org")
    add_ics(page, "Work", url)
    status = page.get_by_role("main").get_by_role("status").first
    expect(status).to_contain_text("1 counts")
    feeds.replace("/work.ics", calendar(event("noc"), event("noc", days=9), name="Work"))
    with feeds.hold("/work.ics") as held:
        page.get_by_role("button", name="Sync now").click()
        held.reached()
        page.goto("about:blank")
        app.kill()
    app.restart()
    page.goto(app.base_url)
    expect(coming_up(page)).to_contain_text("Block")
    page.goto("/calendars")
    expect(page.get_by_role("main").get_by_role("status").first).to_contain_text(
        re.compile(r"^Up to date.*2\scount"), timeout=LEASE_IS_OVER
    )


def test_the_second_start_is_quick_and_a_stop_is_clean(app: Server) -> None:
    app.stop()
    before = app.log_text()
    for _ in range(3):
        app.start()
        app.stop()
    assert "Traceback" not in app.log_text().removeprefix(before)
    began = time.monotonic()
    app.start()
    assert time.monotonic() - began < 10, "an order of magnitude; the figure itself stands in docs/performance.md"
