"""What would count, beside what decides it: read once, weighed for every choice, gone with the page."""

import asyncio
from typing import Any

import pytest
from nicegui import ui
from nicegui.testing import User
from nicegui.testing.user_interaction import UserInteraction

from oncall_ui.app import App
from oncall_ui.domain.availability.rules import Mode
from oncall_ui.domain.imports.failures import Cause, TryLater
from oncall_ui.domain.imports.state import State
from oncall_ui.models import Calendar
from oncall_ui.services.accounts.addresses import list_addresses
from oncall_ui.services.connections.views import list_connections
from pages.connections.choose import page as choose_page
from pages.connections.choose import preview
from pages.connections.choose.preview_lists import PreviewReasons
from tests.calendars import calendar, event, many
from tests.conftest import Person, person
from tests.fakes.feeds import FeedServer
from tests.pages.conftest import Browser
from tests.pages.helpers.forms import press, says, until
from tests.pages.helpers.home import add_calendar, change
from tests.pages.helpers.seeing import click, elements, end_logins, of_class, words
from tests.pages.simulation import settled
from tests.services.helpers.imports import connected, only_calendar

OTHER = "a.moreno@example.org"
OFF: dict[str, Any] = {"is_on": False, "state": State.OFF}
GUEST = ["ORGANIZER:mailto:boss@example.org", f"ATTENDEE;PARTSTAT=ACCEPTED:mailto:{OTHER}"]
WORK = calendar(
    event("Dentist\\, noc", days=2),
    event("Standup", days=1, more=["RRULE:FREQ=DAILY;COUNT=10"]),
    event("Lunch", days=3, more=["TRANSP:TRANSPARENT"]),
    event("Retreat\\, noc", days=4, more=GUEST),
)


@pytest.fixture(autouse=True)
def _asks_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choose_page, "ask_before_leaving", lambda _asks: None)


@pytest.fixture
async def work(app: App, bob: Person, feeds: FeedServer) -> int:
    """The connection of Bob's only calendar, whose feed nobody has asked for since."""
    connection_id = await connected(app, bob, feeds.serve("/work.ics", WORK))
    feeds.clear()
    return connection_id


async def at(browser: Browser, person: Person, connection_id: int) -> User:
    user = await browser(person)
    await user.open(f"/calendar_connections/{connection_id}")
    return user


def panel(user: User) -> ui.element:
    (found,) = of_class(user, "oc-preview")
    return found


def answer(user: User) -> str:
    (found,) = (each for each in panel(user).descendants() if each.props.get("role") == "status")
    return words(found)


async def answers(user: User, expected: str) -> None:
    await until(lambda: answer(user) == expected)


def counting(user: User) -> list[str]:
    (table,) = (each for each in panel(user).descendants() if isinstance(each, ui.table))
    return [f"{row['kind']} {row['title']}: {row['why']}" for row in table.rows]


def reasons(user: User) -> PreviewReasons:
    (found,) = (each for each in panel(user).descendants() if isinstance(each, PreviewReasons))
    return found


def emit(user: User, name: str, value: str) -> None:
    with user:
        UserInteraction(user, {reasons(user)}, None).trigger(name, value)


def choose_mode(user: User, mode: Mode) -> None:
    with user:
        next(each for each in elements(user) if isinstance(each, ui.radio)).set_value(mode)


def check(user: User, name: str, value: bool) -> None:
    with user:
        next(each for each in elements(user) if isinstance(each, ui.checkbox) and each.text == name).set_value(value)


def look_at(user: User, name: str) -> None:
    with user:
        click(user, summary(user, name))


def summary(user: User, name: str) -> ui.button:
    ending = f": how the events of {name} count"
    all_buttons = (each for each in elements(user) if isinstance(each, ui.button))
    (found,) = (each for each in all_buttons if str(each.props.get("aria-label", "")).endswith(ending))
    return found


