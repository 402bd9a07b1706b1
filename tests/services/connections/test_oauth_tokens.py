"""Tokens: renewed in time, by one at a time, stored before use, and given up for good when the vendor says so."""

import asyncio
import json
from datetime import timedelta

import pytest
from sqlmodel import col, select, update

from oncall_ui.app import App
from oncall_ui.domain.imports.failures import Cause, MemberMustAct, TryLater
from oncall_ui.domain.imports.state import State
from oncall_ui.models import Calendar, Connection, now
from oncall_ui.services.connections.choose import sync_now
from oncall_ui.services.connections.oauth_tokens import LARGEST, access_token
from oncall_ui.services.connections.views import CalendarView, list_connections
from oncall_ui.settings import Settings
from providers.base import Product
from tests.conftest import Person
from tests.fakes.google import Google
from tests.fakes.graph import Microsoft
from tests.services.helpers.imports import import_due, make_due, stored
from tests.services.helpers.oauth import choose_all, sign_in
from tests.vendors import AtGoogle, AtMicrosoft, Vendor, registered

pytestmark = pytest.mark.slow  # whole sign-ins


@pytest.fixture
def settings(settings: Settings, google: Google, microsoft: Microsoft) -> Settings:
    return registered(settings, google, microsoft)


@pytest.fixture(params=["google", "microsoft"])
def vendor(request: pytest.FixtureRequest, google: Google, microsoft: Microsoft) -> Vendor:
    return AtGoogle(google) if request.param == "google" else AtMicrosoft(microsoft)


@pytest.fixture
async def connection_id(app: App, alice: Person, vendor: Vendor) -> int:
    """Two calendars on one account, both on and due."""
    vendor.add_calendar("other")
    led = await sign_in(app, alice, vendor)
    choose_all(app, alice, led.connection_id)
    return led.connection_id


def product(app: App, vendor: Vendor) -> Product:
    return next(each for each in app.products if each.key == vendor.product)


def refreshes(vendor: Vendor) -> int:
    return sum(each.form["grant_type"] == ["refresh_token"] for each in vendor.fake.requests("token"))


def credentials(app: App) -> dict[str, str]:
    with app.db.read() as session:
        return dict(json.loads(app.vault.open(session.exec(select(Connection.sealed)).one())))


def keep(app: App, **changed: str) -> None:
    with app.db.write() as session:
        row = session.exec(select(Connection)).one()
        row.sealed = app.vault.seal(json.dumps(credentials(app) | changed))


def calendars(app: App, person: Person) -> tuple[CalendarView, ...]:
    return list_connections(app, person.id)[0].calendars


async def test_a_grant_that_an_earlier_version_stored_as_lost_stays_revoked(
    app: App, vendor: Vendor, connection_id: int
) -> None:
    before = {key: value for key, value in credentials(app).items() if key != "revoked"}
    with app.db.write() as session:
        row = session.exec(select(Connection)).one()
        row.sealed = app.vault.seal(json.dumps(before | {"lost": "invalid_grant"}))
    with pytest.raises(MemberMustAct):
        await access_token(app, product(app, vendor), connection_id, "")
    assert refreshes(vendor) == 0


async def test_a_fresh_token_is_used_as_it_is(app: App, vendor: Vendor, connection_id: int) -> None:
    await import_due(app)
    assert refreshes(vendor) == 0


async def test_a_token_about_to_run_out_is_renewed_before(app: App, vendor: Vendor, connection_id: int) -> None:
    keep(app, expires_at=(now() + timedelta(seconds=30)).isoformat())
    await import_due(app)
    assert refreshes(vendor) == 1


async def test_a_token_the_vendor_refuses_is_renewed_once_and_the_import_goes_on(
    app: App, alice: Person, vendor: Vendor, connection_id: int
) -> None:
    vendor.fake.expire_access()
    await import_due(app)
    assert {each.state for each in calendars(app, alice)} == {State.UP_TO_DATE}
    assert refreshes(vendor) == 1, "the second calendar found it renewed"


