"""The preview: read once, evaluated for every choice, gone with the page."""

import asyncio

import pytest
from nicegui import ui

from oncall_ui.app import App
from oncall_ui.domain.availability.rules import Mode
from oncall_ui.models import Calendar
from oncall_ui.services.connections.views import list_connections
from tests.calendars import many
from tests.conftest import Person
from tests.fakes.feeds import FeedServer
from tests.pages.conftest import Browser
from tests.pages.helpers.forms import press, says, until
from tests.pages.helpers.home import add_calendar, change
from tests.pages.helpers.preview import (
    OFF,
    OTHER,
    answer,
    answers,
    at,
    bands,
    check,
    choose_mode,
    counting,
    emit,
    numbers,
    panel,
    reasons,
    select,
    strip,
    summary,
)
from tests.pages.helpers.seeing import elements, of_class, words
from tests.pages.simulation import settled
from tests.services.helpers.imports import connected

pytestmark = pytest.mark.usefixtures("asks_nothing")


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
