"""Stored credentials: moved to a new key, and what happens when no key opens them any more."""

from dataclasses import replace

import pytest
from pydantic import SecretStr
from sqlmodel import select

from oncall_ui.app import App, open_app
from oncall_ui.domain.imports.failures import Cause, MemberMustAct
from oncall_ui.domain.imports.state import State
from oncall_ui.errors import SignInFailed
from oncall_ui.models import Connection
from oncall_ui.security.vault import Vault, generate_key
from oncall_ui.services.connections.connect import connect
from oncall_ui.services.connections.credentials import KEY_LOST, rekey
from oncall_ui.services.connections.disconnect import disconnect
from oncall_ui.services.connections.oauth_flow import finish
from oncall_ui.services.connections.refresh import refresh_calendars
from oncall_ui.services.connections.views import list_connections
from oncall_ui.services.imports.preview import preview
from oncall_ui.settings import Settings
from tests.calendars import calendar, event
from tests.conftest import Person
from tests.fakes.feeds import FeedServer
from tests.fakes.google import Google
from tests.fakes.graph import Microsoft
from tests.fakes.radicale import PASSWORD, Radicale
from tests.services.helpers.imports import connected, import_due, only_calendar
from tests.services.helpers.oauth import sign_in, start
from tests.vendors import AtGoogle, registered, visit

OLD, NEW = generate_key(), generate_key()


@pytest.fixture
def settings(settings: Settings, google: Google, microsoft: Microsoft) -> Settings:
    return registered(settings, google, microsoft).model_copy(update={"secret_keys": SecretStr(OLD)})


def _with_keys(app: App, *keys: str) -> App:
    settings = app.settings.model_copy(update={"secret_keys": SecretStr(",".join(keys))})
    return open_app(settings, workers=app.workers)


async def test_a_new_key_takes_over_and_the_old_one_can_go(app: App, alice: Person, feeds: FeedServer) -> None:
    url = feeds.serve("/work.ics", calendar(event("noc")))
    first = await connect(app, alice.id, "ics", "Work", {"url": url})
    both = _with_keys(app, NEW, OLD)
    assert rekey(both) == 1
    assert rekey(both) == 0, "nothing is left to do"
    both.db.close()
    new = _with_keys(app, NEW)
    assert await connect(new, alice.id, "ics", "", {"url": url}) == first, "found again under the new key"
    assert len(list_connections(new, alice.id)) == 1
    new.db.close()


async def test_what_no_key_opens_is_left_alone(app: App, alice: Person, feeds: FeedServer) -> None:
    await connect(app, alice.id, "ics", "Work", {"url": feeds.serve("/work.ics", calendar(event("noc")))})
    with app.db.read() as session:
        before = session.exec(select(Connection.sealed)).one()
    other = _with_keys(app, NEW)
    assert rekey(other) == 0
    other.db.close()
    with app.db.read() as session:
        assert session.exec(select(Connection.sealed)).one() == before


def without_key(app: App) -> App:
    """The same installation, whose key was replaced instead of rotated."""
    return replace(app, vault=Vault([NEW]))


async def test_an_import_and_a_preview_without_the_key_say_so(app: App, alice: Person, feeds: FeedServer) -> None:
    connection_id = await connected(app, alice, feeds.serve("/work.ics", calendar(event("noc"))))
    calendar_id = only_calendar(app, alice, connection_id).id
    with pytest.raises(MemberMustAct) as caught:
        await preview(without_key(app), alice.id, calendar_id, lambda _: None)
    assert (caught.value.cause, caught.value.sentence) == (Cause.KEY_LOST, KEY_LOST)
    assert await import_due(without_key(app)) == 0
    found = only_calendar(app, alice, connection_id)
    assert (found.state, found.cause, found.why) == (State.NEEDS_YOU, Cause.KEY_LOST, KEY_LOST)
    assert found.next_import_at is None and found.broken_since is not None


async def test_looking_for_calendars_without_the_key_says_so(app: App, alice: Person, radicale: Radicale) -> None:
    radicale.make("rota", title="Rota")
    values = {"url": radicale.url, "user": "alice", "password": PASSWORD}
    connection_id = await connect(app, alice.id, "caldav", "Home", values)
    with pytest.raises(MemberMustAct) as caught:
        await refresh_calendars(without_key(app), alice.id, connection_id)
    assert caught.value.cause is Cause.KEY_LOST


async def test_a_grant_without_its_key_is_disconnected_but_not_revoked(app: App, alice: Person, google: Google) -> None:
    connection_id = (await sign_in(app, alice, AtGoogle(google))).connection_id
    assert await disconnect(without_key(app), alice.id, connection_id) == ""
    assert list_connections(app, alice.id) == []
    assert not google.requests("revoke")


async def test_a_grant_without_its_key_can_be_renewed(app: App, alice: Person, google: Google) -> None:
    first = await sign_in(app, alice, AtGoogle(google))
    again = without_key(app)
    assert await sign_in(again, alice, AtGoogle(google), reconnects=first.connection_id)


async def test_a_sign_in_under_way_when_the_key_is_replaced_starts_again(
    app: App, alice: Person, google: Google
) -> None:
    answer = await visit(start(app, alice, AtGoogle(google)))
    with pytest.raises(SignInFailed, match="Start the sign-in again"):
        await finish(without_key(app), alice.me, "google", answer)
