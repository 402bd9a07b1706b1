"""What runs by itself, on a real scheduler."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from oncall_ui.domain.rules import Mode
from oncall_ui.domain.status import State
from oncall_ui.jobs import Jobs
from oncall_ui.services.connections import sync_now
from oncall_ui.services.installation import Installation
from oncall_ui.services.views import CalendarView
from tests.calendars import calendar, event
from tests.conftest import Person
from tests.fakes.feeds import FeedServer
from tests.services.importing import connected, only_calendar


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
