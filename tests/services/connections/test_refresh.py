"""A connection that holds several calendars: which are on at first, which come and which go."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from oncall_ui.app import App
from oncall_ui.domain.availability.rules import Mode
from oncall_ui.domain.imports.failures import Cause, Failure
from oncall_ui.domain.imports.state import State
from oncall_ui.errors import InvalidInput, NotAllowed
from oncall_ui.models import Connection
from oncall_ui.services.connections.choose import Choice, choose, sync_now
from oncall_ui.services.connections.connect import connect, get_product, put_in_place
from oncall_ui.services.connections.refresh import refresh_calendars
from oncall_ui.services.connections.views import CalendarView, get_connection
from providers.base import Discovery, RemoteCalendar
from tests.calendars import calendar, event
from tests.conftest import Person
from tests.fakes.feeds import FeedServer
from tests.fakes.radicale import PASSWORD, Radicale
from tests.services.helpers.imports import connected, import_due, stored

pytestmark = pytest.mark.slow  # waits for tokens


@pytest.fixture
def radicale(tmp_path: Path) -> Iterator[Radicale]:
    with Radicale(tmp_path / "radicale") as server:
        server.hold("personal", {"1": event("noc")}, title="Personal")
        server.hold("rota", {"1": event("Shift", days=4), "2": event("Shift", days=6)}, title="Rota")
        yield server


async def test_all_calendars_are_kept_and_only_the_primary_one_is_on(
    app: App, alice: Person, radicale: Radicale
) -> None:
    connection_id = await connect(app, alice.id, "caldav", "", typed(radicale))
    connection = get_connection(app, alice.id, connection_id)
    assert {each.name: each.is_on for each in connection.calendars} == {"Personal": True, "Rota": False}
    assert (connection.nickname, connection.account) == ("alice at 127.0.0.1", "alice at 127.0.0.1")


@pytest.mark.parametrize("key", ["url", "user", "password"])
async def test_every_field_of_the_form_is_needed(app: App, alice: Person, radicale: Radicale, key: str) -> None:
    with pytest.raises(InvalidInput):
        await connect(app, alice.id, "caldav", "", typed(radicale) | {key: " "})
    assert radicale.requests == []


async def test_the_password_is_nowhere_in_the_database(app: App, alice: Person, radicale: Radicale) -> None:
    connection_id = await connect(app, alice.id, "caldav", "Mine", typed(radicale))
    with app.db.read() as session:
        row = session.get(Connection, connection_id)
        assert row is not None
        assert PASSWORD not in repr(row.model_dump())


async def test_connecting_the_account_again_keeps_every_setting(app: App, alice: Person, radicale: Radicale) -> None:
    first = await chosen(app, alice, radicale)
    before = named(app, alice, first)
    again = await connect(app, alice.id, "caldav", "", typed(radicale) | {"url": radicale.url_of("rota")})
    assert again == first
    after = named(app, alice, first)
    assert {name: (each.id, each.is_on, each.mode) for name, each in after.items()} == {
        name: (each.id, each.is_on, each.mode) for name, each in before.items()
    }


async def test_each_calendar_is_imported_by_its_own_rules(app: App, alice: Person, radicale: Radicale) -> None:
    await chosen(app, alice, radicale)
    assert await import_due(app) == 2
    assert [action for _, action in stored(app)] == ["block", "prefer", "prefer"]


async def test_a_wrong_password_later_needs_the_member_and_keeps_what_was_read(
    app: App, alice: Person, radicale: Radicale
) -> None:
    connection_id = await chosen(app, alice, radicale)
    await import_due(app)
    radicale.change_password("another")
    sync_now(app, alice.id, connection_id)
    await import_due(app)
    assert {each.state for each in named(app, alice, connection_id).values()} == {State.NEEDS_YOU}
    assert len(stored(app)) == 3


async def test_a_calendar_that_appeared_is_listed_switched_off(app: App, alice: Person, radicale: Radicale) -> None:
    connection_id = await chosen(app, alice, radicale)
    await import_due(app)
    before = named(app, alice, connection_id)
    radicale.make("climbing", title="Climbing")
    radicale.make("rota", title="Rota 2027")
    await refresh_calendars(app, alice.id, connection_id)
    after = named(app, alice, connection_id)
    assert (after["Climbing"].is_on, after["Climbing"].state) == (False, State.OFF)
    assert after["Rota 2027"].id == before["Rota"].id
    assert after["Personal"] == before["Personal"], "looking is not importing"


async def test_two_browsers_that_look_at_once_add_it_once(app: App, alice: Person, radicale: Radicale) -> None:
    connection_id = await chosen(app, alice, radicale)
    radicale.make("climbing", title="Climbing")
    await asyncio.gather(*(refresh_calendars(app, alice.id, connection_id) for _ in range(4)))
    assert sum(each.name == "Climbing" for each in get_connection(app, alice.id, connection_id).calendars) == 1


async def test_calendars_that_went_say_so_and_what_was_read_still_counts(
    app: App, alice: Person, radicale: Radicale
) -> None:
    radicale.make("old", title="Old")
    connection_id = await chosen(app, alice, radicale)
    await import_due(app)
    radicale.remove("old")
    radicale.remove("rota")
    await refresh_calendars(app, alice.id, connection_id)
    assert await import_due(app) == 1, "the one that was on is tried"
    found = named(app, alice, connection_id)
    assert [(found[name].state, found[name].cause) for name in ("Old", "Rota", "Personal")] == [
        (State.OFF, Cause.NOT_FOUND),
        (State.NEEDS_YOU, Cause.NOT_FOUND),
        (State.UP_TO_DATE, None),
    ]
    assert "no longer has this calendar" in found["Old"].why
    assert len(stored(app)) == 3


async def test_a_calendar_that_came_back_is_read_again_with_its_settings(
    app: App, alice: Person, radicale: Radicale
) -> None:
    connection_id = await chosen(app, alice, radicale)
    radicale.remove("rota")
    await import_due(app)
    assert named(app, alice, connection_id)["Rota"].state is State.NEEDS_YOU
    radicale.hold("rota", {"1": event("Shift")}, title="Rota")
    await refresh_calendars(app, alice.id, connection_id)
    rota = named(app, alice, connection_id)["Rota"]
    assert (rota.state, rota.mode, rota.why, rota.cause) == (State.WAITING, Mode.PREFER, "", None)
    assert await import_due(app) == 1


async def test_a_server_that_does_not_answer_changes_nothing(app: App, alice: Person, radicale: Radicale) -> None:
    connection_id = await chosen(app, alice, radicale)
    before = get_connection(app, alice.id, connection_id)
    radicale.refuse(503)
    with pytest.raises(Failure):
        await refresh_calendars(app, alice.id, connection_id)
    assert get_connection(app, alice.id, connection_id) == before


async def test_a_list_that_arrives_after_the_connection_leads_elsewhere_is_dropped(
    app: App, alice: Person, radicale: Radicale
) -> None:
    connection_id = await chosen(app, alice, radicale)
    radicale.make("climbing", title="Climbing")
    elsewhere = Discovery("alice at other.example.org", "other", (RemoteCalendar("/home/", "Home"),))
    product = get_product(app, "caldav")
    radicale.meanwhile(lambda: put_in_place(app, alice.id, connection_id, product, "", typed(radicale), elsewhere))
    await refresh_calendars(app, alice.id, connection_id)
    found = named(app, alice, connection_id)
    assert found.keys() == {"Personal", "Rota", "Home"}, "Climbing is of the former account"
    assert {each.cause for each in found.values()} == {None}


async def test_a_feed_is_not_asked_which_calendars_it_has(app: App, alice: Person, feeds: FeedServer) -> None:
    connection_id = await connected(app, alice, feeds.serve("/work.ics", calendar(event("noc"))))
    feeds.clear()
    await refresh_calendars(app, alice.id, connection_id)
    assert feeds.requests == []


async def test_nobody_looks_at_another_members_connection(
    app: App, alice: Person, mallory: Person, radicale: Radicale
) -> None:
    connection_id = await chosen(app, alice, radicale)
    with pytest.raises(NotAllowed):
        await refresh_calendars(app, mallory.id, connection_id)


def typed(radicale: Radicale) -> dict[str, str]:
    return {"url": radicale.url, "user": radicale.user, "password": PASSWORD}


async def chosen(app: App, person: Person, radicale: Radicale) -> int:
    """A connection of which Personal counts by its tags and every event of Rota is preferred."""
    connection_id = await connect(app, person.id, "caldav", "", typed(radicale))
    found = named(app, person, connection_id)
    choices = {found["Personal"].id: Choice(True, Mode.MATCHING), found["Rota"].id: Choice(True, Mode.PREFER)}
    choose(app, person.id, connection_id, choices)
    return connection_id


def named(app: App, person: Person, connection_id: int) -> dict[str, CalendarView]:
    return {each.name: each for each in get_connection(app, person.id, connection_id).calendars}
