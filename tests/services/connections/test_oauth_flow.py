"""Signing in at a vendor: from the first click to a connection, in place, once, by the browser that began."""

from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlmodel import col, select, update

from oncall_ui.app import App
from oncall_ui.domain.accounts.login import LoginMethod
from oncall_ui.domain.imports.state import State
from oncall_ui.errors import NotAllowed, SignInFailed
from oncall_ui.models import AuthorizationRequest, Connection, now
from oncall_ui.services.accounts.logging_in.sessions import open_session, session_for
from oncall_ui.services.connections.disconnect import disconnect
from oncall_ui.services.connections.oauth_flow import SignInResult, finish
from oncall_ui.services.connections.refresh import refresh_calendars
from oncall_ui.services.connections.views import list_connections
from oncall_ui.services.privacy.erase import erase
from oncall_ui.settings import Settings
from tests.conftest import PASSWORD, Person
from tests.fakes.google import Google
from tests.fakes.graph import Microsoft
from tests.services.helpers.imports import import_due, make_due, stored
from tests.services.helpers.oauth import choose_all, sign_in, start
from tests.vendors import AtGoogle, AtMicrosoft, Vendor, registered, visit

pytestmark = pytest.mark.slow  # whole sign-ins


@pytest.fixture
def settings(settings: Settings, google: Google, microsoft: Microsoft) -> Settings:
    return registered(settings, google, microsoft)


@pytest.fixture(params=["google", "microsoft"])
def vendor(request: pytest.FixtureRequest, google: Google, microsoft: Microsoft) -> Vendor:
    return AtGoogle(google) if request.param == "google" else AtMicrosoft(microsoft)


async def test_a_sign_in_becomes_a_connection_with_its_primary_calendar_on(
    app: App, alice: Person, vendor: Vendor
) -> None:
    vendor.add_calendar("other")
    led = await sign_in(app, alice, vendor)
    (connection,) = list_connections(app, alice.id)
    assert (led.connection_id, connection.account) == (connection.id, vendor.account)
    assert {each.name: each.is_on for each in connection.calendars} == {
        "other": False,
        next(each.name for each in connection.calendars if each.is_on): True,
    }
    choose_all(app, alice, connection.id)
    await import_due(app)
    assert stored(app) == [(alice.id, "block")]


async def test_the_request_says_what_the_specifications_want(app: App, alice: Person, vendor: Vendor) -> None:
    asked = {key: values[0] for key, values in parse_qs(urlsplit(start(app, alice, vendor)).query).items()}
    assert asked["redirect_uri"] == f"http://localhost:8080/oauth/{vendor.authority}/callback"
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    assert len(asked["code_challenge"]) == 43 and len(asked["state"]) == 43
    with app.db.read() as session:
        (row,) = session.exec(select(AuthorizationRequest)).all()
    assert asked["state"] not in row.model_dump_json(), "only its hash is kept"


async def test_an_answer_counts_once(app: App, alice: Person, vendor: Vendor) -> None:
    answer = await visit(start(app, alice, vendor))
    await finish(app, alice.me, vendor.authority, answer)
    with pytest.raises(SignInFailed, match="already used"):
        await finish(app, alice.me, vendor.authority, answer)
    assert len(vendor.fake.requests("token")) == 1


async def test_an_answer_counts_in_the_browser_that_asked(
    app: App, alice: Person, mallory: Person, vendor: Vendor
) -> None:
    """Mallory can neither finish Alice's sign-in nor make Alice finish hers; nor can another browser of Alice's."""
    answer = await visit(start(app, alice, vendor))
    elsewhere = open_session(app, alice.id, LoginMethod.PASSWORD)
    for me in (mallory.me, session_for(app, elsewhere)):
        with pytest.raises(SignInFailed):
            await finish(app, me, vendor.authority, answer)
    assert list_connections(app, mallory.id) == list_connections(app, alice.id) == []
    assert not vendor.fake.requests("token")
    assert (await finish(app, alice.me, vendor.authority, answer)).connection_id


