"""The same app on PostgreSQL."""

import re
from collections.abc import Mapping

import pytest
from playwright.sync_api import Page, expect

from tests.calendars import calendar, event
from tests.e2e.conftest import add_ics, coming_up, set_up_first_account
from tests.e2e.server import Server
from tests.fakes.feeds import FeedServer
from tests.postgres import Cluster


@pytest.fixture(scope="module")
def app_settings(postgres_cluster: Cluster) -> Mapping[str, str]:
    return {"ONCALL_DATABASE_URL": postgres_cluster.fresh_database()}


def test_the_main_job_is_done_on_postgresql_too(page: Page, app: Server, feeds: FeedServer) -> None:
    url = feeds.serve("/work.ics", calendar(event("noc"), event("Lunch"), name="Work"))
    set_up_first_account(page, app, zone="Asia/Kathmandu")
    add_ics(page, "Work", url)
    expect(page.get_by_role("main").get_by_role("status").first).to_contain_text(
        re.compile(r"^Up to date.*1 of \d+\sevents? counts")
    )
    page.goto("/")
    expect(coming_up(page)).to_contain_text("14:45 – 16:45")
