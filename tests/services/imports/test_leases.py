"""Who holds an import: one at a time, for as long as it lives, and only as it was asked for. On both databases."""

import asyncio
from datetime import timedelta

import pytest
from sqlmodel import select, update

from oncall_ui.app import App
from oncall_ui.domain.availability.rules import Mode
from oncall_ui.domain.imports.state import State
from oncall_ui.models import Calendar, now
from oncall_ui.services.connections.choose import Choice, choose
from oncall_ui.services.imports import run
from oncall_ui.services.imports.claim import claim_due
from oncall_ui.services.imports.run import QUIET_BEATS, run_import
from tests.calendars import calendar, event
from tests.conftest import Person
from tests.fakes.feeds import FeedServer
from tests.services.helpers.imports import connected, import_due, only_calendar, stored

BEAT = 0.1


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "HEARTBEAT_SECONDS", BEAT)


async def test_two_claims_never_hold_the_same_calendar(app: App, alice: Person, feeds: FeedServer) -> None:
    await connected(app, alice, feeds.serve("/work.ics", calendar(event("noc"))))
    claims = await asyncio.gather(*(asyncio.to_thread(claim_due, app, 10) for _ in range(8)))
    assert sum(len(jobs) for jobs in claims) == 1


async def test_an_import_whose_process_died_is_taken_up_when_its_lease_is_over(
    app: App, alice: Person, feeds: FeedServer
) -> None:
    connection_id = await connected(app, alice, feeds.serve("/work.ics", calendar(event("noc"))))
    (died,) = claim_due(app, 10)
    assert await import_due(app) == 0
    with app.db.write() as session:
        session.exec(update(Calendar).values(lease_until=now() - timedelta(seconds=1)))
    assert await import_due(app) == 1
    assert only_calendar(app, alice, connection_id).entries == 1
    feeds.replace("/work.ics", calendar())
    await run_import(app, died)
    assert only_calendar(app, alice, connection_id).entries == 1, "an import without its lease changes nothing"


async def test_settings_changed_during_an_import_win(app: App, alice: Person, feeds: FeedServer) -> None:
    connection_id = await connected(app, alice, feeds.serve("/work.ics", calendar(event("noc"))))
    (job,) = claim_due(app, 10)
    choose(app, alice.id, connection_id, {job.calendar_id: Choice(False, Mode.MATCHING)})
    await run_import(app, job)
    assert only_calendar(app, alice, connection_id).state is State.OFF
    assert stored(app) == []


async def test_a_mode_changed_during_an_import_wins(app: App, alice: Person, feeds: FeedServer) -> None:
    connection_id = await connected(app, alice, feeds.serve("/work.ics", calendar(event("noc"))))
    (job,) = claim_due(app, 10)
    choose(app, alice.id, connection_id, {job.calendar_id: Choice(True, Mode.PREFER)})
    await run_import(app, job)
    assert only_calendar(app, alice, connection_id).state is State.WAITING
    assert stored(app) == [], "read by the old mode"
    await import_due(app)
    assert stored(app) == [(alice.id, "prefer")]


async def test_a_running_import_keeps_its_lease_and_shows_progress(
    app: App, alice: Person, feeds: FeedServer, quick: None
) -> None:
    url = feeds.serve("/work.ics", calendar(event("noc")))
    await connected(app, alice, url)
    with feeds.hold("/work.ics") as held:
        (job,) = claim_due(app, 10)
        running = asyncio.create_task(run_import(app, job))
        await asyncio.to_thread(held.reached)
        before = _lease_end(app)
        async with asyncio.timeout(30):
            while _lease_end(app) <= before:
                await asyncio.sleep(0.05)
        held.release()
        await running


async def test_an_import_that_only_waits_writes_as_rarely_as_its_lease_allows(
    app: App, alice: Person, feeds: FeedServer, quick: None
) -> None:
    await connected(app, alice, feeds.serve("/work.ics", calendar(event("noc"))))
    with feeds.hold("/work.ics") as held:
        (job,) = claim_due(app, 10)
        before = _lease_end(app)
        running = asyncio.create_task(run_import(app, job))
        async with asyncio.timeout(30):
            while _lease_end(app) <= before:
                await asyncio.sleep(0.05)
        assert _lease_end(app) - before >= (QUIET_BEATS - 1) * BEAT
        held.release()
        await running


def _lease_end(app: App) -> float:
    with app.db.read() as session:
        end = session.exec(select(Calendar)).one().lease_until
        assert end is not None
        return end.timestamp()
