"""Single rows that can't be used: the calendar fails alone and says so, and the others go on."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import httpx
from sqlalchemy import text

from bench.due.team import PASSWORD, email_of
from bench.faults.stage.outcome import Outcome, Scale, broken
from bench.faults.stage.world import Fed, World
from oncall_ui.services.connections.connect import reconnect
from oncall_ui.services.sharing.tokens import create_token

AT_ONCE = 20
RECOVERED_WITHIN = 90
"""Seconds after the row is right again: at worst a first retry."""


@dataclass(frozen=True, slots=True)
class Bad:
    """A value that no version of the app writes."""

    what: str
    table: str
    column: str
    value: str
    row: Callable[[Fed], int]
    is_the_members: bool = False
    """Whether the member has to connect again: what is damaged can't be guessed."""


ZONE = Bad("unknown time zone of a member", "member", "zone", "Mars/Olympus", lambda fed: fed.member_id)
PRODUCT = Bad("product that is gone", "connection", "product", "carrier_pigeon", lambda fed: fed.connection_id)
CURSOR = Bad("damaged JSON in a calendar", "calendar", "cursor", '{"etag": "1', lambda fed: fed.id)
ADDRESSES = Bad("damaged JSON in a connection", "connection", "addresses", "[1,", lambda fed: fed.connection_id, True)
STATE = Bad("unknown state of a calendar", "calendar", "state", "confused", lambda fed: fed.id)
SEALED = Bad("damaged credentials", "connection", "sealed", "gAAAAAB", lambda fed: fed.connection_id, True)


def zone(folder: Path, _scale: Scale) -> Outcome:
    return _play(folder, ZONE)


def product(folder: Path, _scale: Scale) -> Outcome:
    return _play(folder, PRODUCT)


def cursor(folder: Path, _scale: Scale) -> Outcome:
    return _play(folder, CURSOR)


def addresses(folder: Path, _scale: Scale) -> Outcome:
    return _play(folder, ADDRESSES)


def state(folder: Path, _scale: Scale) -> Outcome:
    return _play(folder, STATE)


def sealed(folder: Path, _scale: Scale) -> Outcome:
    return _play(folder, SEALED)


def _play(folder: Path, bad: Bad) -> Outcome:
    with World(folder, members=3, calendars=[1, 2, 2]) as world:
        victim, others = world.calendars[0], world.calendars[1:]
        token = _token(world, others[0])
        right, asked = _put(world, bad, victim, bad.value), len(victim.feed.asked)
        before = len(world.app.log_text())
        world.say_more(others)
        _due_first(world, victim)
        _, held_up = world.read_all(within=AT_ONCE, which=others)
        time.sleep(2)
        seen = _state_of(world, victim)
        is_read = seen == "up_to_date" and len(victim.feed.asked) > asked
        pages = {fed.member: _pages(world, fed) for fed in (victim, others[0])}
        team = _code(world, "GET", "/api/v1/team/availability", token=token)
        lines = world.app.log_text()[before:].count("\n")
        victim.feed.say_more()
        if bad.is_the_members:
            asyncio.run(_connect_again(world, victim))
        else:
            _put(world, bad, victim, right)
        if is_read:
            world.make_due([victim])  # nothing was wrong with it in the end, so it waits for its interval
        taken, left = world.read_all(within=RECOVERED_WITHIN, which=[victim])
        damage = world.damage()
        return Outcome(
            bad.what,
            1,
            damage.lost,
            damage.doubled,
            held_up + left,
            taken if not left else None,
            f"{seen}; own pages {pages[0]}",
            f"{lines} log lines; other members’ pages {pages[1]}, team {team}",
            broken(
                other_members_pages_answer="" if pages[1] == "200" else pages[1],
                the_team_can_be_read="" if team == "200" else team,
                own_pages_answer="" if pages[0] == "200" else pages[0],
                the_calendar_says_so="" if is_read or seen.partition(":")[2] else f"it was {seen or 'unreadable'}",
            ),
        )


def _put(world: World, bad: Bad, fed: Fed, value: str) -> str:
    """Returns what was there."""
    where = {"id": bad.row(fed)}
    with world.db.engine.begin() as connection:
        old = connection.execute(text(f"SELECT {bad.column} FROM {bad.table} WHERE id = :id"), where)  # noqa: S608
        found = str(old.scalar())
        statement = text(f"UPDATE {bad.table} SET {bad.column} = :value WHERE id = :id")  # noqa: S608
        connection.execute(statement, where | {"value": value})
    return found


def _due_first(world: World, fed: Fed) -> None:
    statement = text("UPDATE calendar SET next_import_at = '2001-01-01 00:00:00' WHERE id = :id")
    with world.db.engine.begin() as connection:
        connection.execute(statement, {"id": fed.id})


def _state_of(world: World, fed: Fed) -> str:
    with world.db.engine.connect() as connection:
        row = connection.execute(text("SELECT state, why FROM calendar WHERE id = :id"), {"id": fed.id}).one()
    return f"{row[0]}: {row[1]}" if row[1] else str(row[0])


async def _connect_again(world: World, fed: Fed) -> None:
    """What the form behind `Reconnect` does."""
    app = world.open_app()
    try:
        await reconnect(app, fed.member_id, fed.connection_id, "", {"url": fed.feed.url})
    finally:
        app.close()


def _token(world: World, fed: Fed) -> str:
    app = world.open_app()
    try:
        return create_token(app, fed.member_id, "monitor")
    finally:
        app.close()


def _pages(world: World, fed: Fed) -> str:
    """Status codes of its member's pages."""
    cookies = httpx.Cookies()
    form = {"email": email_of(fed.member), "password": PASSWORD}
    _code(world, "POST", "/login", cookies, form)
    return ", ".join(sorted({_code(world, "GET", path, cookies) for path in ("/", "/calendars", "/team", "/you")}))


def _code(
    world: World,
    method: str,
    path: str,
    cookies: httpx.Cookies | None = None,
    form: dict[str, str] | None = None,
    *,
    token: str = "",
) -> str:
    """Status of one request, on a connection of its own; what it sets is kept in `cookies`."""
    base = world.app.base_url
    headers = {"Origin": base} | ({"Authorization": f"Bearer {token}"} if token else {})
    with httpx.Client(base_url=base, trust_env=False, timeout=30, cookies=cookies, headers=headers) as browser:
        try:
            answer = browser.request(method, path, data=form)
        except httpx.TransportError as error:
            return type(error).__name__
        if cookies is not None:
            cookies.update(browser.cookies)
        return str(answer.status_code)
