"""One page for what isn't there and what isn't yours."""

import pytest

from oncall_ui.app import App
from oncall_ui.services.connections.connect import connect
from tests.calendars import calendar, event
from tests.conftest import Person
from tests.fakes.feeds import FeedServer
from tests.pages.conftest import Browser


async def test_an_unknown_address_answers_calmly(browser: Browser, alice: Person) -> None:
    user = await browser(alice)
    answer = await user.http_client.get("/no-such-page")
    assert answer.status_code == 404
    assert "Page not found" in answer.text
    assert "Go to Home" in answer.text


async def test_foreign_and_missing_look_the_same(
    browser: Browser, app: App, alice: Person, mallory: Person, feeds: FeedServer
) -> None:
    url = feeds.serve("/work.ics", calendar(event("noc")))
    theirs = await connect(app, alice.id, "ics", "Work", {"url": url})
    user = await browser(mallory)
    foreign = await user.http_client.get(f"/calendar_connections/new/ics?again={theirs}")
    missing = await user.http_client.get("/calendar_connections/new/ics?again=999")
    assert (foreign.status_code, missing.status_code) == (404, 404)
    assert foreign.text == missing.text


@pytest.mark.parametrize(
    "path", ["/no-such-page", "/wp-login.php", "/static/missing.css", "/a\u2028b", "/..%2f..%2fetc"]
)
async def test_scanning_holds_no_memory(browser: Browser, path: str) -> None:
    from nicegui import Client

    user = await browser()
    before = len(Client.instances)
    assert (await user.http_client.get(path)).status_code == 404
    assert len(Client.instances) == before
