"""Stale and doubtful calendars, on the calendars page and on Home, in simulated browsers."""

from datetime import timedelta
from typing import Any

import pytest
from nicegui.testing import User

from oncall_ui.app import App
from oncall_ui.domain.imports.state import State
from oncall_ui.models import Calendar
from oncall_ui.services.connections.disconnect import disconnect
from oncall_ui.services.connections.views import CalendarView, list_connections
from oncall_ui.services.imports.stale import announce_stale
from pages import layout
from pages.connections.calendars import page as calendars
from pages.home import page as home
from tests.conftest import Person
from tests.pages.conftest import Browser
from tests.pages.helpers.forms import until
from tests.pages.helpers.home import NOW, add_calendar, change, open_home, tell
from tests.pages.helpers.seeing import (
    at_calendars,
    buttons,
    click,
    end_logins,
    headings,
    of_class,
    own_buttons,
    row,
    statuses,
    words,
)

TAKE, KEEP = "Accept the new data", "Keep the old data"
STALE = "Stale: last read Mon 23 Nov, 09:00"
OLD = NOW - timedelta(hours=25)


class Clock:
    now = NOW


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    for page in (calendars, home, layout):
        monkeypatch.setattr(page, "_now", lambda: clock.now)
    return clock


def doubted(app: App, person: Person, **more: Any) -> Calendar:
    usual: dict[str, Any] = {
        "state": State.NEEDS_YOU,
        "why": "Work suddenly holds 3 of 140 entries.",
        "cause": "suspected_loss",
        "suspected_loss": {"before": 140, "after": 3, "content": "x"},
        "suspected_since": NOW - timedelta(hours=2),
        "next_import_at": NOW + timedelta(minutes=9),
    }
    return add_calendar(app, person, "Work", **(usual | more))


def view(app: App, person: Person) -> CalendarView:
    return list_connections(app, person.id)[0].calendars[0]


def alert(user: User) -> Any:
    (found,) = of_class(user, "oc-alert")
    return found


def told(user: User) -> list[str]:
    """What is said of calendars; a toast that says nothing has the same role."""
    return [each for each in statuses(user) if each]


async def test_a_row_tells_when_it_was_checked_and_changed_and_is_checked_next(
    app: App, browser: Browser, bob: Person
) -> None:
    calendar = add_calendar(
        app, bob, "Work", last_changed_at=NOW - timedelta(days=1), next_import_at=NOW + timedelta(minutes=13)
    )
    user = await at_calendars(browser, bob)
    (status,) = of_class(user, "oc-status", row(user, "Work"))
    assert status.props["title"] == "Last checked 09:58 · last changed Mon 23 Nov, 10:00 · next check 10:13"
    change(app, calendar, state=State.OFF, is_on=False)
    tell(app, bob, calendar)
    await until(lambda: not of_class(user, "oc-status", row(user, "Work"))[0].props["title"])


async def test_a_calendar_that_becomes_stale_says_so_while_you_watch(
    app: App, browser: Browser, bob: Person, clock: Clock
) -> None:
    add_calendar(app, bob, "Work", last_read_at=NOW - timedelta(hours=23, minutes=59))
    on_calendars, on_home = await at_calendars(browser, bob), await open_home(browser, bob)
    assert not of_class(on_calendars, "oc-stale")
    clock.now = NOW + timedelta(minutes=2)
    announce_stale(app, NOW, clock.now)
    await until(lambda: bool(of_class(on_calendars, "oc-stale")) and bool(of_class(on_home, "oc-alert")))
    assert words(of_class(on_calendars, "oc-stale")[0]) == "Stale: last read Mon 23 Nov, 10:01"
    assert headings(alert(on_home))[0].startswith("Work is stale")


async def test_nothing_is_told_of_what_was_stale_before_or_is_not_yet(app: App, browser: Browser, bob: Person) -> None:
    add_calendar(app, bob, "Old", last_read_at=NOW - timedelta(days=3))
    add_calendar(app, bob, "New", last_read_at=NOW)
    told: list[object] = []
    app.hub.subscribe(bob.id, told.extend)
    announce_stale(app, NOW - timedelta(minutes=1), NOW)
    await app.hub.flush()
    assert told == []


