"""A process that is killed in the middle of an import loses nothing."""

import re

from playwright.sync_api import Page, expect
from sqlmodel import col, select

from oncall_ui.database.database import Database
from oncall_ui.models import Calendar, now
from tests.calendars import calendar, event
from tests.e2e.conftest import PASSWORD, add_ics, coming_up, log_in
from tests.e2e.server import Server
from tests.fakes.feeds import FeedServer

SLOW = 60_000


def test_a_kill_in_the_middle_of_an_import_loses_nothing_and_is_made_up_for(
    page: Page, app: Server, feeds: FeedServer
) -> None:
    app.add_member("alice@example.org", "Alice", PASSWORD)
    url = feeds.serve("/work.ics", calendar(event("noc"), name="Work"))
    log_in(page, app, "alice@example.org")
    add_ics(page, "Work", url)
    status = page.get_by_role("main").get_by_role("status").first
    expect(status).to_contain_text(re.compile(r"1\sof\s\d+\sevents?\scounts"))
    feeds.replace("/work.ics", calendar(event("noc"), event("noc", days=9), name="Work"))
    with feeds.hold("/work.ics") as held:
        page.get_by_role("button", name="Sync now").click()
        held.reached()
        page.goto("about:blank")
        app.kill()
    let_the_lease_run_out(app)
    app.restart()
    page.goto(app.base_url)
    expect(coming_up(page)).to_contain_text("Block")
    page.goto("/calendars")
    expect(page.get_by_role("main").get_by_role("status").first).to_contain_text(
        re.compile(r"^Up to date.*2 of \d+\sevents count"), timeout=SLOW
    )


def let_the_lease_run_out(app: Server) -> None:
    """The app that is dead now holds the calendar for some seconds more; they pass at once."""
    db = Database(app.database_url)
    with db.write() as session:
        held = session.exec(select(Calendar).where(col(Calendar.lease).is_not(None))).one()
        held.lease_until = now()
    db.close()
