"""The preview: read once, evaluated for every choice, gone with the page."""

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
from oncall_ui.services.accounts.addresses import list_addresses, remove_address
from oncall_ui.services.connections.views import list_connections
from pages.connections.choose import leave, preview
from pages.connections.choose.preview_panel import PreviewReasons
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
    monkeypatch.setattr(leave, "ask_before_leaving", lambda _asks: None)
    monkeypatch.setattr(leave, "report_links", lambda _reports: None)


@pytest.fixture
async def work(app: App, bob: Person, feeds: FeedServer) -> int:
    """The connection of Bob's only calendar; requests of its first import are cleared."""
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
    (found,) = of_class(user, "oc-answer")
    return words(found).removesuffix("Saving starts the import.").strip()


async def answers(user: User, expected: str) -> None:
    await until(lambda: answer(user) == expected)


def counting(user: User) -> list[str]:
    (table,) = (each for each in panel(user).descendants() if isinstance(each, ui.table) and "role" in each.props)
    return [f"{row['kind']} {row['title']}: {row['why']}" for row in table.rows]


def reasons(user: User) -> PreviewReasons:
    (found,) = (each for each in panel(user).descendants() if isinstance(each, PreviewReasons))
    return found


def bands(user: User) -> list[str]:
    return [words(each) for each in panel(user).descendants() if each.tag == "h3"]


def numbers(user: User) -> list[str]:
    """What each mode says that it would count."""
    (found,) = (each for each in elements(user) if isinstance(each, ui.radio))
    return [each["label"].split("\n")[1] for each in found.props["options"]]


def strip(user: User) -> ui.element:
    (found,) = of_class(user, "oc-preview-strip")
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


def select(user: User, name: str) -> None:
    with user:
        click(user, summary(user, name))


def summary(user: User, name: str) -> ui.button:
    ending = f": how events in {name} count"
    all_buttons = (each for each in elements(user) if isinstance(each, ui.button))
    (found,) = (each for each in all_buttons if str(each.props.get("aria-label", "")).endswith(ending))
    return found


async def test_the_preview_is_read_after_the_page_and_shows_what_would_count_and_why(
    browser: Browser, bob: Person, work: int, feeds: FeedServer
) -> None:
    with feeds.hold("/work.ics") as held:
        user = await at(browser, bob, work)
        await asyncio.to_thread(held.reached)
        assert answer(user) == "Reading the next 90 days of Work…"
        assert counting(user) == [] and reasons(user).rows == []
    await answers(user, "1 of 4 events of Work would count.")
    assert counting(user) == ["Block Dentist, noc: tag “noc” in the title"]
    assert bands(user) == ["Would count1", "Would not count3"]
    assert [f"{row['show']} {row['words']} ({row['titles']})" for row in reasons(user).rows] == [
        "Show 2 No tag in title or description (Standup, Lunch)",
        f"Show 1 Accepted by {OTHER}: not one of your addresses ()",
    ]
    assert "read just now. Only you see the titles; they are never stored." in words(panel(user))


async def test_every_change_updates_it_without_reading_again(
    browser: Browser, bob: Person, work: int, feeds: FeedServer
) -> None:
    user = await at(browser, bob, work)
    await answers(user, "1 of 4 events of Work would count.")
    choose_mode(user, Mode.BLOCK)
    assert answer(user) == "2 of 4 events of Work would count."
    assert counting(user)[0] == "Block Standup: 10\u00a0times · every event blocks"
    assert numbers(user) == ["1 of 4", "2 of 4", "2 of 4"]
    check(user, "Count events marked free", True)
    assert answer(user) == "3 of 4 events of Work would count."
    choose_mode(user, Mode.PREFER)
    assert counting(user)[0] == "Prefer Standup: 10\u00a0times · every event is a preference"
    assert numbers(user) == ["1 of 4", "3 of 4", "3 of 4"]
    check(user, "Count all-day events", False)
    assert answer(user) == "3 of 4 events of Work would count."
    assert len(feeds.requests) == 1


