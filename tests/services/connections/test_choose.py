"""What a member connects is read first, stored whole or not at all, and theirs alone."""

import pytest
from sqlmodel import select

from oncall_ui.app import App
from oncall_ui.domain.availability.rules import Mode
from oncall_ui.domain.imports.failures import Cause, Failure
from oncall_ui.errors import InvalidInput, NotAllowed
from oncall_ui.models import Availability, Calendar, Connection
from oncall_ui.services.connections.choose import Choice, choose, sync_now
from oncall_ui.services.connections.connect import connect
from oncall_ui.services.connections.disconnect import disconnect
from oncall_ui.services.connections.views import get_connection, list_connections
from tests.calendars import calendar, event
from tests.conftest import Person
from tests.fakes.feeds import FeedServer
from tests.services.helpers.imports import connected, import_due, only_calendar

SECRET = "s3cret-feed-token"


async def test_a_feed_comes_with_its_own_name_and_switched_on(app: App, alice: Person, feeds: FeedServer) -> None:
    url = feeds.serve("/work.ics", calendar(event("noc"), name="Platform rota"))
    connection_id = await connect(app, alice.id, "ics", "My rota", {"url": url})
    connection = get_connection(app, alice.id, connection_id)
    assert (connection.nickname, [(each.name, each.own_name) for each in connection.calendars]) == (
        "My rota",
        [("My rota", "Platform rota")],
    )
    assert [each.is_on for each in connection.calendars] == [True]
    assert await import_due(app) == 0, "nothing is read before the member has saved"


async def test_a_feed_without_a_name_takes_the_nickname(app: App, alice: Person, feeds: FeedServer) -> None:
    body = calendar(event("noc")).replace(b"X-WR-CALNAME:Work\r\n", b"")
    connection_id = await connect(app, alice.id, "ics", "Rota", {"url": feeds.serve("/work.ics", body)})
    assert only_calendar(app, alice, connection_id).name == "Rota"


async def test_webcal_addresses_are_read_over_https(app: App, alice: Person) -> None:
    with pytest.raises(Failure) as caught:
        await connect(app, alice.id, "ics", "", {"url": "webcal://127.0.0.1:1/work.ics"})
    assert caught.value.cause is Cause.UNREACHABLE


@pytest.mark.parametrize(
    ("prepare", "cause"),
    [
        (lambda feeds: feeds.remove("/x.ics"), Cause.NOT_FOUND),
        (lambda feeds: feeds.serve("/x.ics", calendar(), user="alice", password="right"), Cause.NEEDS_PASSWORD),
        (lambda feeds: feeds.web_page("/x.ics"), Cause.WEB_PAGE),
        (lambda feeds: feeds.serve("/x.ics", b"\x00\x01\x02 no calendar"), Cause.UNREADABLE),
        (lambda feeds: feeds.serve("/x.ics", calendar(event("noc"))[:-30]), Cause.TRUNCATED),
        (lambda feeds: feeds.refuse("/x.ics", status=500), Cause.SERVER_ERROR),
        (lambda feeds: feeds.redirect("/x.ics", to="http://10.0.0.1/x.ics"), Cause.ADDRESS_NOT_ALLOWED),
    ],
    ids=["gone", "needs password", "web page", "not a calendar", "truncated", "server error", "inside redirect"],
)
@pytest.mark.once_on_postgresql
async def test_what_cannot_be_read_is_named_and_leaves_nothing_behind(
    app: App, alice: Person, feeds: FeedServer, prepare: object, cause: Cause
) -> None:
    feeds.serve("/x.ics", b"")
    prepare(feeds)  # type: ignore[operator]  # a table of small functions
    with pytest.raises(Failure) as caught:
        await connect(app, alice.id, "ics", "Work", {"url": feeds.url("/x.ics")})
    assert caught.value.cause is cause
    assert caught.value.sentence.endswith(".")
    assert list_connections(app, alice.id) == []