@pytest.mark.parametrize("answer", [{}, {"code": "x"}, {"state": "x", "code": "y"}, {"state": "", "error": "e"}])
@pytest.mark.once_on_postgresql
async def test_an_answer_nobody_asked_for_is_refused(
    app: App, alice: Person, vendor: Vendor, answer: Mapping[str, str]
) -> None:
    with pytest.raises(SignInFailed):
        await finish(app, alice.me, vendor.authority, answer)


async def test_an_answer_that_comes_by_another_vendors_address_is_refused(
    app: App, alice: Person, vendor: Vendor
) -> None:
    answer = await visit(start(app, alice, vendor))
    other = {"google": "microsoft", "microsoft": "google"}[vendor.authority]
    with pytest.raises(SignInFailed, match="a different provider"):
        await finish(app, alice.me, other, answer)
    assert not vendor.fake.requests("token")


async def test_whoever_takes_too_long_starts_again(app: App, alice: Person, vendor: Vendor) -> None:
    answer = await visit(start(app, alice, vendor))
    with app.db.write() as session:
        session.exec(update(AuthorizationRequest).values(expires_at=now()))
    with pytest.raises(SignInFailed, match="too long"):
        await finish(app, alice.me, vendor.authority, answer)


async def test_denying_connects_nothing_and_says_so(app: App, alice: Person, vendor: Vendor) -> None:
    vendor.fake.refuses = {"error": "access_denied"}
    with pytest.raises(SignInFailed, match="You didn’t allow it") as caught:
        await sign_in(app, alice, vendor)
    assert caught.value.product == vendor.product
    assert list_connections(app, alice.id) == []


async def test_without_the_calendars_box_ticked_nothing_is_connected(app: App, alice: Person, vendor: Vendor) -> None:
    vendor.untick()
    with pytest.raises(SignInFailed, match="leave every box ticked"):
        await sign_in(app, alice, vendor)
    assert list_connections(app, alice.id) == []


async def test_a_sign_in_that_gave_too_little_is_revoked_again(app: App, alice: Person, google: Google) -> None:
    vendor = AtGoogle(google)
    vendor.untick()
    with pytest.raises(SignInFailed, match="leave every box ticked"):
        await sign_in(app, alice, vendor)
    assert len(google.requests("revoke")) == 1


async def test_but_not_where_that_would_end_a_connection_of_the_same_account(
    app: App, alice: Person, bob: Person, google: Google
) -> None:
    vendor = AtGoogle(google)
    await sign_in(app, alice, vendor)
    vendor.untick()
    with pytest.raises(SignInFailed, match="leave every box ticked"):
        await sign_in(app, bob, vendor)
    assert not google.requests("revoke")


async def test_a_code_that_ran_out_is_told(app: App, alice: Person, vendor: Vendor) -> None:
    vendor.fake.code_seconds = 0
    with pytest.raises(SignInFailed, match="Start it again"):
        await sign_in(app, alice, vendor)


async def test_a_secret_that_ran_out_is_the_operators(app: App, alice: Person, vendor: Vendor) -> None:
    vendor.fake.client_secret = "another"
    with pytest.raises(SignInFailed, match="Your administrator"):
        await sign_in(app, alice, vendor)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (429, "gets too many requests from this server. Wait a few minutes"),
        (500, "unexpected answer"),
        (503, "unexpected answer"),
        (200, "unexpected answer"),
    ],
)
@pytest.mark.once_on_postgresql
async def test_a_token_endpoint_that_is_down_or_odd_is_told(
    app: App, alice: Person, vendor: Vendor, status: int, words: str
) -> None:
    vendor.fake.fail("token", status=status, body=b"<html>")
    with pytest.raises(SignInFailed, match=words):
        await sign_in(app, alice, vendor)
    assert list_connections(app, alice.id) == []


