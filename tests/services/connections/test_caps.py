"""What one member may have and do at once."""

import asyncio
from dataclasses import replace

import pytest

from oncall_ui.app import App
from oncall_ui.errors import InvalidInput
from oncall_ui.services.connections.caps import checking
from oncall_ui.services.connections.connect import connect, get_product
from oncall_ui.services.connections.views import list_connections
from tests.calendars import calendar, event
from tests.conftest import Person
from tests.fakes.feeds import FeedServer


def limited(app: App, **limits: int) -> App:
    return replace(app, settings=app.settings.model_copy(update=limits))


async def test_one_connection_too_many_is_refused_and_the_same_one_again_is_not(
    app: App, alice: Person, bob: Person, feeds: FeedServer
) -> None:
    app = limited(app, max_connections=2)
    urls = [feeds.serve(f"/{number}.ics", calendar(event("noc"))) for number in range(3)]
    for url in urls[:2]:
        await connect(app, alice.id, "ics", "Work", {"url": url})
    with pytest.raises(InvalidInput, match="You have 2 connections, the most this server allows") as refused:
        await connect(app, alice.id, "ics", "Work", {"url": urls[2]})
    assert refused.value.field == "URL"
    await connect(app, alice.id, "ics", "Renamed", {"url": urls[0]})
    await connect(app, bob.id, "ics", "Work", {"url": urls[2]})
    assert len(list_connections(app, alice.id)) == 2


async def test_checks_at_once_are_few_per_member(app: App, alice: Person, bob: Person, feeds: FeedServer) -> None:
    app = limited(app, max_checks=2)
    url = feeds.serve("/work.ics", calendar(event("noc")))
    ics = get_product(app, "ics")
    with checking(app, alice.id, ics), checking(app, alice.id, ics):
        with pytest.raises(InvalidInput, match="2 checks are already running"):
            await connect(app, alice.id, "ics", "Work", {"url": url})
        await connect(app, bob.id, "ics", "Work", {"url": url})
    await connect(app, alice.id, "ics", "Work", {"url": url})
    assert not app.checks


async def test_of_many_at_once_the_first_are_checked(app: App, alice: Person, feeds: FeedServer) -> None:
    app = limited(app, max_checks=3)
    urls = [feeds.serve(f"/{number}.ics", calendar(event("noc"))) for number in range(10)]
    found = await asyncio.gather(
        *(connect(app, alice.id, "ics", f"Work {url[-5]}", {"url": url}) for url in urls), return_exceptions=True
    )
    assert sum(isinstance(each, InvalidInput) for each in found) == 7
    assert len(list_connections(app, alice.id)) == 3
