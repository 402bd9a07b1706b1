"""Nobody waits behind somebody else’s calendars: silent servers, many calendars of one member. On both databases."""

import asyncio
from collections import Counter
from collections.abc import Collection
from datetime import timedelta

import pytest
from sqlalchemy import event as database_event
from sqlmodel import col, select

from oncall_ui.app import App
from oncall_ui.domain.imports.state import State
from oncall_ui.jobs import Jobs
from oncall_ui.models import Calendar, now
from oncall_ui.services.connections.choose import sync_now
from oncall_ui.services.imports.claim import ImportJob, claim
from oncall_ui.services.imports.fetching.places import (
    PATIENCE_SECONDS,
    PER_ACCOUNT,
    PER_HOST,
    PER_MEMBER,
    PLACES,
    Holder,
    Lane,
    Places,
)
from tests.calendars import calendar, event
from tests.conftest import Person
from tests.fakes.feeds import FeedServer
from tests.services.helpers.silent import add_calendars, add_members, silent_servers

FRESH, PATIENT = PLACES[Lane.FRESH], PLACES[Lane.PATIENT]
EARLIER, LATER = timedelta(minutes=10), timedelta(minutes=1)


def states(app: App, ids: Collection[int]) -> Counter[State]:
    with app.db.read() as session:
        rows = session.exec(select(Calendar).where(col(Calendar.id).in_(ids)))
        return Counter(row.state for row in rows)


async def all_read(app: App, ids: Collection[int], seconds: float = 60) -> None:
    async with asyncio.timeout(seconds):
        while (await asyncio.to_thread(states, app, ids))[State.UP_TO_DATE] < len(ids):
            await asyncio.sleep(0.1)


@pytest.mark.slow
async def test_silent_servers_hold_no_place_for_long(app: App, feeds: FeedServer, jobs: Jobs) -> None:
    """Three times as many as there are places for fresh imports, all more overdue than those that answer."""
    body = calendar(event("noc"))
    members = add_members(app, 4 * FRESH)
    with silent_servers(3 * FRESH) as silent:
        hostile = add_calendars(app, members[: 3 * FRESH], silent, due=now() - EARLIER)
        urls = [feeds.serve(f"/{number}.ics", body) for number in range(FRESH)]
        healthy = add_calendars(app, members[3 * FRESH :], urls, due=now() - LATER)
        jobs.start()
        await all_read(app, healthy)
        assert states(app, hostile)[State.IMPORTING] == len(hostile), "they are all under way, none has been given up"
        await jobs.stop()


@pytest.mark.slow
async def test_retries_hold_no_place_of_others(app: App, alice: Person, feeds: FeedServer, jobs: Jobs) -> None:
    """Not even of the same member: a first import and Sync now don't wait behind calendars that fail."""
    with silent_servers(5 * FRESH) as silent:
        members = add_members(app, 3 * FRESH)
        owners = [*members, *[alice.id] * (2 * FRESH)]
        hostile = add_calendars(app, owners, silent, due=now() - EARLIER, attempts=3)
        (healthy,) = add_calendars(app, [alice.id], [feeds.serve("/work.ics", calendar(event("noc")))])
        jobs.start()
        await all_read(app, [healthy])
        with app.db.read() as session:
            connection_id = session.exec(select(Calendar.connection_id).where(Calendar.id == healthy)).one()
        feeds.clear()
        sync_now(app, alice.id, connection_id)
        await all_read(app, [healthy])
        assert len(feeds.requests) == 1
        assert states(app, hostile)[State.IMPORTING] == PLACES[Lane.RETRIES]
        await jobs.stop()


def start(places: Places, jobs: Collection[ImportJob], lane: Lane = Lane.FRESH) -> None:
    for job in jobs:
        places.enter(job.lease, lane, job.holder)