async def test_more_events_that_count_are_listed_on_request(
    app: App, browser: Browser, bob: Person, feeds: FeedServer
) -> None:
    user = await at(browser, bob, await connected(app, bob, feeds.serve("/many.ics", many(60)), Mode.BLOCK))
    await answers(user, "60 of 60 events of Work would count.")
    assert len(counting(user)) == 5
    press(user, "Show 45 more")
    await until(lambda: len(counting(user)) == 50)
    assert says(user, "and 10 more")


async def test_reasons_unfold_one_by_one(browser: Browser, bob: Person, work: int) -> None:
    user = await at(browser, bob, work)
    await answers(user, "1 of 4 events of Work would count.")
    emit(user, "unfold", "no_tag")
    await until(lambda: reasons(user).rows[0]["open"])
    assert [each["title"] for each in reasons(user).rows[0]["examples"]] == ["Standup", "Lunch"]
    assert reasons(user).rows[0]["examples"][0]["at"].endswith(" · 10\u00a0times")
    assert not reasons(user).rows[1]["open"]
    emit(user, "unfold", "no_tag")
    await until(lambda: not reasons(user).rows[0]["open"])
    emit(user, "unfold", "no such reason")


async def test_trusting_the_named_address_reads_again_and_its_events_count(
    app: App, browser: Browser, bob: Person, work: int, feeds: FeedServer
) -> None:
    user = await at(browser, bob, work)
    await answers(user, "1 of 4 events of Work would count.")
    emit(user, "trust", OTHER)
    await answers(user, "2 of 4 events of Work would count.")
    assert list_addresses(app, bob.id).added == (OTHER,)
    assert not any(row["address"] for row in reasons(user).rows)
    assert len(feeds.requests) == 2


async def test_trusting_an_address_can_be_undone(
    app: App, browser: Browser, bob: Person, work: int, feeds: FeedServer
) -> None:
    user = await at(browser, bob, work)
    await answers(user, "1 of 4 events of Work would count.")
    assert not of_class(user, "oc-trusted")[0].visible
    emit(user, "trust", OTHER)
    await answers(user, "2 of 4 events of Work would count.")
    assert words(of_class(user, "oc-trusted")[0]).startswith(f"{OTHER} is now one of your addresses.")
    press(user, "Undo")
    await answers(user, "1 of 4 events of Work would count.")
    assert list_addresses(app, bob.id).added == ()
    assert [row["address"] for row in reasons(user).rows] == ["", OTHER]
    assert not of_class(user, "oc-trusted")[0].visible


async def test_undo_of_an_address_that_is_already_gone_changes_nothing(
    app: App, browser: Browser, bob: Person, work: int
) -> None:
    user = await at(browser, bob, work)
    await answers(user, "1 of 4 events of Work would count.")
    emit(user, "trust", OTHER)
    await answers(user, "2 of 4 events of Work would count.")
    remove_address(app, bob.id, OTHER)
    press(user, "Undo")
    await answers(user, "1 of 4 events of Work would count.")


async def test_each_mode_says_its_number_before_it_is_chosen(browser: Browser, bob: Person, work: int) -> None:
    user = await at(browser, bob, work)
    await answers(user, "1 of 4 events of Work would count.")
    assert numbers(user) == ["1 of 4", "2 of 4", "2 of 4"]


async def test_the_strip_shows_what_the_chosen_way_would_bring(browser: Browser, bob: Person, work: int) -> None:
    user = await at(browser, bob, work)
    await answers(user, "1 of 4 events of Work would count.")
    assert strip(user).props["aria-label"] == "What Work would bring: 1 blocked in part, of the next 90 days."
    choose_mode(user, Mode.PREFER)
    assert strip(user).props["aria-label"] == "What Work would bring: 10 preferred in part, of the next 90 days."
    (table,) = (each for each in strip(user).descendants() if isinstance(each, ui.table))
    days = table.rows[0]["days"]
    assert len(days) == 90 and days[0]["c"].split()[-1] == "today"
    assert [bar["k"] for bar in days[1]["s"]] == ["is-prefer"]


