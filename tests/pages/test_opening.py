"""Opening a page is never an error because it is slow, and pages without a browser are few."""

import asyncio
from pathlib import Path

import pytest
from fastapi import Request
from nicegui import Client, ui

from pages import opening
from pages.opening import page
from tests.conftest import Person
from tests.pages.conftest import Browser

PAGES = Path(opening.__file__).parent


@pytest.mark.slow
async def test_a_page_may_take_longer_than_nicegui_waits(browser: Browser) -> None:
    @page("/slow")
    async def slow_page() -> None:
        await asyncio.sleep(3.3)
        ui.label("here at last")

    user = await browser()
    answer = await user.http_client.get("/slow")
    assert answer.status_code == 200
    assert "here at last" in answer.text


async def test_a_page_that_takes_too_long_says_so_and_tries_again(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "BUSY_SECONDS", 0.1)

    @page("/stuck")
    async def stuck_page() -> None:
        await asyncio.Event().wait()

    user = await browser()
    before = len(Client.instances)
    answer = await user.http_client.get("/stuck")
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "10"
    assert '<meta http-equiv="refresh" content="10">' in answer.text
    assert "This server is busy" in answer.text
    assert len(Client.instances) == before


async def test_a_page_that_fails_by_a_timeout_of_its_own_is_broken_not_busy(browser: Browser) -> None:
    @page("/fails")
    async def failing_page(request: Request) -> None:
        raise TimeoutError(request.url.path)

    user = await browser()
    with pytest.raises(TimeoutError, match="/fails"):
        await user.http_client.get("/fails")


async def test_pages_without_a_browser_make_room_for_new_ones(
    browser: Browser, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "MOST_WAITING", 4)
    user = await browser(alice)
    looked_at = await user.open("/help")
    for _ in range(8):
        assert (await user.http_client.get("/help")).status_code == 200
    assert looked_at.id in Client.instances
    assert sum(client.tab_id is None for client in Client.instances.values()) <= 5


def test_every_page_opens_this_way() -> None:
    others = [path.name for path in PAGES.rglob("*.py") if "ui.page(" in path.read_text(encoding="utf-8")]
    assert others == ["opening.py"]
