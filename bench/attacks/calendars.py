"""Hostile calendar servers: eight at once, each with another kind of answer, beside a member who only wants to work."""

import time
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import or_
from sqlmodel import Session, col, select, update

from bench.attacks.hostile import DRIP, EIGHTH, hostile
from bench.attacks.row import Row, Scale, broken
from bench.attacks.target import Target, look, looking
from oncall_ui.app import App
from oncall_ui.models import Calendar, Connection, Member, now
from oncall_ui.services.connections.connect import store
from oncall_ui.services.imports import state
from providers.base import Discovery, RemoteCalendar

OPENINGS = 60
WITHIN = 240.0
"""Seconds until each but the slow one must have been ended, on a busy machine."""
SLOWER, LARGER = 2.0, 1.3
REFUSED = ("tiny elements", "deep nesting", "attributes", "entities", "tokens in a circle")
"""The others can be read, within the limits."""
PER_MEMBER = 4
"""More imports at once a member doesn't get."""


def eight_addresses(folder: Path, scale: Scale) -> Row:
    """Eight imports at once, and the member's page meanwhile."""
    with hostile(scale.of(1, EIGHTH)) as ports:
        target = Target(folder, warm=scale.short)
        with target.beside() as app:
            calendars = _connected(app, ports)
        with target:
            member = target.member()
            look(member, scale.of(OPENINGS, 20))  # pages keep memory for a while
            idle, memory = look(member, scale.of(15, 3)), target.megabytes()
            with target.beside() as app, looking(member, pause=2) as during:
                _make_due(app)
                peak, open_ones = _watched(app, target, calendars)
                sentences = _sentences(app)
    slower, larger = during.median / idle.median, peak / memory
    unsaid = [kind for kind in REFUSED if "127.0.0.1" not in sentences[kind]]
    return Row(
        "Hostile CalDAV answers, eight kinds at once",
        len(ports),
        sum(kind != DRIP for kind in open_ones),
        f"page {slower:.1f}× idle; memory of the server’s process {larger:.2f}× idle",
        broken(
            pages_answer=f"{during.errors} of {len(during.statuses)} loads failed" if during.errors else "",
            pages_stay_fast=f"{slower:.1f}× idle" if slower > SLOWER else "",
            memory_stays=f"{larger:.2f}× idle" if larger > LARGER else "",
            members_read_why=", ".join(f"{kind} ({sentences[kind]})" for kind in unsaid),
        ),
    )


def _connected(app: App, ports: Mapping[str, int]) -> Mapping[int, str]:
    """Calendar → kind of answer; on, and not due yet."""
    product = app.product("caldav")
    assert product is not None
    found = {}
    with app.db.read() as session:
        members = list(session.exec(select(Member.id).order_by(col(Member.id))))
    for number, (kind, port) in enumerate(ports.items()):
        url = f"http://127.0.0.1:{port}/cal/"
        credentials = {"url": url, "user": "alice", "password": "secret"}
        listed = Discovery(kind, url, (RemoteCalendar(url, kind),))
        connection_id = store(app, members[number // PER_MEMBER] or 0, product, kind, credentials, listed)
        with app.db.write() as session:
            calendar = session.exec(select(Calendar).where(Calendar.connection_id == connection_id)).one()
            calendar.is_on = True
            state.switch_on(calendar)
            calendar.next_import_at = None
            found[calendar.id or 0] = kind
    return found


def _make_due(app: App) -> None:
    with app.db.write() as session:
        session.exec(update(Calendar).values(next_import_at=now()))


def _watched(app: App, target: Target, calendars: Mapping[int, str]) -> tuple[float, list[str]]:
    """The most memory seen until all have ended but the slow one, and those that haven't by then."""
    peak, began = 0.0, time.monotonic()
    while True:
        with app.db.read() as session:
            has_ended = or_(col(Calendar.attempts) > 0, col(Calendar.last_read_at).is_not(None))
            tried = set(session.exec(select(Calendar.id).where(has_ended)))
        left = [kind for each, kind in calendars.items() if each not in tried]
        if set(left) <= {DRIP} or time.monotonic() - began > WITHIN:
            return peak, left
        for _ in range(10):
            peak = max(peak, target.megabytes())
            time.sleep(0.05)


def _sentences(app: App) -> dict[str, str]:
    """Kind of answer → why its calendar isn't up to date; empty for one that could be read."""
    with app.db.read() as session:
        return dict(_rows(session))


def _rows(session: Session) -> list[tuple[str, str]]:
    return list(session.exec(select(Connection.nickname, Calendar.why).join(Calendar)))