async def test_a_refresh_token_serves_until_the_provider_sends_another(
    app: App, alice: Person, vendor: Vendor, connection_id: int
) -> None:
    first = credentials(app)["refresh_token"]
    for _ in range(2):
        vendor.fake.expire_access()
        make_due(app)
        await import_due(app)
    assert {each.state for each in calendars(app, alice)} == {State.UP_TO_DATE}
    assert (refreshes(vendor), credentials(app)["refresh_token"] == first) == (2, not vendor.fake.rotates)


async def test_many_at_once_make_one_renewal(app: App, vendor: Vendor, connection_id: int) -> None:
    stale = credentials(app)["access_token"]
    asked = [access_token(app, product(app, vendor), connection_id, stale) for _ in range(20)]
    assert len(set(await asyncio.gather(*asked))) == 1
    assert refreshes(vendor) == 1


async def test_a_rotated_refresh_token_is_stored_before_the_new_access_token_is_used(
    app: App, vendor: Vendor, connection_id: int
) -> None:
    vendor.fake.rotates = vendor.fake.spends = True
    before = credentials(app)
    token = await access_token(app, product(app, vendor), connection_id, before["access_token"])
    after = credentials(app)
    assert after["access_token"] == token
    assert after["refresh_token"] != before["refresh_token"]
    await access_token(app, product(app, vendor), connection_id, token)
    assert refreshes(vendor) == 2, "and works the next time"


async def test_a_renewal_is_stored_even_when_nobody_waits_for_it_any_more(
    app: App, vendor: Vendor, connection_id: int
) -> None:
    vendor.fake.rotates = vendor.fake.spends = True
    before = credentials(app)
    hold = vendor.fake.hold("token")
    asking = asyncio.create_task(access_token(app, product(app, vendor), connection_id, before["access_token"]))
    while not refreshes(vendor):
        await asyncio.sleep(0.02)
    asking.cancel()
    hold.release()
    async with asyncio.timeout(5):
        while credentials(app)["refresh_token"] == before["refresh_token"]:
            await asyncio.sleep(0.02)


async def test_a_grant_that_was_revoked_is_final(app: App, alice: Person, vendor: Vendor, connection_id: int) -> None:
    await import_due(app)
    before = stored(app)
    vendor.fake.revoke(vendor.account)
    make_due(app)
    while await import_due(app):
        pass
    assert {each.state for each in calendars(app, alice)} == {State.NEEDS_YOU}
    assert {each.cause for each in calendars(app, alice)} == {Cause.ACCESS_LOST}
    assert all("no longer lets us in" in each.why for each in calendars(app, alice))
    assert all(each.next_import_at is None for each in calendars(app, alice)), "the schedule stops"
    assert stored(app) == before, "what was read still counts"
    assert refreshes(vendor) == 1, "and nobody asks again"
    with pytest.raises(MemberMustAct):
        await access_token(app, product(app, vendor), connection_id, "")
    assert refreshes(vendor) == 1
    assert not credentials(app)["refresh_token"] + credentials(app)["access_token"], "nothing dead is kept"


async def test_the_other_calendars_of_the_account_learn_of_it_at_once(
    app: App, alice: Person, vendor: Vendor, connection_id: int
) -> None:
    await import_due(app)
    vendor.fake.revoke(vendor.account)
    first = calendars(app, alice)[0].id
    with app.db.write() as session:
        session.exec(update(Calendar).where(col(Calendar.id) == first).values(next_import_at=now()))
    assert await import_due(app) == 1
    assert await import_due(app) == 1, "the other one is due now, not in a quarter of an hour"
    assert {each.state for each in calendars(app, alice)} == {State.NEEDS_YOU}