async def test_nobody_waits_behind_a_member_with_very_many_calendars(app: App, alice: Person) -> None:
    others = add_members(app, 40)
    hers = [f"http://host{number}.example.org/" for number in range(300)]
    add_calendars(app, [alice.id] * 300, hers, due=now() - EARLIER)
    add_calendars(app, others, [f"http://other{number}.example.org/" for number in range(40)], due=now() - LATER)
    hosts: dict[int, str] = {}
    places, claimed = Places(), Counter[int]()
    for _ in range(10):
        jobs = claim(app, places.room(Lane.FRESH), hosts, retries=False)
        start(places, jobs)
        claimed.update(job.member_id for job in jobs)
        for job in jobs:
            if job.member_id != alice.id:
                places.leave(job.lease)
    assert claimed.pop(alice.id) == PER_MEMBER, "hers are still under way"
    assert claimed == dict.fromkeys(others, 1), "everybody else's are done"


async def test_a_host_at_its_share_is_passed_by_and_then_left_out_by_the_database(app: App) -> None:
    members = add_members(app, 150)
    slow = [f"https://slow.example.org/{number}" for number in range(149)]
    ids = add_calendars(app, members, [*slow, "https://quick.example.org/"])
    with app.db.write() as session:
        last = session.get_one(Calendar, ids[-1])
        last.next_import_at = now() - timedelta(seconds=1)
    places, hosts = Places(), dict[int, str]()
    jobs = claim(app, places.room(Lane.FRESH), hosts, retries=False)
    found = Counter(job.holder.host for job in jobs)
    assert found == {"slow.example.org": PER_HOST, "quick.example.org": 1}
    assert states(app, ids) == {State.IMPORTING: PER_HOST + 1, State.WAITING: 145}, "those passed by are untouched"
    start(places, jobs)
    statements: list[str] = []
    database_event.listen(app.db.engine, "after_cursor_execute", lambda *found: statements.append(found[2]))
    assert claim(app, places.room(Lane.FRESH), hosts, retries=False) == []
    assert len([each for each in statements if each.startswith("SELECT")]) == 1, "one query, which finds nothing"
    places.leave(jobs[0].lease)
    assert len(claim(app, places.room(Lane.FRESH), hosts, retries=False)) == 1


async def test_a_feed_that_several_members_connected_has_one_share(app: App) -> None:
    add_calendars(app, add_members(app, 3), ["https://example.org/shared.ics"] * 3)
    assert len(claim(app, Places().room(Lane.FRESH), {}, retries=False)) == PER_ACCOUNT


async def test_one_member_at_their_share_leaves_most_of_the_places(app: App, alice: Person) -> None:
    hers = [f"http://host{number}.example.org/" for number in range(2 * FRESH)]
    add_calendars(app, [alice.id] * len(hers), hers)
    assert len(claim(app, Places().room(Lane.FRESH), {}, retries=False)) == PER_MEMBER == FRESH // 3


def test_only_imports_that_wait_for_their_server_move_to_patient_places() -> None:
    moment = [0.0]
    places = Places(clock=lambda: moment[0])
    for number in range(FRESH):
        places.enter(number, Lane.FRESH, Holder(number, str(number), str(number)))
    places.fetched(0)
    places.shift_slow()
    assert places.room(Lane.FRESH).free == 0, "a moment is no reason"
    moment[0] = PATIENCE_SECONDS
    places.shift_slow()
    assert (places.room(Lane.FRESH).free, places.room(Lane.PATIENT).free) == (FRESH - 1, PATIENT - FRESH + 1)


def test_without_patient_places_slow_imports_keep_their_own() -> None:
    moment = [0.0]
    places = Places(clock=lambda: moment[0])
    for number in range(PATIENT):
        places.enter(number, Lane.PATIENT, Holder(number, str(number), str(number)))
    places.enter("last", Lane.FRESH, Holder(-1, "last", "last"))
    moment[0] = PATIENCE_SECONDS
    places.shift_slow()
    assert places.room(Lane.FRESH).free == FRESH - 1
    places.leave(0)
    places.shift_slow()
    assert places.room(Lane.FRESH).free == FRESH


async def test_a_reconnected_calendar_counts_towards_its_new_host(app: App, alice: Person) -> None:
    (calendar_id,) = add_calendars(app, [alice.id], ["https://new.example.org/work.ics"])
    with app.db.read() as session:
        connection_id = session.exec(select(Calendar.connection_id).where(Calendar.id == calendar_id)).one()
    hosts = {connection_id: "old.example.org"}
    (job,) = claim(app, Places().room(Lane.FRESH), hosts)
    assert (job.holder.host, hosts) == ("new.example.org", {connection_id: "new.example.org"})
