"""What runs by itself, on a real scheduler."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import update

from oncall_ui.domain.rules import Mode
from oncall_ui.domain.status import State
from oncall_ui.jobs import Jobs
from oncall_ui.models import Calendar, now
from oncall_ui.services.connections import sync_now
from oncall_ui.services.installation import Installation
from oncall_ui.services.views import CalendarView
from tests.calendars import calendar, event
from tests.conftest import Person
from tests.fakes.feeds import FeedServer
from tests.fakes.smtp import MailServer
from tests.services.importing import connected, import_due, only_calendar


@pytest.fixture
async def jobs(app: Installation) -> AsyncIterator[Jobs]:
    app.hub.start()
    running = Jobs(app)
    running.start()
    yield running
    await running.stop()


async def until(state: State, look: Callable[[], CalendarView], seconds: float = 15) -> CalendarView:
    async with asyncio.timeout(seconds):
        while (found := await asyncio.to_thread(look)).state is not state:
            await asyncio.sleep(0.1)
    return found


async def test_what_a_member_saves_is_imported_without_anybody_asking(
    app: Installation, alice: Person, feeds: FeedServer, jobs: Jobs
) -> None:
    connection_id = await connected(app, alice, feeds.serve("/work.ics", calendar(event("noc"))))
    found = await until(State.UP_TO_DATE, lambda: only_calendar(app, alice, connection_id))
    assert found.entries == 1


async def test_one_slow_server_holds_up_nobody_else(
    app: Installation, alice: Person, bob: Person, feeds: FeedServer, jobs: Jobs
) -> None:
    slow = await connected(app, alice, feeds.serve("/slow.ics", calendar(event("noc"))))
    with feeds.hold("/slow.ics"):
        sync_now(app, alice.id, slow)
        await until(State.IMPORTING, lambda: only_calendar(app, alice, slow))
        quick = await connected(app, bob, feeds.serve("/quick.ics", calendar(event("noc"))), Mode.BLOCK)
        await until(State.UP_TO_DATE, lambda: only_calendar(app, bob, quick))
    await until(State.UP_TO_DATE, lambda: only_calendar(app, alice, slow))


async def test_letters_are_sent_without_anybody_asking_and_hold_up_no_stop(
    app: Installation, alice: Person, feeds: FeedServer
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
        assert await asyncio.to_thread(post.heard.wait, 10)
        began = time.monotonic()
        await running.stop()
        assert time.monotonic() - began < 2
        post.is_silent.clear()
        async with asyncio.timeout(10):
            while not post.taken:
                await asyncio.sleep(0.05)