async def test_it_is_read_after_the_page_is_there_and_says_what_would_count_and_why(
    browser: Browser, bob: Person, work: int, feeds: FeedServer
) -> None:
    with feeds.hold("/work.ics") as held:
        user = await at(browser, bob, work)
        await asyncio.to_thread(held.reached)
        assert answer(user) == "Reading the next 90 days…"
        assert counting(user) == [] and reasons(user).rows == []
    await answers(user, "1 of 13 events would count")
    assert counting(user) == ["Block Dentist, noc: tag “noc” in the title"]
    assert [f"{row['number']} {row['words']} ({row['titles']})" for row in reasons(user).rows] == [
        "11 No tag in title or description (Standup, Lunch)",
        f"1 Accepted by {OTHER}: not one of your addresses ()",
    ]
    assert "read just now. Titles are shown to you and forgotten." in words(panel(user))


async def test_every_touch_changes_it_and_none_reads_again(
    browser: Browser, bob: Person, work: int, feeds: FeedServer
) -> None:
    user = await at(browser, bob, work)
    await answers(user, "1 of 13 events would count")
    choose_mode(user, Mode.BLOCK)
    assert answer(user) == "11 of 13 events would count"
    assert counting(user)[0] == "Block Standup: every event blocks"
    check(user, "Count events marked free", True)
    assert answer(user) == "12 of 13 events would count"
    choose_mode(user, Mode.PREFER)
    assert counting(user)[0] == "Prefer Standup: every event is a preference"
    check(user, "Count all-day events", False)
    assert answer(user) == "12 of 13 events would count"
    assert len(feeds.requests) == 1


async def test_more_of_those_that_count_are_listed_when_asked_for(
    app: App, browser: Browser, bob: Person, feeds: FeedServer
) -> None:
    user = await at(browser, bob, await connected(app, bob, feeds.serve("/many.ics", many(60)), Mode.BLOCK))
    await answers(user, "60 of 60 events would count")
    assert len(counting(user)) == 5
    press(user, "Show 45 more")
    await until(lambda: len(counting(user)) == 50)
    assert says(user, "and 10 more")


async def test_reasons_unfold_one_by_one(browser: Browser, bob: Person, work: int) -> None:
    user = await at(browser, bob, work)
    await answers(user, "1 of 13 events would count")
    emit(user, "unfold", "no_tag")
    await until(lambda: reasons(user).rows[0]["open"])
    assert [each["title"] for each in reasons(user).rows[0]["examples"]].count("Standup") == 10
    assert not reasons(user).rows[1]["open"]
    emit(user, "unfold", "no_tag")
    await until(lambda: not reasons(user).rows[0]["open"])
    emit(user, "unfold", "no such reason")


async def test_trusting_the_named_address_reads_anew_and_moves_its_events_over(
    app: App, browser: Browser, bob: Person, work: int, feeds: FeedServer
) -> None:
    user = await at(browser, bob, work)
    await answers(user, "1 of 13 events would count")
    emit(user, "trust", OTHER)
    await answers(user, "2 of 13 events would count")
    assert list_addresses(app, bob.id).added == (OTHER,)
    assert not any(row["address"] for row in reasons(user).rows)
    assert len(feeds.requests) == 2


@pytest.mark.parametrize("address", ["boss@example.org", "", "bob@example.org"])
async def test_only_the_address_it_names_can_be_trusted_here(
    app: App, browser: Browser, bob: Person, work: int, address: str
) -> None:
    user = await at(browser, bob, work)
    await answers(user, "1 of 13 events would count")
    emit(user, "trust", address)
    await settled(app.hub)
    assert list_addresses(app, bob.id).added == ()


async def test_an_address_that_cannot_be_trusted_says_why_where_it_was_asked(
    app: App, browser: Browser, bob: Person, work: int
) -> None:
    user = await at(browser, bob, work)
    await answers(user, "1 of 13 events would count")
    person(app, "A.Moreno")
    emit(user, "trust", OTHER)
    await until(lambda: "another member" in reasons(user).rows[1]["no"])
    assert list_addresses(app, bob.id).added == ()


