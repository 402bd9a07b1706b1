"""Adds the demo's team to a database by the same services that a member's clicks would call."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlmodel import col, update

from oncall_ui.app import App
from oncall_ui.demo.destinations import seed_destinations
from oncall_ui.demo.feeds import Feed, FeedServer
from oncall_ui.demo.schedule import seed_schedule
from oncall_ui.demo.team import TEAM, Person, Subscription
from oncall_ui.models import Calendar, now
from oncall_ui.services.accounts.members import add_member
from oncall_ui.services.accounts.profile import Profile, save_profile
from oncall_ui.services.availability.manual import add_manual_days
from oncall_ui.services.connections.choose import Choice, choose
from oncall_ui.services.connections.connect import connect
from oncall_ui.services.connections.views import get_connection
from oncall_ui.services.imports.claim import claim_due
from oncall_ui.services.imports.run import run_import

ATTEMPTS = 19
"""Failed attempts on a server that has been down for days."""
MOST_DUE = 20


async def seed(app: App, server: FeedServer, password: str) -> None:
    """Adds the team, its connections and its schedule to an empty installation.

    Calendars to watch are due at once; the others have been imported.
    """
    app.workers.warm_up()
    ids = await asyncio.gather(*(asyncio.to_thread(_join, app, person, password) for person in TEAM))
    members = list(zip(ids, TEAM, strict=True))
    for member_id, person in members:
        for old in (each for each in person.connected if each.unread_for):
            await _neglect(app, await _subscribe(app, member_id, server, old), old)
    await _connect_all(app, server, members, is_to_watch=False)
    await _import_due(app)
    schedule_id = await seed_schedule(app, {person.email: member_id for member_id, person in members})
    await asyncio.to_thread(seed_destinations, app, ids[0], schedule_id, server)
    await _connect_all(app, server, members, is_to_watch=True)


def _join(app: App, person: Person, password: str) -> int:
    member_id = add_member(
        app,
        name=person.name,
        email=person.email,
        password=password,
        zone=person.zone,
        is_admin=person is TEAM[0],
    )
    save_profile(app, member_id, Profile(person.name, person.zone, person.country, person.region, person.rests))
    today = datetime.now(ZoneInfo(person.zone)).date()
    for each in person.by_hand:
        add_manual_days(app, member_id, each.days(today))
    return member_id


async def _connect_all(
    app: App, server: FeedServer, members: Sequence[tuple[int, Person]], *, is_to_watch: bool
) -> None:
    await asyncio.gather(*(_connect(app, member, server, person, is_to_watch) for member, person in members))


async def _connect(app: App, member_id: int, server: FeedServer, person: Person, is_to_watch: bool) -> None:
    for wanted in person.connected:
        if not wanted.unread_for and wanted.is_to_watch is is_to_watch:
            await _subscribe(app, member_id, server, wanted)


async def _subscribe(app: App, member_id: int, server: FeedServer, wanted: Subscription) -> int:
    """Returns the calendar's id."""
    values = {"url": server.url(wanted.path)} | _credentials(wanted.feed)
    connection_id = await connect(app, member_id, "ics", wanted.nickname, values)
    return await asyncio.to_thread(_choose, app, member_id, connection_id, wanted.choice)


def _choose(app: App, member_id: int, connection_id: int, choice: Choice) -> int:
    (calendar,) = get_connection(app, member_id, connection_id).calendars
    choose(app, member_id, connection_id, {calendar.id: choice})
    return calendar.id


async def _neglect(app: App, calendar_id: int, wanted: Subscription) -> None:
    """Imports it once, lets the second import fail, and dates both back. No other calendar may be due yet."""
    assert wanted.unread_for is not None
    then = now() - wanted.unread_for
    for _ in range(2):
        await asyncio.to_thread(_set, app, calendar_id, next_import_at=then)
        await _import_due(app)
    moments = dict.fromkeys(("last_read_at", "last_changed_at", "state_since", "broken_since"), then)
    await asyncio.to_thread(_set, app, calendar_id, attempts=ATTEMPTS, **moments)


async def _import_due(app: App) -> None:
    jobs = await asyncio.to_thread(claim_due, app, MOST_DUE)
    await asyncio.gather(*(run_import(app, job) for job in jobs))


def _set(app: App, calendar_id: int, **values: object) -> None:
    with app.db.write() as session:
        session.exec(update(Calendar).where(col(Calendar.id) == calendar_id).values(**values))


def _credentials(feed: Feed) -> dict[str, str]:
    return dict(zip(("user", "password"), feed.login, strict=True)) if feed.login else {}
