"""Connecting again, in place: the address changes, what the member decided stays."""

import json

import pytest

from oncall_ui.app import App
from oncall_ui.domain.availability.rules import Mode
from oncall_ui.domain.imports.failures import Failure
from oncall_ui.domain.imports.state import State
from oncall_ui.errors import InvalidInput, NotAllowed
from oncall_ui.models import Connection
from oncall_ui.services.connections.choose import Choice, choose, sync_now
from oncall_ui.services.connections.connect import connect, reconnect
from oncall_ui.services.connections.views import get_connection, list_connections
from oncall_ui.services.imports.claim import claim_due
from oncall_ui.services.imports.run import run_import
from tests.calendars import calendar, event
from tests.conftest import Person
from tests.fakes.feeds import FeedServer
from tests.services.helpers.imports import connected, import_due, only_calendar, stored


async def test_a_lost_address_is_replaced_and_every_setting_stays(app: App, alice: Person, feeds: FeedServer) -> None:
    connection_id = await connected(app, alice, feeds.serve("/old.ics", calendar(event("away"))), Mode.BLOCK)
    await import_due(app)
    feeds.remove("/old.ics")
    sync_now(app, alice.id, connection_id)
    await import_due(app)
    assert only_calendar(app, alice, connection_id).state is State.NEEDS_YOU
    before = only_calendar(app, alice, connection_id)

    new = feeds.serve("/new.ics", calendar(event("away"), event("away", days=9)))
    assert await reconnect(app, alice.id, connection_id, "", {"url": new}) == connection_id

    after = only_calendar(app, alice, connection_id)
    assert (after.id, after.is_on, after.mode, after.state) == (before.id, True, Mode.BLOCK, State.WAITING)
    assert len(stored(app)) == 1, "what was read before counts until the new address is read"
    assert get_connection(app, alice.id, connection_id).nickname == "Work"
    assert await import_due(app) == 1
    assert len(stored(app)) == 2


async def test_an_address_that_cannot_be_read_changes_nothing(app: App, alice: Person, feeds: FeedServer) -> None:
    old = feeds.serve("/old.ics", calendar(event("noc")))
    connection_id = await connected(app, alice, old)
    await import_due(app)
    before = get_connection(app, alice.id, connection_id)
    with pytest.raises(Failure):
        await reconnect(app, alice.id, connection_id, "New name", {"url": feeds.web_page("/new.ics")})
    assert get_connection(app, alice.id, connection_id) == before
    assert _address(app, connection_id) == old


async def test_an_import_of_the_old_address_that_is_still_running_does_not_finish(
    app: App, alice: Person, feeds: FeedServer
) -> None:
    connection_id = await connected(app, alice, feeds.serve("/old.ics", calendar(event("noc"))))
    (job,) = claim_due(app, 1)
    await reconnect(app, alice.id, connection_id, "", {"url": feeds.serve("/new.ics", calendar(event("nothing")))})
    await run_import(app, job)
    assert only_calendar(app, alice, connection_id).state is State.WAITING
    assert stored(app) == []


async def test_the_validators_of_the_old_address_are_not_shown_to_the_new_one(
    app: App, alice: Person, feeds: FeedServer
) -> None:
    connection_id = await connected(app, alice, feeds.serve("/old.ics", calendar(event("noc")), etag="1"))
    await import_due(app)
    new = feeds.serve("/new.ics", calendar(event("prefer oncall")), etag="1")
    await reconnect(app, alice.id, connection_id, "", {"url": new})
    await import_due(app)
    assert [action for _, action in stored(app)] == ["prefer"]


async def test_a_calendar_that_was_never_saved_is_not_read(app: App, alice: Person, feeds: FeedServer) -> None:
    connection_id = await connect(app, alice.id, "ics", "", {"url": feeds.serve("/old.ics", calendar(event("noc")))})
    await reconnect(app, alice.id, connection_id, "", {"url": feeds.serve("/new.ics", calendar(event("noc")))})
    assert await import_due(app) == 0


async def test_a_calendar_that_is_off_stays_off(app: App, alice: Person, feeds: FeedServer) -> None:
    connection_id = await connected(app, alice, feeds.serve("/old.ics", calendar(event("noc"))))
    off = Choice(is_on=False, mode=Mode.PREFER)
    choose(app, alice.id, connection_id, {only_calendar(app, alice, connection_id).id: off})
    await reconnect(app, alice.id, connection_id, "", {"url": feeds.serve("/new.ics", calendar(event("noc")))})
    found = only_calendar(app, alice, connection_id)
    assert (found.is_on, found.mode, found.state) == (False, Mode.PREFER, State.OFF)
    assert await import_due(app) == 0


async def test_what_is_connected_elsewhere_already_is_named(app: App, alice: Person, feeds: FeedServer) -> None:
    first = await connected(app, alice, feeds.serve("/a.ics", calendar(event("noc"))))
    other = feeds.serve("/b.ics", calendar(event("noc")))
    await connect(app, alice.id, "ics", "The other", {"url": other})
    with pytest.raises(InvalidInput) as caught:
        await reconnect(app, alice.id, first, "", {"url": other})
    assert (caught.value.field, "The other" in caught.value.sentence) == ("URL", True)
    assert _address(app, first) == feeds.url("/a.ics")


async def test_the_same_address_may_be_given_again(app: App, alice: Person, feeds: FeedServer) -> None:
    url = feeds.serve("/a.ics", calendar(event("noc")))
    connection_id = await connected(app, alice, url)
    assert await reconnect(app, alice.id, connection_id, "Renamed", {"url": url}) == connection_id
    assert [each.nickname for each in list_connections(app, alice.id)] == ["Renamed"]


async def test_somebody_elses_connection_is_neither_changed_nor_read_for(
    app: App, alice: Person, mallory: Person, feeds: FeedServer
) -> None:
    connection_id = await connected(app, alice, feeds.serve("/a.ics", calendar(event("noc"))))
    feeds.clear()
    with pytest.raises(NotAllowed):
        await reconnect(app, mallory.id, connection_id, "", {"url": feeds.serve("/evil.ics", calendar())})
    assert feeds.requests == []
    assert _address(app, connection_id) == feeds.url("/a.ics")


def _address(app: App, connection_id: int) -> str:
    with app.db.read() as session:
        row = session.get(Connection, connection_id)
        assert row is not None
        return str(json.loads(app.vault.open(row.sealed))["url"])