async def test_a_calendar_is_read_when_looked_at_and_once(
    app: App, browser: Browser, bob: Person, work: int, feeds: FeedServer
) -> None:
    add_calendar(app, bob, "Family", connection=work, **OFF)
    user = await at(browser, bob, work)
    await answers(user, "1 of 13 events would count")
    assert summary(user, "Work").text == "1 of 13 would count"
    assert summary(user, "Family").text == "Off"
    look_at(user, "Family")
    await until(lambda: "Family, if you switch it on" in words(panel(user)))
    assert (answer(user), len(feeds.requests)) == ("1 of 13 events would count", 2)
    assert words(of_class(user, "oc-pick")[1]).startswith("WorkMatching events")
    assert summary(user, "Work").props["aria-label"] == "1 of 13 would count: how the events of Work count"
    look_at(user, "Work")
    await until(lambda: words(panel(user)).split("Titles")[0].count("Work"))
    assert len(feeds.requests) == 2


async def test_another_one_looked_at_does_not_wait_for_the_one_being_read(
    app: App, browser: Browser, bob: Person, work: int, feeds: FeedServer
) -> None:
    add_calendar(app, bob, "Family", connection=work, **OFF)
    with feeds.hold("/work.ics") as held:
        user = await at(browser, bob, work)
        await asyncio.to_thread(held.reached)
        look_at(user, "Family")
        await until(lambda: len(feeds.requests) == 2)
        assert len(app.preview_locks) == 1
    await answers(user, "1 of 13 events would count")
    look_at(user, "Work")
    await until(lambda: len(feeds.requests) == 3)


async def test_nothing_is_read_where_no_calendar_is_on(
    app: App, browser: Browser, bob: Person, work: int, feeds: FeedServer
) -> None:
    change(app, _only(app, bob), **OFF)
    add_calendar(app, bob, "Family", connection=work, **OFF)
    user = await at(browser, bob, work)
    await settled(app.hub)
    assert (answer(user), feeds.requests) == ("What would count", [])
    assert "Switch a calendar on" in words(panel(user))


def _only(app: App, person: Person) -> Calendar:
    with app.db.read() as session:
        found = session.get(Calendar, list_connections(app, person.id)[0].calendars[0].id)
        assert found is not None
        session.expunge(found)
        return found


async def test_a_failure_is_told_in_its_place_and_all_else_works(
    app: App, browser: Browser, bob: Person, work: int, feeds: FeedServer
) -> None:
    feeds.refuse("/work.ics", status=503)
    user = await at(browser, bob, work)
    await answers(user, "This calendar can’t be previewed")
    assert "503" in words(panel(user))
    feeds.accept("/work.ics")
    press(user, "Try again")
    await answers(user, "1 of 13 events would count")
    choose_mode(user, Mode.BLOCK)
    press(user, "Save")
    await until(lambda: user.back_history[-1] == "/calendars")
    assert only_calendar(app, bob, work).mode is Mode.BLOCK


async def test_what_nobody_foresaw_does_not_leave_the_panel_waiting(
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
    await until(lambda: "its log says what" in words(panel(user)))


async def test_a_page_remembers_a_few_calendars_and_forgets_those_read_first(
    app: App, browser: Browser, bob: Person, work: int, feeds: FeedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preview, "REMEMBERED", 1)
    add_calendar(app, bob, "Family", connection=work)
    user = await at(browser, bob, work)
    await until(lambda: summary(user, "Family").text == "1 of 13 would count")
    look_at(user, "Work")
    await until(lambda: summary(user, "Work").text == "1 of 13 would count")
    assert summary(user, "Family").text == "Matching events"


async def test_leaving_the_page_ends_the_reading(
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
    await answers(user, "This calendar can’t be previewed")
    page, asked = user.client, len(feeds.requests)
    end_logins(app, bob)
    press(user, "Try again")
    await until(lambda: user.client is not page)
    assert len(feeds.requests) == asked


async def test_fourteen_calendars_that_were_read_stay_below_two_hundred_elements(
    app: App, browser: Browser, bob: Person, work: int
) -> None:
    for number in range(13):
        add_calendar(app, bob, f"Team {number}", connection=work)
    user = await at(browser, bob, work)
    for name in ["Work", *(f"Team {number}" for number in range(13))]:
        look_at(user, name)
        await until(lambda: answer(user) == "1 of 13 events would count")
        assert summary(user, name).text == "1 of 13 would count"
    assert len(elements(user)) < 200