async def test_google_in_testing_is_named_when_a_grant_dies_after_a_week(
    app: App, alice: Person, google: Google
) -> None:
    vendor = AtGoogle(google)
    led = await sign_in(app, alice, vendor)
    choose_all(app, alice, led.connection_id)
    keep(app, granted_at=(now() - timedelta(days=7, hours=1)).isoformat())
    google.revoke(vendor.account)
    await import_due(app)
    assert "Testing" in calendars(app, alice)[0].why


@pytest.mark.parametrize("status", [429, 500, 503])
@pytest.mark.once_on_postgresql
async def test_a_token_endpoint_that_is_down_is_tried_later(
    app: App, alice: Person, vendor: Vendor, connection_id: int, status: int
) -> None:
    vendor.fake.expire_access()
    vendor.fake.fail("token", status=status, retry_after="120", times=None)
    before = now()
    await import_due(app)
    for each in calendars(app, alice):
        assert each.state is State.RETRYING
        assert each.next_import_at is not None and each.next_import_at >= before + timedelta(seconds=120)
    vendor.fake.heal("token")
    make_due(app)
    await import_due(app)
    assert {each.state for each in calendars(app, alice)} == {State.UP_TO_DATE}


async def test_a_token_endpoints_wait_holds_for_every_calendar_of_the_account(
    app: App, alice: Person, vendor: Vendor, connection_id: int
) -> None:
    vendor.fake.expire_access()
    vendor.fake.fail("token", status=429, retry_after="600", times=None)
    with app.db.write() as session:
        first = session.exec(select(Calendar.id).order_by(col(Calendar.id))).first()
        session.exec(update(Calendar).where(col(Calendar.id) == first).values(next_import_at=now()))
        session.exec(
            update(Calendar).where(col(Calendar.id) != first).values(next_import_at=now() + timedelta(hours=1))
        )
    until = now() + timedelta(seconds=590)
    with pytest.raises(TryLater):
        await access_token(app, product(app, vendor), connection_id, credentials(app)["access_token"])
    assert all(each.next_import_at and each.next_import_at > until for each in calendars(app, alice))
    make_due(app)
    await import_due(app)
    asked, waits = refreshes(vendor), sync_now(app, alice.id, connection_id)
    assert waits is not None and waits > until
    await import_due(app)
    assert refreshes(vendor) == asked, "nobody is asked before that"


@pytest.mark.parametrize(
    ("number", "words"), [("700082", "not used for a long time"), ("53003", "Your organisation’s rules")]
)
async def test_a_refused_refresh_token_says_why_now_and_later(
    app: App, alice: Person, microsoft: Microsoft, number: str, words: str
) -> None:
    vendor = AtMicrosoft(microsoft)
    connection = (await sign_in(app, alice, vendor)).connection_id
    answer = {"error": "invalid_grant", "error_description": f"AADSTS{number}: Something."}
    microsoft.fail("token", status=400, body=answer)
    for _ in range(2):
        with pytest.raises(MemberMustAct) as caught:
            await access_token(app, product(app, vendor), connection, credentials(app)["access_token"])
        assert words in caught.value.sentence


async def test_an_account_that_microsoft_slows_down_keeps_its_grant(
    app: App, alice: Person, microsoft: Microsoft
) -> None:
    vendor = AtMicrosoft(microsoft)
    connection = (await sign_in(app, alice, vendor)).connection_id
    microsoft.fail("token", status=400, body={"error": "invalid_grant", "error_description": "AADSTS50196: Loop."})
    stale = credentials(app)["access_token"]
    with pytest.raises(TryLater):
        await access_token(app, product(app, vendor), connection, stale)
    assert await access_token(app, product(app, vendor), connection, stale) != stale