@pytest.mark.parametrize(
    ("status", "body"),
    [(401, b"{}"), (403, b"{}"), (404, b"{}"), (410, b"{}"), (429, b"{}"), (500, b""), (503, b""), (200, b"<html>")],
)
@pytest.mark.once_on_postgresql
async def test_a_list_of_calendars_that_never_comes_is_told_without_a_promise(
    app: App, alice: Person, vendor: Vendor, status: int, body: bytes
) -> None:
    """Nothing is connected yet, so nothing tries again by itself and there is nothing to reconnect."""
    vendor.fake.fail(
        {"google": "calendarList", "microsoft": "calendars"}[vendor.authority], status=status, body=body, times=None
    )
    with pytest.raises(SignInFailed) as caught:
        await sign_in(app, alice, vendor)
    said = str(caught.value)
    assert said.startswith({"google": "Google", "microsoft": "Microsoft"}[vendor.authority]) or "account" in said
    assert not [words for words in ("econnect", "no longer", "next import", "127.0.0.1") if words in said]
    assert "again" in said or "administrator" in said or "account" in said, "what to do"
    assert list_connections(app, alice.id) == []


async def test_the_same_account_again_is_the_same_connection_with_its_switches(
    app: App, alice: Person, vendor: Vendor
) -> None:
    vendor.add_calendar("other")
    first = await sign_in(app, alice, vendor)
    choose_all(app, alice, first.connection_id)
    vendor.fake.expire_access()
    again = await sign_in(app, alice, vendor)
    assert again == first
    (connection,) = list_connections(app, alice.id)
    assert all(each.is_on for each in connection.calendars)
    vendor.fake.expire_access()
    await import_due(app)
    assert {each.state for each in list_connections(app, alice.id)[0].calendars} == {State.UP_TO_DATE}


async def test_a_member_may_connect_several_accounts(app: App, alice: Person, vendor: Vendor) -> None:
    await sign_in(app, alice, vendor)
    vendor.add_account("second@example.com")
    vendor.fake.signed_in = "second@example.com"
    await sign_in(app, alice, vendor)
    first, second = list_connections(app, alice.id)
    assert (first.account, second.account) == (vendor.account, "second@example.com")
    product = app.product(vendor.product)
    assert product is not None
    assert (first.nickname, second.nickname) == (product.name, "second@example.com")


async def test_two_members_may_connect_the_same_account(app: App, alice: Person, bob: Person, vendor: Vendor) -> None:
    hers = await sign_in(app, alice, vendor)
    led = await sign_in(app, bob, vendor)
    if led.url:  # granted before, and what Alice keeps isn't Bob's: asked for once more
        led = await finish(app, bob.me, vendor.authority, await visit(led.url))
    assert led.connection_id != hers.connection_id
    # What is shared isn't taken from the other: no revocation while somebody uses it.
    assert await disconnect(app, bob.id, led.connection_id) == ""
    vendor.fake.expire_access()
    choose_all(app, alice, hers.connection_id)
    make_due(app)
    await import_due(app)
    assert list_connections(app, alice.id)[0].calendars[0].state is State.UP_TO_DATE


async def test_reconnecting_keeps_the_connection_and_wants_the_same_account(
    app: App, alice: Person, vendor: Vendor
) -> None:
    first = await sign_in(app, alice, vendor)
    choose_all(app, alice, first.connection_id)
    vendor.fake.revoke(vendor.account)
    vendor.fake.expire_access()
    await import_due(app)
    (lost,) = list_connections(app, alice.id)[0].calendars
    assert lost.state is State.NEEDS_YOU
    assert lost.next_import_at is None

    vendor.add_account("second@example.com")
    vendor.fake.signed_in = "second@example.com"
    with pytest.raises(SignInFailed, match="You signed in as second@") as caught:
        await sign_in(app, alice, vendor, reconnects=first.connection_id)
    assert caught.value.reconnects == first.connection_id

    vendor.fake.signed_in = vendor.account
    assert await sign_in(app, alice, vendor, reconnects=first.connection_id) == first
    await import_due(app)
    (found,) = list_connections(app, alice.id)[0].calendars
    assert (found.state, found.id) == (State.UP_TO_DATE, lost.id)


