"""A preview that fails, is stopped, or may no longer be read."""

import asyncio

import pytest

from oncall_ui.app import App
from oncall_ui.domain.availability.rules import Mode
from oncall_ui.domain.imports.failures import Cause, TryLater
from pages.connections.choose import preview
from tests.conftest import Person
from tests.fakes.feeds import FeedServer
from tests.pages.conftest import Browser
from tests.pages.helpers.forms import press, until
from tests.pages.helpers.home import add_calendar
from tests.pages.helpers.preview import OFF, answers, at, choose_mode, panel, select, summary
from tests.pages.helpers.seeing import end_logins, words
from tests.services.helpers.imports import only_calendar

pytestmark = pytest.mark.usefixtures("asks_nothing")


async def test_after_a_failure_everything_else_works(
    app: App, browser: Browser, bob: Person, work: int, feeds: FeedServer
) -> None:
    feeds.refuse("/work.ics", status=503)
    user = await at(browser, bob, work)
    await answers(user, "Work can’t be previewed.")
    feeds.accept("/work.ics")
    press(user, "Try again")
    await answers(user, "1 of 4 events of Work would count.")
    choose_mode(user, Mode.BLOCK)
    press(user, "Save")
    await until(lambda: user.back_history[-1] == "/calendars")
    assert only_calendar(app, bob, work).mode is Mode.BLOCK


async def test_an_unexpected_error_does_not_leave_the_panel_waiting(
    browser: Browser, bob: Person, work: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(*_args: object) -> None:
        raise TryLater(Cause.BUSY, "The server is busy. We try again later.")

    async def breaks(*_args: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(preview, "preview", fails)
    user = await at(browser, bob, work)
    await until(lambda: "The server is busy." in words(panel(user)))
    monkeypatch.setattr(preview, "preview", breaks)
    press(user, "Try again")
    await until(lambda: "your administrator finds the reason" in words(panel(user)))


async def test_a_page_keeps_a_few_previews_and_drops_the_oldest(
    app: App, browser: Browser, bob: Person, work: int, feeds: FeedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preview, "REMEMBERED", 1)
    add_calendar(app, bob, "Family", connection=work)
    user = await at(browser, bob, work)
    await until(lambda: summary(user, "Family").text == "1 of 4 would count")
    select(user, "Work")
    await until(lambda: summary(user, "Work").text == "1 of 4 would count")
    assert summary(user, "Family").text == "Matching events"


async def test_selecting_another_calendar_stops_reading_the_first(
    app: App, browser: Browser, bob: Person, work: int, feeds: FeedServer
) -> None:
    add_calendar(app, bob, "Family", connection=work, **OFF)
    with feeds.hold("/work.ics") as held:
        user = await at(browser, bob, work)
        await asyncio.to_thread(held.reached)
        select(user, "Family")
        await until(lambda: len(feeds.requests) == 2)
        assert len(app.preview_locks) == 1
    await answers(user, "1 of 4 events of Family would count if you switch it on.")
    select(user, "Work")
    await until(lambda: len(feeds.requests) == 3)


async def test_leaving_the_page_stops_reading(
    app: App, browser: Browser, bob: Person, work: int, feeds: FeedServer
) -> None:
    with feeds.hold("/work.ics") as held:
        user = await at(browser, bob, work)
        await asyncio.to_thread(held.reached)
        assert app.previewing._value < 4
        assert user.client is not None
        user.client.delete()
        await until(lambda: app.previewing._value == 4)


async def test_a_page_whose_login_is_over_reads_nothing(
    app: App, browser: Browser, bob: Person, work: int, feeds: FeedServer
) -> None:
    feeds.refuse("/work.ics", status=503)
    user = await at(browser, bob, work)
    await answers(user, "Work can’t be previewed.")
    page, asked = user.client, len(feeds.requests)
    end_logins(app, bob)
    press(user, "Try again")
    await until(lambda: user.client is not page)
    assert len(feeds.requests) == asked
