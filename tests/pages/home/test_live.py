"""Home keeps up by itself: with imports, with connections, with the time of day."""

import asyncio
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from oncall_ui.app import App
from oncall_ui.domain.imports.state import State
from oncall_ui.models import Connection
from oncall_ui.services.availability.query import calendar_spans
from pages.home import overview
from pages.home import page as home
from tests.conftest import Person
from tests.pages.conftest import Browser
from tests.pages.helpers.home import (
    NOW,
    B,
    add_availability,
    add_calendar,
    agenda,
    change,
    days,
    open_home,
    strip_label,
    table,
    tell,
    texts,
    until,
)
from tests.pages.simulation import PATIENCE, settled, under_way


@dataclass
class Clock:
    now: datetime = NOW


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(home, "_now", lambda: clock.now)
    return clock


async def test_home_keeps_up_when_an_import_finishes(app: App, browser: Browser, alice: Person) -> None:
    calendar = add_calendar(app, alice, "Work", state=State.IMPORTING, last_read_at=None)
    user = await open_home(browser, alice)
    await user.should_see("2 of 3 steps done")
    before = table(user, "oc-months")
    add_availability(app, alice, calendar, [("2026-11-25", "2026-11-26", B)])
    change(app, calendar, state=State.UP_TO_DATE, last_read_at=NOW, entries=1)
    tell(app, alice, calendar)
    await until(lambda: len(agenda(user)) == 1)
    await user.should_see("1 calendar, up to date")
    assert strip_label(user).startswith("Your next 90 days: 1 blocked, 89 open.")
    assert table(user, "oc-months") == before


async def test_home_keeps_up_when_the_first_connection_is_made_and_the_last_one_goes(
    app: App, browser: Browser, alice: Person
) -> None:
    user = await open_home(browser, alice)
    await user.should_see("1 of 3 steps done")
    calendar = add_calendar(app, alice, "Work", [("2026-11-25", "2026-11-26", B)])
    tell(app, alice, calendar)
    await until(lambda: len(agenda(user)) == 1)
    await user.should_not_see("Welcome, Alice")
    with app.db.write() as session:
        session.delete(session.get(Connection, calendar.connection_id))
    tell(app, alice, calendar)
    await until(lambda: not agenda(user))
    await user.should_see("Welcome, Alice")


async def test_an_alert_goes_by_itself_when_it_is_mended(app: App, browser: Browser, alice: Person) -> None:
    calendar = add_calendar(app, alice, "Work", state=State.NEEDS_YOU, why="Refused.")
    user = await open_home(browser, alice)
    await user.should_see("Work can no longer be read")
    change(app, calendar, state=State.UP_TO_DATE, why="")
    tell(app, alice, calendar)
    await until(lambda: not [each for each in texts(user) if "can no longer be read" in each])
    await user.should_not_see("Reconnect")


async def test_progress_alone_reads_no_availability(
    app: App, browser: Browser, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    calendar = add_calendar(app, alice, "Work", state=State.IMPORTING)
    user = await open_home(browser, alice)

    def forbidden(*_: object) -> None:
        raise AssertionError("availability was read")

    monkeypatch.setattr(overview, "calendar_spans", forbidden)
    change(app, calendar, progress=3200)
    tell(app, alice, calendar)
    await until(lambda: any("3,200" in each for each in texts(user)))


async def test_two_readings_never_overlap_and_the_last_change_is_shown(
    app: App, browser: Browser, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    calendar = add_calendar(app, alice, "Work")
    user = await open_home(browser, alice)
    at_once, most = 0, 0
    lock, hold, quick = threading.Lock(), threading.Event(), calendar_spans

    def slow(*args: Any) -> Any:
        nonlocal at_once, most
        with lock:
            at_once += 1
            most = max(most, at_once)
            is_first = at_once == 1
        found = quick(*args)
        if is_first:
            hold.wait(PATIENCE)
        with lock:
            at_once -= 1
        return found

    monkeypatch.setattr(overview, "calendar_spans", slow)
    held: set[asyncio.Task[Any]] = set()
    for number in range(1, 4):
        add_availability(app, alice, calendar, [(f"2026-11-2{number + 4}", f"2026-11-2{number + 5}", B)])
        change(app, calendar, entries=number)
        tell(app, alice, calendar)
        if number > 1:
            await settled(app.hub, apart_from=held)
            continue
        await until(lambda: at_once)
        held = under_way()
    hold.set()
    await until(lambda: [row["again"] for row in table(user, "oc-agenda").rows] == ["3\u00a0days in a row"])
    assert most == 1


async def test_minutes_pass_without_a_reading(
    app: App, browser: Browser, alice: Person, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(home, "TICK_SECONDS", 0.05)
    add_calendar(app, alice, "Work", [("2026-11-24T10:30", "2026-11-24T10:45", B)])
    user = await open_home(browser, alice)
    assert len(agenda(user)) == 1
    monkeypatch.setattr(overview, "calendar_spans", None)
    clock.now = NOW + timedelta(minutes=50)
    await until(lambda: ", last checked 52\u00a0min ago" in texts(user))
    assert agenda(user) == []


async def test_at_midnight_the_days_move_on(
    app: App, browser: Browser, alice: Person, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(home, "TICK_SECONDS", 0.05)
    add_calendar(app, alice, "Work", [("2026-11-26", "2026-11-27", B)])
    user = await open_home(browser, alice)
    assert agenda(user)[0].startswith("Thu 26 Nov | in 2 days")
    clock.now = NOW + timedelta(hours=14)  # 00:00 in Berlin
    await until(lambda: agenda(user)[0].startswith("Thu 26 Nov | tomorrow"))
    assert [day["c"] for day in days(user)[:3]] == ["oc-day past", "oc-day past", "oc-day today"]
    assert strip_label(user).startswith("Your next 90 days: 1 blocked, 88 open, 1 unknown.")
