"""An address that accepted an invitation becomes the member's own from the preview."""

import asyncio

import pytest

from oncall_ui.app import App
from oncall_ui.services.accounts.addresses import list_addresses, remove_address
from tests.conftest import Person, person
from tests.fakes.feeds import FeedServer
from tests.pages.conftest import Browser
from tests.pages.helpers.forms import press, until
from tests.pages.helpers.preview import OTHER, answer, answers, at, emit, reasons
from tests.pages.helpers.seeing import of_class, words
from tests.pages.simulation import settled

pytestmark = pytest.mark.usefixtures("asks_nothing")


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


async def test_undo_while_the_calendar_is_read_again_reads_it_once_more(
    app: App, browser: Browser, bob: Person, work: int, feeds: FeedServer
) -> None:
    user = await at(browser, bob, work)
    await answers(user, "1 of 4 events of Work would count.")
    with feeds.hold("/work.ics") as held:
        emit(user, "trust", OTHER)
        await asyncio.to_thread(held.reached)
        press(user, "Undo")
        await until(lambda: len(feeds.requests) == 3)
        assert answer(user) == "1 of 4 events of Work would count.", "what is known stays until there is more"
    await until(lambda: [row["address"] for row in reasons(user).rows] == ["", OTHER])
    await settled(app.hub)
    assert answer(user) == "1 of 4 events of Work would count."


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