async def test_a_protected_feed_is_read_with_its_password(app: App, alice: Person, feeds: FeedServer) -> None:
    url = feeds.serve("/work.ics", calendar(event("noc")), user="alice", password="opensesame")
    values = {"url": url, "user": "alice", "password": "opensesame"}
    connection_id = await connect(app, alice.id, "ics", "Work", values)
    choose(app, alice.id, connection_id, {only_calendar(app, alice, connection_id).id: Choice(True, Mode.MATCHING)})
    await import_due(app)
    assert only_calendar(app, alice, connection_id).entries == 1


async def test_connecting_the_same_address_again_finds_the_same_connection(
    app: App, alice: Person, bob: Person, feeds: FeedServer
) -> None:
    url = feeds.serve("/work.ics", calendar(event("noc")))
    first = await connected(app, alice, url, Mode.BLOCK)
    again = await connect(app, alice.id, "ics", "", {"url": url})
    assert again == first
    assert only_calendar(app, alice, first).mode is Mode.BLOCK
    assert await connect(app, bob.id, "ics", "", {"url": url}) != first


@pytest.mark.parametrize(
    "values",
    [{}, {"url": ""}, {"url": "   "}],
)
async def test_an_empty_field_is_named(app: App, alice: Person, values: dict[str, str]) -> None:
    with pytest.raises(InvalidInput) as caught:
        await connect(app, alice.id, "ics", "Work", values)
    assert caught.value.field == "URL"


async def test_nothing_secret_is_stored_in_clear_or_shown(app: App, alice: Person, feeds: FeedServer) -> None:
    url = feeds.serve(f"/{SECRET}/work.ics", calendar(event("noc")), user="alice", password="opensesame")
    values = {"url": url, "user": "alice", "password": "opensesame"}
    connection_id = await connect(app, alice.id, "ics", "Work", values)
    with app.db.read() as session:
        row = session.exec(select(Connection)).one()
    assert SECRET not in row.model_dump_json() and "opensesame" not in row.model_dump_json()
    assert SECRET not in repr(get_connection(app, alice.id, connection_id))


async def test_disconnecting_removes_credentials_calendars_and_availability(
    app: App, alice: Person, feeds: FeedServer
) -> None:
    connection_id = await connected(app, alice, feeds.serve("/work.ics", calendar(event("noc"))))
    await import_due(app)
    await disconnect(app, alice.id, connection_id)
    with app.db.read() as session:
        for table in (Connection, Calendar, Availability):
            assert session.exec(select(table)).all() == []


async def test_another_members_connection_is_as_good_as_none(
    app: App, alice: Person, mallory: Person, feeds: FeedServer
) -> None:
    connection_id = await connected(app, alice, feeds.serve("/work.ics", calendar(event("noc"))))
    calendar_id = only_calendar(app, alice, connection_id).id
    assert list_connections(app, mallory.id) == []
    for attempt in (
        lambda: get_connection(app, mallory.id, connection_id),
        lambda: choose(app, mallory.id, connection_id, {calendar_id: Choice(False, Mode.BLOCK)}),
        lambda: sync_now(app, mallory.id, connection_id),
        lambda: get_connection(app, mallory.id, 999_999),
    ):
        with pytest.raises(NotAllowed):
            attempt()
    with pytest.raises(NotAllowed):
        await disconnect(app, mallory.id, connection_id)
    assert only_calendar(app, alice, connection_id).is_on


async def test_a_calendar_of_another_connection_cannot_be_slipped_in(
    app: App, alice: Person, mallory: Person, feeds: FeedServer
) -> None:
    theirs = await connected(app, alice, feeds.serve("/a.ics", calendar(event("noc"))))
    own = await connected(app, mallory, feeds.serve("/m.ics", calendar(event("noc"))))
    with pytest.raises(NotAllowed):
        choose(app, mallory.id, own, {only_calendar(app, alice, theirs).id: Choice(False, Mode.BLOCK)})
    assert only_calendar(app, alice, theirs).is_on


async def test_products_that_are_not_built_cannot_be_connected(app: App, alice: Person) -> None:
    for key in ("google", "outlook", "nonsense"):
        with pytest.raises(NotAllowed):
            await connect(app, alice.id, key, "Work", {})
