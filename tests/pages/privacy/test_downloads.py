"""The downloads: one's own, when logged in, as files nobody stores on the way."""

import pytest

from oncall_ui.app import App
from tests.conftest import Person
from tests.pages.conftest import Browser
from tests.pages.helpers.home import B, add_calendar

PATHS = ("/privacy/export.json", "/privacy/export.ics")


async def test_each_is_a_file_that_is_not_stored(browser: Browser, app: App, alice: Person) -> None:
    add_calendar(app, alice, "Work", [("2099-01-01 09:00", "2099-01-01 10:00", B)])
    client = (await browser(alice)).http_client
    for path, kind in zip(PATHS, ("application/json", "text/calendar; charset=utf-8"), strict=True):
        answer = await client.get(path)
        assert (answer.status_code, answer.headers["content-type"]) == (200, kind)
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["content-disposition"].startswith("attachment; filename=")
    told = (await client.get(PATHS[0])).json()
    assert told["availability"][0]["start"] == "2099-01-01T08:00:00Z"
    assert "DTSTART:20990101T080000Z" in (await client.get(PATHS[1])).text


@pytest.mark.parametrize("path", PATHS)
async def test_it_needs_a_login(browser: Browser, alice: Person, path: str) -> None:
    answer = await (await browser()).http_client.get(path)
    assert (answer.status_code, answer.headers["location"]) == (303, "/login")


@pytest.mark.parametrize("path", PATHS)
async def test_nobody_gets_anothers(browser: Browser, app: App, alice: Person, mallory: Person, path: str) -> None:
    add_calendar(app, alice, "Work", [("2099-01-01 09:00", "2099-01-01 10:00", B)])
    client = (await browser(mallory)).http_client
    for query in ("", f"?member_id={alice.id}", f"?me={alice.id}"):
        answer = await client.get(path + query)
        assert "2099" not in answer.text
        assert alice.email not in answer.text