async def test_reconnecting_anothers_connection_is_not_possible(
    app: App, alice: Person, mallory: Person, vendor: Vendor
) -> None:
    led = await sign_in(app, alice, vendor)
    with pytest.raises(NotAllowed):
        start(app, mallory, vendor, reconnects=led.connection_id)


async def test_who_gives_free_and_busy_times_only_is_asked_for_no_more(app: App, alice: Person, vendor: Vendor) -> None:
    led = await sign_in(app, alice, vendor, free_busy_only=True)
    choose_all(app, alice, led.connection_id)
    await import_due(app)
    (calendar,) = list_connections(app, alice.id)[0].calendars
    assert (calendar.state, calendar.entries) == (State.UP_TO_DATE, 1), "every busy time blocks"
    asked = parse_qs(urlsplit(start(app, alice, vendor, reconnects=led.connection_id)).query)["scope"][0]
    assert "events.readonly" not in asked and "Calendars.Read " not in f"{asked} ", "and stays so when renewed"


async def test_what_the_connections_own_address_accepted_is_the_members(
    app: App, alice: Person, vendor: Vendor
) -> None:
    """Its address is another than that of her account here."""
    vendor.invite("accepted", "declined")
    led = await sign_in(app, alice, vendor)
    choose_all(app, alice, led.connection_id)
    await import_due(app)
    assert stored(app) == [(alice.id, "block")]


async def test_calendars_that_appear_are_off_and_those_that_go_say_so(app: App, alice: Person, vendor: Vendor) -> None:
    led = await sign_in(app, alice, vendor)
    vendor.add_calendar("new")
    await refresh_calendars(app, alice.id, led.connection_id)
    (connection,) = list_connections(app, alice.id)
    assert {each.is_on for each in connection.calendars if each.name == "new"} == {False}


async def test_disconnecting_revokes_at_google_and_erases_here(app: App, alice: Person, google: Google) -> None:
    vendor = AtGoogle(google)
    led = await sign_in(app, alice, vendor)
    assert await disconnect(app, alice.id, led.connection_id) == ""
    assert len(google.requests("revoke")) == 1
    assert list_connections(app, alice.id) == []


async def test_disconnecting_erases_here_even_when_google_is_down(app: App, alice: Person, google: Google) -> None:
    vendor = AtGoogle(google)
    led = await sign_in(app, alice, vendor)
    google.fail("revoke", status=503)
    assert "Remove this app in your account there" in await disconnect(app, alice.id, led.connection_id)
    assert list_connections(app, alice.id) == []


async def test_erasing_everything_revokes_at_google(app: App, alice: Person, google: Google) -> None:
    await sign_in(app, alice, AtGoogle(google))
    await erase(app, alice.id, PASSWORD)
    assert len(google.requests("revoke")) == 1


async def test_google_asked_again_hands_out_lasting_access(app: App, alice: Person, google: Google) -> None:
    """Granted before, at another server: no refresh token comes, so it is asked for once more."""
    vendor = AtGoogle(google)
    led = await sign_in(app, alice, vendor)
    with app.db.write() as session:
        session.delete(session.exec(select(Connection).where(col(Connection.id) == led.connection_id)).one())
    second = await sign_in(app, alice, vendor)
    assert second.url and not second.connection_id
    assert "consent" in parse_qs(urlsplit(second.url).query)["prompt"][0]
    done = await finish(app, alice.me, vendor.authority, await visit(second.url))
    assert done == SignInResult(list_connections(app, alice.id)[0].id)


async def test_an_administrator_who_has_to_allow_it_gets_a_link(app: App, alice: Person, microsoft: Microsoft) -> None:
    vendor = AtMicrosoft(microsoft)
    said = "AADSTS65001: The user or administrator has not consented to use the application."
    microsoft.refuses = {"error": "consent_required", "error_description": said}
    with pytest.raises(SignInFailed) as caught:
        await sign_in(app, alice, vendor)
    assert "/organizations/adminconsent?client_id=" in caught.value.link
    assert "AADSTS" not in caught.value.sentence
