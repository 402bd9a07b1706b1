"""An account with hundreds of calendars: found by name, a page at a time, and Save keeps every switch."""

import pytest
from nicegui import ui
from nicegui.testing import User

from oncall_ui.app import App
from oncall_ui.domain.availability.rules import Mode
from oncall_ui.domain.imports.state import State
from oncall_ui.models import Calendar
from oncall_ui.services.connections.views import list_connections
from pages.connections.choose.calendar_list import AT_ONCE
from tests.calendars import calendar, event
from tests.conftest import Person
from tests.fakes.feeds import FeedServer
from tests.pages.conftest import Browser
from tests.pages.helpers.forms import press, until
from tests.pages.helpers.home import add_calendar, tell
from tests.pages.helpers.seeing import click, elements, of_class, words
from tests.services.helpers.imports import connected

pytestmark = pytest.mark.usefixtures("asks_nothing")

NUMBER = 500


@pytest.fixture
async def many(app: App, bob: Person, feeds: FeedServer) -> int:
    """A connection with a calendar that can be read and 499 more that are off, named after their numbers."""
    body = calendar(*(event(f"Away {n}\\, noc", days=n + 1, uid=str(n)) for n in range(40)))
    connection_id = await connected(app, bob, feeds.serve("/work.ics", body))
    with app.db.write() as session:
        for number in range(1, NUMBER):
            session.add(
                Calendar(
                    connection_id=connection_id,
                    remote_id=str(number),
                    name=f"Room {number:03}",
                    is_on=False,
                    state=State.OFF,
                )
            )
    return connection_id


async def at(browser: Browser, person: Person, connection_id: int) -> User:
    user = await browser(person)
    await user.open(f"/calendar_connections/{connection_id}")
    await until(lambda: "40 of 40 events" in words(of_class(user, "oc-answer")[0]))
    return user


def switches(user: User) -> dict[str, ui.switch]:
    return {each.text: each for each in elements(user) if isinstance(each, ui.switch)}


def where(user: User) -> str:
    return words(of_class(user, "oc-choose-pager")[0].default_slot.children[0])


def search(user: User, name: str) -> None:
    (field,) = (each for each in elements(user) if isinstance(each, ui.input))
    with user:
        field.set_value(name)


def only_on(user: User, value: bool) -> None:
    with user:
        next(
            each for each in elements(user) if isinstance(each, ui.checkbox) and each.text == "Only switched on"
        ).set_value(value)


def bar(user: User) -> str:
    return words(of_class(user, "grow", of_class(user, "oc-save")[0])[0])


async def test_five_hundred_calendars_stay_below_two_hundred_elements(browser: Browser, bob: Person, many: int) -> None:
    user = await at(browser, bob, many)
    assert len(switches(user)) == AT_ONCE
    assert where(user) == "1 – 20 of 500 calendars"
    with user:
        next(each for each in elements(user) if isinstance(each, ui.radio)).set_value(Mode.BLOCK)
    press(user, "Show 35 more")
    await until(lambda: len(next(iter(of_class(user, "oc-preview-list"))).rows) == 40)  # type: ignore[attr-defined]
    assert len(elements(user)) < 200


async def test_calendars_that_are_on_come_first(browser: Browser, bob: Person, many: int) -> None:
    user = await at(browser, bob, many)
    assert list(switches(user))[1:3] == ["Room 001", "Room 002"]
    assert [each.value for each in switches(user).values()] == [True, *[False] * (AT_ONCE - 1)]


async def test_a_calendar_is_found_by_name_in_any_case(browser: Browser, bob: Person, many: int) -> None:
    user = await at(browser, bob, many)
    search(user, " ROOM 49 ")
    await until(lambda: list(switches(user)) == [f"Room {number}" for number in range(490, 500)])
    assert where(user) == "1 – 10 of 10 calendars"
    search(user, "nothing like it")
    await until(lambda: not switches(user))
    assert "No calendar matches." in words(of_class(user, "oc-choices")[0])
    assert where(user) == "0 calendars"
    search(user, "")
    await until(lambda: where(user) == "1 – 20 of 500 calendars")


async def test_pages_are_turned_and_end_where_the_calendars_do(browser: Browser, bob: Person, many: int) -> None:
    user = await at(browser, bob, many)
    press(user, "Previous")
    press(user, "Next")
    await until(lambda: where(user) == "21 – 40 of 500 calendars")
    assert next(iter(switches(user))) == "Room 020"
    search(user, "Room 1")
    await until(lambda: where(user) == "1 – 20 of 100 calendars")
    for _ in range(6):
        press(user, "Next")
    await until(lambda: where(user) == "81 – 100 of 100 calendars")


async def test_save_keeps_the_switches_of_rows_that_are_not_drawn(
    app: App, browser: Browser, bob: Person, many: int
) -> None:
    user = await at(browser, bob, many)
    for name in ("Room 123", "Room 400"):
        search(user, name)
        await until(lambda name=name: list(switches(user)) == [name])  # type: ignore[misc]
        with user:
            click(user, switches(user)[name])
        await until(lambda name=name: switches(user)[name].value)  # type: ignore[misc]
    search(user, "")
    await until(lambda: where(user) == "1 – 20 of 500 calendars")
    assert bar(user) == "3 of 500 switched on, not saved yet"
    press(user, "Save")
    await until(lambda: user.back_history[-1] == "/calendars")
    on = {each.name for connection in list_connections(app, bob.id) for each in connection.calendars if each.is_on}
    assert len(on) == 3 and on >= {"Room 123", "Room 400"}


async def test_only_those_switched_on_are_shown_and_switching_one_off_leaves_it_in_place(
    browser: Browser, bob: Person, many: int
) -> None:
    user = await at(browser, bob, many)
    with user:
        click(user, switches(user)["Room 002"])
    await until(lambda: switches(user)["Room 002"].value)
    only_on(user, True)
    await until(lambda: where(user) == "1 – 2 of 2 calendars")
    with user:
        click(user, switches(user)["Room 002"])
    await until(lambda: not switches(user)["Room 002"].value)
    assert where(user) == "1 – 2 of 2 calendars"
    only_on(user, False)
    await until(lambda: where(user) == "1 – 20 of 500 calendars")


async def test_the_preview_stays_while_other_calendars_are_looked_through(
    browser: Browser, bob: Person, many: int
) -> None:
    user = await at(browser, bob, many)
    press(user, "Next")
    await until(lambda: where(user) == "21 – 40 of 500 calendars")
    assert "40 of 40 events" in words(of_class(user, "oc-answer")[0])
    assert not of_class(user, "oc-picked")


async def test_twenty_calendars_need_no_search_and_the_twenty_first_brings_it(
    app: App, browser: Browser, bob: Person
) -> None:
    work = add_calendar(app, bob, "Work")
    for number in range(1, AT_ONCE):
        add_calendar(app, bob, f"Team {number}", connection=work.connection_id, is_on=False, state=State.OFF)
    user = await browser(bob)
    await user.open(f"/calendar_connections/{work.connection_id}")
    assert len(switches(user)) == AT_ONCE
    assert not of_class(user, "oc-choose-tools")[0].visible and not of_class(user, "oc-choose-pager")[0].visible
    added = add_calendar(app, bob, "Another", connection=work.connection_id, is_on=False, state=State.OFF)
    tell(app, bob, added)
    await until(lambda: of_class(user, "oc-choose-tools")[0].visible)
    assert where(user) == "1 – 20 of 21 calendars"
    assert len(elements(user)) < 200