@pytest.mark.parametrize("state", [State.RETRYING, State.NEEDS_YOU, State.UP_TO_DATE, State.IMPORTING])
async def test_a_stale_calendar_is_marked_in_whatever_state_it_is(
    app: App, browser: Browser, bob: Person, state: State
) -> None:
    add_calendar(app, bob, "Work", last_read_at=OLD, state=state, why="example.org is not answering.")
    user = await at_calendars(browser, bob)
    assert words(of_class(user, "oc-stale", row(user, "Work"))[0]) == STALE
    on_home = await open_home(browser, bob)
    assert "ast read Mon 23 Nov, 09:00. Changes since then are missing." in words(alert(on_home))
    assert " · stale" in told(on_home)[0]


async def test_a_stale_calendar_can_be_tried_at_once_from_home(app: App, browser: Browser, bob: Person) -> None:
    add_calendar(app, bob, "Work", last_read_at=OLD, state=State.RETRYING, why="example.org is not answering.")
    user = await open_home(browser, bob)
    with user:
        click(user, buttons(alert(user))["Sync now"])
    await until(lambda: view(app, bob).state is State.WAITING)


async def test_a_doubt_is_told_with_its_numbers_and_what_comes_without_an_answer(
    app: App, browser: Browser, bob: Person
) -> None:
    doubted(app, bob)
    user = await at_calendars(browser, bob)
    assert statuses(user) == [
        "Needs you · since Tue 24 Nov, 08:00Work suddenly holds 3 of 140 entries. "
        "The 140 earlier entries still count. "
        "Choose which is right. If you don’t answer, the new data counts from Tue 1 Dec."
    ]
    assert list(own_buttons(row(user, "Work"))) == [TAKE, KEEP]
    on_home = await open_home(browser, bob)
    assert headings(alert(on_home))[0].startswith("Work has far fewer entries than before")
    assert list(buttons(alert(on_home))) == [TAKE, KEEP]


@pytest.mark.parametrize("place", ["calendars", "home"])
async def test_taking_makes_it_due(app: App, browser: Browser, bob: Person, place: str) -> None:
    doubted(app, bob)
    user = await (at_calendars if place == "calendars" else open_home)(browser, bob)
    with user:
        click(user, buttons(row(user, "Work") if place == "calendars" else alert(user))[TAKE])
    await until(lambda: view(app, bob).state is State.WAITING)
    await until(lambda: not of_class(user, "oc-alert") and told(user)[0].startswith("Waiting"))


@pytest.mark.parametrize("place", ["calendars", "home"])
async def test_keeping_keeps_and_may_be_taken_back(app: App, browser: Browser, bob: Person, place: str) -> None:
    doubted(app, bob)
    user = await (at_calendars if place == "calendars" else open_home)(browser, bob)
    with user:
        click(user, buttons(row(user, "Work") if place == "calendars" else alert(user))[KEEP])
    await until(lambda: told(user)[0].startswith("Retrying in 9 min · keeping the old data, as you chose"))
    if place == "calendars":
        assert list(own_buttons(row(user, "Work"))) == [TAKE]
    else:
        await until(lambda: not of_class(user, "oc-alert"))


async def test_the_question_stays_while_the_calendar_is_looked_at_again(
    app: App, browser: Browser, bob: Person
) -> None:
    calendar = doubted(app, bob)
    user, on_home = await at_calendars(browser, bob), await open_home(browser, bob)
    before = own_buttons(row(user, "Work"))
    change(app, calendar, state=State.IMPORTING)
    tell(app, bob, calendar)
    await until(lambda: told(user)[0].startswith("Importing"))
    assert own_buttons(row(user, "Work")) == before
    assert list(buttons(alert(on_home))) == [TAKE, KEEP]


async def test_others_see_nothing_of_it(app: App, browser: Browser, bob: Person, mallory: Person) -> None:
    doubted(app, bob, last_read_at=OLD)
    assert not of_class(await open_home(browser, mallory), "oc-alert")


async def test_an_answer_after_the_login_is_over_changes_nothing(app: App, browser: Browser, bob: Person) -> None:
    doubted(app, bob)
    user = await at_calendars(browser, bob)
    page = user.client
    end_logins(app, bob)
    with user:
        click(user, own_buttons(row(user, "Work"))[TAKE])
    await until(lambda: user.client is not page)
    assert view(app, bob).suspected_loss is not None


async def test_an_answer_for_a_connection_that_is_gone_says_so(
    app: App, browser: Browser, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    calendar = doubted(app, bob)
    user = await open_home(browser, bob)
    pressed = buttons(alert(user))[TAKE]
    # Pressed before the page hears of it, which takes the button away.
    monkeypatch.setattr(app.hub, "publish", lambda _change: None)
    await disconnect(app, bob.id, calendar.connection_id)
    with user:
        click(user, pressed)
    await until(lambda: user.notify.contains("This connection no longer exists"))
