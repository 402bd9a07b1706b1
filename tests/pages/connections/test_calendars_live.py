"""The Calendars page updates by itself: with imports, with connections, with the minutes."""

import threading
from collections.abc import Sequence
from datetime import timedelta

import pytest
from nicegui import ui
from nicegui.testing import User

from oncall_ui.app import App
from oncall_ui.domain.imports.state import State
from oncall_ui.hub import SessionEnded
from oncall_ui.services.connections.views import ConnectionView, list_connections
from pages import refresh
from pages.connections.calendars import page as calendars
from tests.conftest import Person
from tests.pages.conftest import Browser
from tests.pages.helpers.forms import until
from tests.pages.helpers.home import NOW, add_calendar, change, tell
from tests.pages.helpers.seeing import (
    at_calendars,
    card,
    elements,
    identities,
    nicknames,
    of_class,
    row,
    statuses,
    words,
)
from tests.pages.simulation import PATIENCE, settled, under_way


class Clock:
    now = NOW


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(calendars, "_now", lambda: clock.now)
    return clock


async def says(user: User, word: str) -> None:
    await until(lambda: statuses(user)[0].startswith(word))


async def test_two_browsers_see_a_change_and_a_third_opened_later_sees_the_same(
    app: App, browser: Browser, bob: Person
) -> None:
    calendar = add_calendar(app, bob, "Work")
    first, second = await at_calendars(browser, bob), await at_calendars(browser, bob)
    change(app, calendar, state=State.IMPORTING, progress=3200)
    tell(app, bob, calendar)
    expected = ["Importing · 3,200 events read"]
    await until(lambda: statuses(first) == expected and statuses(second) == expected)
    assert statuses(await at_calendars(browser, bob)) == expected


async def test_a_row_is_updated_in_place(app: App, browser: Browser, bob: Person) -> None:
    calendar = add_calendar(app, bob, "Work", state=State.WAITING)
    user = await at_calendars(browser, bob)
    before = identities([row(user, "Work")])
    for state in (State.IMPORTING, State.RETRYING, State.NEEDS_YOU, State.UP_TO_DATE):
        change(app, calendar, state=state)
        tell(app, bob, calendar)
        await says(user, state.value.replace("_", " ").capitalize())
    assert identities([row(user, "Work")]) == before


async def test_a_new_connection_leaves_the_other_cards_as_they_are(app: App, browser: Browser, bob: Person) -> None:
    work = add_calendar(app, bob, "Work")
    user = await at_calendars(browser, bob)
    before = identities([card(user, "Work")])
    calendar = add_calendar(app, bob, "Private")
    tell(app, bob, calendar)
    await until(lambda: sorted(nicknames(user)) == ["Private", "Work"])
    assert identities([card(user, "Work")]) == before
    add_calendar(app, bob, "Holidays", connection=work.connection_id)
    tell(app, bob, calendar)
    await until(lambda: len(statuses(user)) == 3)
    assert sorted(nicknames(user)) == ["Private", "Work"]


async def test_a_minute_that_passes_changes_only_the_minute(
    app: App, browser: Browser, bob: Person, clock: Clock
) -> None:
    add_calendar(app, bob, "Work")
    user = await at_calendars(browser, bob)
    (when,) = of_class(user, "when")
    assert when.props["aria-live"] == "off"
    (timer,) = (each for each in elements(user) if isinstance(each, ui.timer))
    clock.now += timedelta(minutes=1)
    assert timer.callback is not None
    with user:
        timer.callback()
    assert words(when) == " · 3 min ago"


async def test_the_progress_bar_shows_the_share_once_it_is_known(app: App, browser: Browser, bob: Person) -> None:
    calendar = add_calendar(app, bob, "Work", state=State.IMPORTING)
    user = await at_calendars(browser, bob)
    (bar,) = of_class(user, "oc-bar")
    assert isinstance(bar, ui.linear_progress)
    (box,) = of_class(user, "oc-status", row(user, "Work"))
    assert (bar.props["aria-label"], bar.props["indeterminate"], box.props["aria-busy"]) == ("Work", True, "true")
    change(app, calendar, progress_share=0.42)
    tell(app, bob, calendar)
    await until(lambda: bar.value == 0.42)
    assert not bar.props["indeterminate"]
    change(app, calendar, state=State.UP_TO_DATE, progress_share=None)
    tell(app, bob, calendar)
    await until(lambda: not of_class(user, "oc-bar"))
    assert "aria-busy" not in box.props


async def test_a_row_that_becomes_up_to_date_is_highlighted(app: App, browser: Browser, bob: Person) -> None:
    calendar = add_calendar(app, bob, "Work")
    user = await at_calendars(browser, bob)
    assert "oc-changed" not in row(user, "Work").classes
    change(app, calendar, state=State.IMPORTING)
    tell(app, bob, calendar)
    await says(user, "Importing")
    change(app, calendar, state=State.UP_TO_DATE)
    tell(app, bob, calendar)
    await until(lambda: "oc-changed" in row(user, "Work").classes)


async def test_at_most_one_reading_runs_and_the_last_change_is_never_missed(
    app: App, browser: Browser, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    calendar = add_calendar(app, bob, "Work")
    user = await at_calendars(browser, bob)
    await settled(app.hub)
    running, most, lock, hold = 0, 0, threading.Lock(), threading.Event()

    def slow(app: App, member_id: int) -> Sequence[ConnectionView]:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
            is_first = running == 1
        found = list_connections(app, member_id)
        if is_first:
            hold.wait(PATIENCE)
        with lock:
            running -= 1
        return found

    monkeypatch.setattr(refresh, "list_connections", slow)
    tell(app, bob, calendar)
    await until(lambda: running)
    held = under_way()
    for progress in (100, 200, 300):
        change(app, calendar, state=State.IMPORTING, progress=progress)
        tell(app, bob, calendar)
        await settled(app.hub, apart_from=held)
    hold.set()
    await until(lambda: statuses(user) == ["Importing · 300 events read"])
    assert most == 1


async def test_changes_of_other_members_make_no_page_read(
    app: App, browser: Browser, bob: Person, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    calendar = add_calendar(app, alice, "Work")
    await at_calendars(browser, bob)
    await settled(app.hub)
    reads: list[int] = []

    def read(app: App, member_id: int) -> list[ConnectionView]:
        reads.append(member_id)
        return []

    monkeypatch.setattr(refresh, "list_connections", read)
    tell(app, alice, calendar)
    app.hub.publish(SessionEnded(bob.id, "another one of his"))
    await settled(app.hub)
    assert reads == []