@pytest.mark.parametrize(
    ("status", "answer", "retry_after"),
    [
        (429, {"error": "invalid_client"}, "120"),
        (429, {"error": {"code": 429, "status": "RESOURCE_EXHAUSTED"}}, "120"),
        (403, {"error": "rate_limit_exceeded"}, "120"),
        (403, {"error": "rateLimitExceeded"}, None),
        (400, {"error": "temporarily_unavailable"}, None),
        (400, {"error": "slow_down"}, "120"),
        (400, {"error": "invalid_client"}, "120"),
    ],
)
@pytest.mark.once_on_postgresql
async def test_a_token_endpoint_that_asks_to_wait_is_waited_for(
    app: App,
    alice: Person,
    vendor: Vendor,
    connection_id: int,
    status: int,
    answer: dict[str, object],
    retry_after: str | None,
) -> None:
    stale = credentials(app)["access_token"]
    vendor.fake.fail("token", status=status, body=answer, retry_after=retry_after)
    with pytest.raises(TryLater) as caught:
        await access_token(app, product(app, vendor), connection_id, stale)
    assert caught.value.cause is Cause.BUSY
    assert caught.value.retry_after == (timedelta(seconds=120) if retry_after else None)
    assert await access_token(app, product(app, vendor), connection_id, stale) != stale, "the grant is still there"


@pytest.mark.parametrize(
    "body", [b'{"error": {"secret": "hunter2"}}', b"[" * 100_000, b"[" * 30_000, b'{"expires_in": ' + b"9" * 5_000]
)
@pytest.mark.once_on_postgresql
async def test_a_token_endpoint_that_makes_no_sense_is_tried_later(
    app: App, vendor: Vendor, connection_id: int, body: bytes
) -> None:
    vendor.fake.fail("token", status=400, body=body)
    with pytest.raises(TryLater) as caught:
        await access_token(app, product(app, vendor), connection_id, credentials(app)["access_token"])
    assert caught.value.cause is Cause.SERVER_ERROR
    assert "hunter2" not in f"{caught.value} {caught.value.sentence}"


async def test_the_largest_answer_that_is_parsed_in_place(app: App, vendor: Vendor, connection_id: int) -> None:
    for size, is_read in ((LARGEST + 1, False), (LARGEST, True)):
        body = b'{"access_token": "%s"}'
        token = b"a" * (size - len(body % b""))
        vendor.fake.fail("token", status=200, body=body % token)
        stale = credentials(app)["access_token"]
        if is_read:
            assert await access_token(app, product(app, vendor), connection_id, stale) == token.decode()
        else:
            with pytest.raises(TryLater) as caught:
                await access_token(app, product(app, vendor), connection_id, stale)
            assert caught.value.cause is Cause.SERVER_ERROR


async def test_a_secret_that_ran_out_is_the_operators_and_heals_by_itself(
    app: App, alice: Person, vendor: Vendor, connection_id: int
) -> None:
    vendor.fake.expire_access()
    secret, vendor.fake.client_secret = vendor.fake.client_secret, "renewed there, not here"
    with pytest.raises(TryLater) as caught:
        await access_token(app, product(app, vendor), connection_id, credentials(app)["access_token"])
    assert caught.value.cause is Cause.NOT_REGISTERED
    await import_due(app)
    assert {each.state for each in calendars(app, alice)} == {State.RETRYING}
    vendor.fake.client_secret = secret
    make_due(app)
    await import_due(app)
    assert {each.state for each in calendars(app, alice)} == {State.UP_TO_DATE}


async def test_signing_in_anew_meanwhile_counts_more_than_a_renewal(
    app: App, alice: Person, vendor: Vendor, connection_id: int
) -> None:
    stale = credentials(app)["access_token"]
    hold = vendor.fake.hold("token")
    asking = asyncio.create_task(access_token(app, product(app, vendor), connection_id, stale))
    while not refreshes(vendor):
        await asyncio.sleep(0.02)
    keep(app, access_token="of the new sign-in", refresh_token="of the new sign-in")
    hold.release()
    await asking
    assert credentials(app)["refresh_token"] == "of the new sign-in"
