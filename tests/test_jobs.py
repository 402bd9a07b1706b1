"""What runs by itself."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from sqlmodel import col, select, update

from oncall_ui.app import App
from oncall_ui.domain.availability.rules import Mode
from oncall_ui.domain.imports.state import State
from oncall_ui.hub import Change, SessionEnded
from oncall_ui.jobs import ALERT_EMAILS_LIMIT_SECONDS, Jobs
from oncall_ui.models import Calendar, LoginSession, now
from oncall_ui.security.http.client import AllowedHosts, GuardedHttp
from oncall_ui.services.connections.choose import sync_now
from oncall_ui.services.connections.connect import connect
from oncall_ui.services.connections.views import CalendarView, get_connection
from oncall_ui.services.imports.fetching.places import PER_HOST, PLACES, Lane
from oncall_ui.settings import Settings
from tests.calendars import calendar, event
from tests.conftest import Person
from tests.databases import settings
from tests.fakes.feeds import FeedServer
from tests.fakes.google import Google
from tests.fakes.graph import Microsoft
from tests.fakes.smtp import MailServer
from tests.services.helpers.imports import connected, import_due, only_calendar
from tests.services.helpers.oauth import choose_all, sign_in
from tests.vendors import AtMicrosoft, registered

__all__ = ["settings"]

pytestmark = pytest.mark.slow  # waits for the next look


@pytest.fixture
async def jobs(app: App) -> AsyncIterator[Jobs]:
    app.hub.start()
    running = Jobs(app)
    running.start()
    yield running
    await running.stop()


async def until(state: State, look: Callable[[], CalendarView], seconds: float = 60) -> CalendarView:
    async with asyncio.timeout(seconds):
        while (found := await asyncio.to_thread(look)).state is not state:
            await asyncio.sleep(0.05)
    return found


async def test_what_a_member_saves_is_imported_without_anybody_asking(
    app: App, alice: Person, feeds: FeedServer, jobs: Jobs
) -> None:
    connection_id = await connected(app, alice, feeds.serve("/work.ics", calendar(event("noc"))))
    found = await until(State.UP_TO_DATE, lambda: only_calendar(app, alice, connection_id))
    assert found.entries == 1


async def test_one_slow_server_holds_up_nobody_else(
    app: App, alice: Person, bob: Person, feeds: FeedServer, jobs: Jobs
) -> None:
    slow = await connected(app, alice, feeds.serve("/slow.ics", calendar(event("noc"))))
    with feeds.hold("/slow.ics"):
        sync_now(app, alice.id, slow)
        await until(State.IMPORTING, lambda: only_calendar(app, alice, slow))
        quick = await connected(app, bob, feeds.serve("/quick.ics", calendar(event("noc"))), Mode.BLOCK)
        await until(State.UP_TO_DATE, lambda: only_calendar(app, bob, quick))
    await until(State.UP_TO_DATE, lambda: only_calendar(app, alice, slow))


async def test_an_import_that_ends_makes_room_at_once(
    app: App, alice: Person, feeds: FeedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = calendar(event("noc"))
    monkeypatch.setitem(PLACES, Lane.FRESH, PER_HOST)
    ids = [await connected(app, alice, feeds.serve(f"/{at}.ics", body)) for at in range(3 * PLACES[Lane.FRESH] + 1)]
    running = Jobs(app, every=timedelta(hours=1))
    running.start()
    for each in ids:
        await until(State.UP_TO_DATE, partial(only_calendar, app, alice, each))
    await running.stop()


async def test_no_server_is_asked_more_at_once_however_many_calendars_are_due(
    app: App,
    alice: Person,
    bob: Person,
    mallory: Person,
    feeds: FeedServer,
    jobs: Jobs,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    body, ids = calendar(event("noc")), []
    monkeypatch.setitem(PLACES, Lane.FRESH, PER_HOST + 2)
    for number in range(2 * PLACES[Lane.FRESH]):
        person = (alice, bob, mallory)[number % 3]
        url = feeds.serve(f"/{number}.ics", body)
        ids.append((person, await connect(app, person.id, "ics", "Work", {"url": url})))
    feeds.clear()
    holds = [feeds.hold(f"/{number}.ics") for number in range(len(ids))]
    for person, each in ids:
        choose_all(app, person, each)
    most = 2 * PER_HOST  # a share of the places for fresh imports, and one of the patient places
    async with asyncio.timeout(60):
        while len(feeds.requests) < most:
            await asyncio.sleep(0.05)
    for _ in range(3):
        await jobs.look()
    states = [only_calendar(app, person, each).state for person, each in ids]
    assert (states.count(State.IMPORTING), states.count(State.WAITING)) == (most, len(ids) - most)
    assert len(feeds.requests) == most
    for hold in holds:
        hold.release()
    for person, each in ids:
        await until(State.UP_TO_DATE, partial(only_calendar, app, person, each))


async def test_microsoft_is_asked_four_things_at_once_however_many_imports_run(
    app: App, alice: Person, google: Google, microsoft: Microsoft, settings: Settings
) -> None:
    """The fake refuses a fifth and complains."""
    app = replace(app, settings=registered(settings, google, microsoft))
    app = replace(app, operator_http=GuardedHttp(AllowedHosts.parse("127.0.0.1")))
    connections = []
    for name in ("work", "home", "club"):
        vendor = AtMicrosoft(microsoft, account=f"{name}@contoso.example")
        for number in range(3):
            vendor.add_calendar(f"c{number}")
        connections.append((await sign_in(app, alice, vendor)).connection_id)
        choose_all(app, alice, connections[-1])
    for endpoint in ("calendar", "view"):
        microsoft.fail(endpoint, times=None, delay=0.6)
    running = Jobs(app)
    running.start()
    async with asyncio.timeout(120):
        for connection_id in connections:
            while any(each.state is not State.UP_TO_DATE for each in _calendars(app, alice, connection_id)):
                await asyncio.sleep(0.05)
    await running.stop()
    assert microsoft.most_at_once() == 4


def _calendars(app: App, person: Person, connection_id: int) -> tuple[CalendarView, ...]:
    return get_connection(app, person.id, connection_id).calendars


async def test_letters_are_sent_without_anybody_asking_and_hold_up_no_stop(
    app: App, alice: Person, feeds: FeedServer
) -> None:
    await connected(app, alice, feeds.serve("/work.ics", calendar(event("noc"))))
    feeds.remove("/work.ics")
    await import_due(app)
    with app.db.write() as session:
        session.exec(update(Calendar).values(broken_since=now() - timedelta(days=2)))
    with MailServer() as post:
        post.is_silent.set()
        ours = {"smtp_host": post.host, "smtp_port": post.port, "smtp_security": "none", "mail_from": "a@example.org"}
        running = Jobs(replace(app, settings=app.settings.model_copy(update=ours)))
        running.start()
        assert await asyncio.to_thread(post.heard.wait, 60)
        began = time.monotonic()
        await running.stop()
        assert time.monotonic() - began < ALERT_EMAILS_LIMIT_SECONDS / 10
        post.is_silent.clear()
        async with asyncio.timeout(60):
            while not post.taken:
                await asyncio.sleep(0.05)


async def test_sessions_that_have_expired_end_by_themselves(app: App, alice: Person, bob: Person) -> None:
    with app.db.write() as session:
        hers = update(LoginSession).where(col(LoginSession.id) == alice.me.session_id)
        session.exec(hers.values(last_used_at=now() - timedelta(days=14)))
    heard: set[Change] = set()
    app.hub.start()
    app.hub.subscribe(alice.id, heard.update)
    jobs = Jobs(app)
    jobs.start()
    async with asyncio.timeout(60):
        while SessionEnded(alice.id, alice.me.session_id) not in heard:
            await asyncio.sleep(0.05)
    await jobs.stop()
    with app.db.read() as session:
        assert session.exec(select(LoginSession.id)).all() == [bob.me.session_id]
