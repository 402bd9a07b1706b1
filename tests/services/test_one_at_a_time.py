"""What two processes must not do at once: one waits, takes over from one that was killed, and leaves nothing behind."""

import asyncio
import json
from datetime import timedelta

import pytest
from sqlmodel import select, update

from oncall_ui.app import App
from oncall_ui.database.leases import Leases
from oncall_ui.models import Connection, Lease, now
from oncall_ui.services import one_at_a_time
from oncall_ui.services.connections.oauth_tokens import access_token
from oncall_ui.services.one_at_a_time import one_preview
from oncall_ui.settings import Settings
from providers.base import Product
from tests.conftest import Person
from tests.fakes.google import Google
from tests.fakes.graph import Microsoft
from tests.services.helpers.oauth import sign_in
from tests.two_processes import other
from tests.two_processes import settings as on_postgresql
from tests.vendors import AtGoogle, Vendor, registered

__all__ = ["on_postgresql", "other"]
pytestmark = pytest.mark.slow


@pytest.fixture
def settings(on_postgresql: Settings, google: Google, microsoft: Microsoft) -> Settings:
    return registered(on_postgresql, google, microsoft)


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(one_at_a_time, "LOOK_SECONDS", 0.02)


def leases_of(app: App) -> Leases:
    assert app.leases is not None
    return app.leases


def leases(app: App) -> list[str]:
    with app.db.read() as session:
        return [each.name for each in session.exec(select(Lease))]


def run_out(app: App) -> None:
    """As if the process that holds it had been killed a while ago."""
    with app.db.write() as session:
        session.exec(update(Lease).values(until=now() - timedelta(seconds=1)))


async def test_one_member_previews_in_one_process_at_a_time(app: App, other: App) -> None:
    begun: list[str] = []

    async def look(at: App, name: str, member_id: int) -> None:
        async with one_preview(at, member_id):
            begun.append(name)
            await asyncio.sleep(0.2)
            begun.append(f"{name} done")

    await asyncio.gather(look(app, "here", 1), look(other, "there", 1))
    assert begun in (["here", "here done", "there", "there done"], ["there", "there done", "here", "here done"])
    begun.clear()
    await asyncio.gather(look(app, "here", 1), look(other, "there", 2))
    assert set(begun[:2]) == {"here", "there"}, "another member doesn't wait"
    assert leases(app) == []


async def test_who_stops_waiting_or_previewing_leaves_nothing_behind(app: App, other: App) -> None:
    async def look(at: App) -> None:
        async with one_preview(at, 1):
            await asyncio.sleep(30)

    first = asyncio.create_task(look(app))
    while not leases(app):
        await asyncio.sleep(0.02)
    second = asyncio.create_task(look(other))
    await asyncio.sleep(0.1)
    for each in (second, first):
        each.cancel()
        await asyncio.wait({each})
    assert leases(app) == []


async def test_a_lease_is_renewed_while_it_is_used_and_taken_over_when_its_process_is_gone(
    app: App, other: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(one_at_a_time, "RENEWED_SECONDS", 0.05)
    async with one_preview(app, 1):
        run_out(app)
        await asyncio.sleep(0.3)
        assert not leases_of(other).take("preview 1", "other"), "renewed"
    assert leases_of(other).take("preview 1", "killed")
    run_out(app)
    async with asyncio.timeout(5), one_preview(app, 1):
        leases_of(other).renew("preview 1", "killed")  # it wasn't dead, only slow
        assert not leases_of(other).take("preview 1", "killed")
    with app.db.write() as session:
        session.add(Lease(name="preview 1", holder="x", until=now() + timedelta(hours=1)))
    assert leases_of(app).take("preview 1", "mine"), "the server's clock was set back"


@pytest.fixture
async def connection_id(app: App, alice: Person, google: Google) -> int:
    google.rotates = google.spends = True
    return (await sign_in(app, alice, AtGoogle(google))).connection_id


def credentials(app: App) -> dict[str, str]:
    with app.db.read() as session:
        return dict(json.loads(app.vault.open(session.exec(select(Connection.sealed)).one())))


def refreshes(google: Google) -> int:
    return sum(each.form["grant_type"] == ["refresh_token"] for each in google.requests("token"))


def product(app: App, vendor: Vendor) -> Product:
    return next(each for each in app.products if each.key == vendor.product)


async def test_a_refresh_token_that_works_once_is_used_once_by_two_processes(
    app: App, other: App, google: Google, connection_id: int
) -> None:
    stale = credentials(app)["access_token"]
    asked = [
        access_token(each, product(app, AtGoogle(google)), connection_id, stale)
        for _ in range(5)
        for each in (app, other)
    ]
    (token,) = set(await asyncio.gather(*asked))
    assert refreshes(google) == 1
    assert await access_token(other, product(app, AtGoogle(google)), connection_id, token) != token
    assert refreshes(google) == 2, "the token that replaced it was stored"


async def test_a_refresh_whose_process_was_killed_is_made_by_another(
    app: App, other: App, google: Google, connection_id: int
) -> None:
    assert leases_of(other).take(f"refresh {connection_id}", "killed before it asked")
    asking = asyncio.create_task(
        access_token(app, product(app, AtGoogle(google)), connection_id, credentials(app)["access_token"])
    )
    await asyncio.sleep(0.2)
    assert (refreshes(google), asking.done()) == (0, False)
    run_out(app)
    assert await asyncio.wait_for(asking, 5) == credentials(app)["access_token"]


async def test_what_a_process_that_hung_for_too_long_got_is_not_lost_to_anothers_refusal(
    app: App, other: App, google: Google, connection_id: int
) -> None:
    stale = credentials(app)["access_token"]
    hold = google.hold("token")
    slow = asyncio.create_task(access_token(app, product(app, AtGoogle(google)), connection_id, stale))
    while not refreshes(google):
        await asyncio.sleep(0.02)
    run_out(app)
    late = asyncio.create_task(access_token(other, product(app, AtGoogle(google)), connection_id, stale))
    while refreshes(google) < 2:
        await asyncio.sleep(0.02)
    hold.release()
    tokens = await asyncio.gather(slow, late, return_exceptions=True)
    kept = credentials(app)
    assert kept["access_token"] in tokens
    assert (kept["revoked"], kept["refresh_token"] == "") == ("", False)