async def test_saving_is_said_to_start_the_import_only_where_it_does(browser: Browser, bob: Person, work: int) -> None:
    user = await at(browser, bob, work)
    await answers(user, "1 of 4 events of Work would count.")
    (lead,) = of_class(user, "oc-answer")
    assert "Saving starts the import." not in words(lead)
    choose_mode(user, Mode.BLOCK)
    assert words(lead) == "2 of 4 events of Work would count. Saving starts the import."


@pytest.mark.parametrize("address", ["boss@example.org", "", "bob@example.org"])
async def test_only_the_named_address_can_be_trusted(
    app: App, browser: Browser, bob: Person, work: int, address: str
) -> None:
    user = await at(browser, bob, work)
    await answers(user, "1 of 4 events of Work would count.")
    emit(user, "trust", address)
    await settled(app.hub)
    assert list_addresses(app, bob.id).added == ()


async def test_an_address_that_cannot_be_trusted_says_why_in_its_row(
    app: App, browser: Browser, bob: Person, work: int
) -> None:
    user = await at(browser, bob, work)
    await answers(user, "1 of 4 events of Work would count.")
    person(app, "A.Moreno")
    emit(user, "trust", OTHER)
    await until(lambda: "another member" in reasons(user).rows[1]["no"])
    assert list_addresses(app, bob.id).added == ()


async def test_a_calendar_is_read_once_when_it_is_selected(
    app: App, browser: Browser, bob: Person, work: int, feeds: FeedServer
) -> None:
    add_calendar(app, bob, "Family", connection=work, **OFF)
    user = await at(browser, bob, work)
    await answers(user, "1 of 4 events of Work would count.")
    assert summary(user, "Work").text == "1 of 4 would count"
    assert summary(user, "Family").text == "Off"
    select(user, "Family")
    await answers(user, "1 of 4 events of Family would count if you switch it on.")
    assert "What Family would bring" in words(panel(user))
    assert len(feeds.requests) == 2
    assert words(of_class(user, "oc-pick")[1]).startswith("WorkMatching events")
    assert summary(user, "Work").props["aria-label"] == "1 of 4 would count: how events in Work count"
    select(user, "Work")
    await until(lambda: "What Work would bring" in words(panel(user)))
    assert len(feeds.requests) == 2


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


async def test_nothing_is_read_where_no_calendar_is_on(
    app: App, browser: Browser, bob: Person, work: int, feeds: FeedServer
) -> None:
    change(app, _only(app, bob), **OFF)
    add_calendar(app, bob, "Family", connection=work, **OFF)
    user = await at(browser, bob, work)
    await settled(app.hub)
    assert answer(user) == "Switch on the ones that say when you can’t be on call, or prefer to be."
    assert feeds.requests == [] and not strip(user).visible
    assert "Switch on a calendar" in words(panel(user))


def _only(app: App, person: Person) -> Calendar:
    with app.db.read() as session:
        found = session.get(Calendar, list_connections(app, person.id)[0].calendars[0].id)
        assert found is not None
        session.expunge(found)
        return found


async def test_a_failure_is_shown_in_the_panel_and_everything_else_works(
    app: App, browser: Browser, bob: Person, work: int, feeds: FeedServer
) -> None:
    feeds.refuse("/work.ics", status=503)
    user = await at(browser, bob, work)
    await answers(user, "Work can’t be previewed.")
    assert "503" in words(panel(user))
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


async def test_fourteen_calendars_that_were_read_stay_below_two_hundred_elements(
    app: App, browser: Browser, bob: Person, work: int
) -> None:
    for number in range(13):
        add_calendar(app, bob, f"Team {number}", connection=work)
    user = await at(browser, bob, work)
    for name in ["Work", *(f"Team {number}" for number in range(13))]:
        select(user, name)
        await answers(user, f"1 of 4 events of {name} would count.")
        assert summary(user, name).text == "1 of 4 would count"
    assert len(elements(user)) < 200
