"""A row that can’t be used fails alone and says why; every other calendar is imported. On both databases."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from sqlalchemy import text

from oncall_ui.app import App
from oncall_ui.domain.availability.rules import Mode
from oncall_ui.domain.imports.failures import Cause
from oncall_ui.domain.imports.state import State
from oncall_ui.models import now
from oncall_ui.services.accounts.profile import Profile, save_profile
from oncall_ui.services.connections.connect import connect
from oncall_ui.services.connections.views import CalendarView
from oncall_ui.services.imports.claim import claim_due
from oncall_ui.services.imports.damage import ADDRESSES_LOST
from oncall_ui.services.team.tags import read_tags, save_tags
from tests.calendars import calendar, event
from tests.conftest import Person
from tests.fakes.feeds import FeedServer
from tests.services.helpers.imports import connected, import_due, make_due, only_calendar, stored

pytestmark = pytest.mark.slow  # several imports a test

Connected = Callable[[Person, str], Awaitable[int]]


@pytest.fixture
def subscribed(app: App, feeds: FeedServer) -> Connected:
    async def subscribe(person: Person, path: str) -> int:
        return await connected(app, person, feeds.serve(path, calendar(event("noc"))))

    return subscribe


def is_sqlite(app: App) -> bool:
    return app.db.engine.dialect.name == "sqlite"


def damage(app: App, statement: str) -> None:
    """What no code of ours would write."""
    with app.db.engine.begin() as connection:
        connection.execute(text(statement))


async def both(app: App, alice: Person, bob: Person, subscribed: Connected, statement: str) -> CalendarView:
    """Alice's calendar, after hers was damaged and both were due; Bob's was imported all the same."""
    hers, his = await subscribed(alice, "/a.ics"), await subscribed(bob, "/b.ics")
    await import_due(app)
    make_due(app)
    before = now()
    damage(app, statement.format(calendar=only_calendar(app, alice, hers).id, connection=hers, member=alice.id))
    await import_due(app)
    found = only_calendar(app, bob, his)
    assert found.state is State.UP_TO_DATE
    assert found.last_read_at is not None and found.last_read_at > before
    assert await import_due(app) <= 1, "only what was reset is due again"
    return only_calendar(app, alice, hers)


async def test_an_unknown_time_zone_is_the_members_to_correct_and_then_it_goes_on(
    app: App, alice: Person, bob: Person, subscribed: Connected
) -> None:
    change = "UPDATE member SET zone = 'Mars/Olympus' WHERE id = {member}"
    found = await both(app, alice, bob, subscribed, change)
    assert (found.state, found.cause, found.entries) == (State.RETRYING, Cause.BAD_RECORD, 1)
    assert found.why == "Your time zone “Mars/Olympus” isn’t known to this server. Choose another in your profile."
    save_profile(app, alice.id, Profile("Alice", "Europe/Berlin"))
    assert await import_due(app) == 1
    assert only_calendar(app, alice, found.connection_id).state is State.UP_TO_DATE


async def test_a_product_that_is_gone_stops_only_its_own_calendars(
    app: App, alice: Person, bob: Person, subscribed: Connected
) -> None:
    change = "UPDATE connection SET product = 'abacus' WHERE id = {connection}"
    found = await both(app, alice, bob, subscribed, change)
    assert (found.state, found.cause) == (State.RETRYING, Cause.BAD_RECORD)
    assert found.why == "This server no longer imports this kind of calendar. Ask your administrator, or disconnect it."


@pytest.mark.parametrize("column", ["cursor", "problems", "suspected_loss"])
@pytest.mark.parametrize("value", ["{broken", "17", '["x"]', '{"a": 1}'])
async def test_what_an_import_left_behind_is_reset_and_read_again(
    app: App, alice: Person, bob: Person, subscribed: Connected, column: str, value: str
) -> None:
    if value == "{broken" and not is_sqlite(app):
        value = '"broken"'  # PostgreSQL takes valid JSON only
    quoted = value.replace(":", "\\:").replace("{", "{{").replace("}", "}}")
    change = f"UPDATE calendar SET {column} = '{quoted}' WHERE id = {{calendar}}"
    found = await both(app, alice, bob, subscribed, change)
    assert (found.state, found.entries, found.why) == (State.UP_TO_DATE, 1, "")
    assert stored(app) == [(alice.id, "block"), (bob.id, "block")]


@pytest.mark.parametrize("column", ["state", "mode"])
async def test_a_word_that_no_version_knows_stops_only_its_own_calendar(
    app: App, alice: Person, bob: Person, subscribed: Connected, column: str
) -> None:
    hers, his = await subscribed(alice, "/a.ics"), await subscribed(bob, "/b.ics")
    damage(app, f"UPDATE calendar SET {column} = 'odd' WHERE id = {only_calendar(app, alice, hers).id}")
    for _ in range(3):
        await import_due(app)
    assert only_calendar(app, bob, his).state is State.UP_TO_DATE
    with app.db.read() as session:
        row = session.execute(text(f"SELECT state, why, attempts FROM calendar WHERE connection_id = {hers}")).one()
    expected = ("up_to_date", "", 0) if column == "state" else ("retrying", "Something went wrong on this server. "
    "Its log says what.", 1)  # fmt: skip
    assert tuple(row) == expected, "how its events count can't be guessed"


async def test_a_time_that_is_none_is_reset(app: App, alice: Person, bob: Person, subscribed: Connected) -> None:
    if not is_sqlite(app):
        return  # PostgreSQL stores none
    found = await both(app, alice, bob, subscribed, "UPDATE calendar SET broken_since = 'x' WHERE id = {calendar}")
    assert found.state is State.UP_TO_DATE


async def test_without_the_accounts_own_addresses_its_calendars_wait_for_their_member(
    app: App, alice: Person, bob: Person, subscribed: Connected, feeds: FeedServer
) -> None:
    change = "UPDATE connection SET addresses = '{{\"a\"\\: 1}}' WHERE id = {connection}"
    found = await both(app, alice, bob, subscribed, change)
    assert (found.state, found.cause, found.why) == (State.NEEDS_YOU, Cause.BAD_RECORD, ADDRESSES_LOST)
    await connect(app, alice.id, "ics", "Work", {"url": feeds.url("/a.ics")})
    assert await import_due(app) == 1
    assert only_calendar(app, alice, found.connection_id).state is State.UP_TO_DATE


async def test_damaged_tags_stop_the_calendars_they_decide_for_until_they_are_saved_again(
    app: App, alice: Person, bob: Person, feeds: FeedServer, subscribed: Connected
) -> None:
    hers = await subscribed(alice, "/a.ics")
    his = await connected(app, bob, feeds.serve("/b.ics", calendar(event("Lunch"))), Mode.BLOCK)
    save_tags(app, alice.id, ["away"], ["fine"])
    damage(app, "UPDATE team SET block_tags = '%s'" % ("[broken" if is_sqlite(app) else '"away"'))
    await import_due(app)
    found = only_calendar(app, alice, hers)
    assert (found.state, found.cause) == (State.RETRYING, Cause.BAD_RECORD)
    assert found.why == "Your team’s tags were damaged on this server. Ask your administrator to save them again."
    assert only_calendar(app, bob, his).state is State.UP_TO_DATE
    usual = read_tags(app, alice.id)
    save_tags(app, alice.id, usual.block, usual.prefer)
    await import_due(app)
    assert only_calendar(app, alice, hers).state is State.UP_TO_DATE


async def test_an_app_without_a_product_says_so(app: App, alice: Person, subscribed: Connected) -> None:
    hers = await subscribed(alice, "/a.ics")
    assert claim_due(replace(app, products=()), 10) == []
    assert only_calendar(app, alice, hers).cause is Cause.BAD_RECORD
