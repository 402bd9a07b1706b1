"""Calendars that would wait for ever: written by a clock that was ahead, or locked by a key that is back."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import col, select, update

from oncall_ui.app import App
from oncall_ui.domain.imports.failures import Cause
from oncall_ui.domain.imports.state import State
from oncall_ui.models import Calendar, now
from oncall_ui.security.vault import Vault, generate_key
from oncall_ui.services.imports import state
from oncall_ui.services.imports.claim import claim_due
from oncall_ui.services.imports.recover import repair_times, resume_unlocked
from oncall_ui.services.imports.run import run_import
from tests.calendars import calendar, event
from tests.conftest import Person
from tests.fakes.feeds import FeedServer
from tests.services.helpers.imports import connected, import_due, make_due, only_calendar

TIMES = ("state_since", "last_read_at", "last_changed_at", "broken_since", "next_import_at", "lease_until")
IMPOSSIBLE = [timedelta(hours=1), timedelta(days=61)]


def row(app: App) -> Calendar:
    with app.db.read() as session:
        return session.exec(select(Calendar)).one()


def set_clock_back(app: App, by: timedelta) -> None:
    """Every row was written by a clock that was ahead by this much."""
    with app.db.write() as session:
        for calendar_ in session.exec(select(Calendar)).all():
            moved = {name: value + by for name in TIMES if (value := getattr(calendar_, name)) is not None}
            session.exec(update(Calendar).where(col(Calendar.id) == calendar_.id).values(**moved))


@pytest.mark.parametrize("by", IMPOSSIBLE)
async def test_a_calendar_read_by_a_clock_that_was_ahead_is_not_read_and_due(
    app: App, alice: Person, feeds: FeedServer, by: timedelta
) -> None:
    connection_id = await connected(app, alice, feeds.serve("/work.ics", calendar(event("noc"))))
    await import_due(app)
    set_clock_back(app, by)
    assert await import_due(app) == 0
    assert repair_times(app) == 1
    found = only_calendar(app, alice, connection_id)
    assert (found.state, found.last_read_at, found.entries) == (State.WAITING, None, 1)
    assert await import_due(app) == 1
    found = only_calendar(app, alice, connection_id)
    assert found.state is State.UP_TO_DATE and found.last_read_at is not None
    assert repair_times(app) == 0


@pytest.mark.parametrize("by", IMPOSSIBLE)
async def test_a_broken_calendar_is_broken_since_now_and_tried_again(
    app: App, alice: Person, feeds: FeedServer, by: timedelta
) -> None:
    await connected(app, alice, feeds.serve("/work.ics", calendar(event("noc"))))
    feeds.refuse("/work.ics")
    await import_due(app)
    set_clock_back(app, by)
    assert repair_times(app) == 1
    found = row(app)
    assert (found.state, found.attempts, found.alerts_sent) == (State.RETRYING, 1, 0)
    assert found.broken_since is not None and found.next_import_at is not None
    assert found.broken_since <= now() and found.next_import_at <= now()


async def test_a_lease_of_a_clock_that_was_ahead_ends_in_its_time_and_a_living_import_keeps_it(
    app: App, alice: Person, feeds: FeedServer
) -> None:
    connection_id = await connected(app, alice, feeds.serve("/work.ics", calendar(event("noc"))))
    (job,) = claim_due(app, 1)
    set_clock_back(app, timedelta(days=61))
    assert repair_times(app) == 1
    found = row(app)
    assert found.lease == job.lease and found.lease_until is not None
    assert found.lease_until <= now() + state.LEASE
    await run_import(app, job)
    assert only_calendar(app, alice, connection_id).state is State.UP_TO_DATE


async def test_the_longest_waits_the_app_writes_are_left_alone(app: App, alice: Person, feeds: FeedServer) -> None:
    await connected(app, alice, feeds.serve("/work.ics", calendar(event("noc"))))
    feeds.refuse("/work.ics", retry_after=7 * 24 * 3600)
    await import_due(app)
    due = row(app).next_import_at
    assert due is not None and due > now() + timedelta(hours=23)
    assert repair_times(app) == 0
    assert row(app).next_import_at == due


async def test_clocks_of_two_machines_may_differ_a_little(app: App, alice: Person, feeds: FeedServer) -> None:
    await connected(app, alice, feeds.serve("/work.ics", calendar(event("noc"))))
    await import_due(app)
    set_clock_back(app, timedelta(minutes=4))
    assert repair_times(app) == 0


async def test_when_a_missing_key_is_back_its_calendars_are_due_by_themselves(
    app: App, alice: Person, bob: Person, feeds: FeedServer
) -> None:
    hers = await connected(app, alice, feeds.serve("/a.ics", calendar(event("noc"))))
    his = await connected(app, bob, feeds.serve("/b.ics", calendar(event("noc"))))
    feeds.remove("/b.ics")
    await import_due(app)
    make_due(app)
    without = replace(app, vault=Vault([generate_key()]))
    await import_due(without)
    found = only_calendar(app, alice, hers)
    assert (found.state, found.cause, found.next_import_at) == (State.NEEDS_YOU, Cause.KEY_LOST, None)
    assert resume_unlocked(without) == 0
    feeds.serve("/b.ics", calendar(event("noc")))
    assert resume_unlocked(app) == 2
    found = only_calendar(app, alice, hers)
    assert (found.state, found.cause, found.why) == (State.WAITING, None, "")
    assert await import_due(app) == 2
    assert only_calendar(app, alice, hers).state is State.UP_TO_DATE
    assert only_calendar(app, bob, his).state is State.UP_TO_DATE
    assert resume_unlocked(app) == 0
