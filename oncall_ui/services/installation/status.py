"""How the installation is doing, in figures: for administrators. It names no member, calendar or host of a calendar."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import perf_counter

from sqlalchemy import Integer, case, cast, text
from sqlmodel import Session, col, func, or_, select

from oncall_ui.app import App
from oncall_ui.domain.imports.state import State
from oncall_ui.keeping.nightly import Kept, kept
from oncall_ui.models import Calendar, Member, Message
from oncall_ui.services.accounts.members import require_admin
from oncall_ui.services.imports.hours import Hour, read_hours
from oncall_ui.services.team.health import broken_calendars


@dataclass(frozen=True, slots=True)
class Calendars:
    """Those that are on. `broken`: broken or stale, whether or not their owner has to act."""

    on: int
    retrying: int
    needing: int
    broken: int
    oldest: datetime | None
    """When the calendar was read that was read first."""
    waiting: int
    """To be imported now; `due` is when the first of them was."""
    due: datetime | None


@dataclass(frozen=True, slots=True)
class Failing:
    """A part of this process that fails now. `cause` is a line for the operator."""

    source: str
    cause: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Watched:
    """What may need an administrator at any moment; quick to read."""

    at: datetime
    backups: Kept | None
    """None: no folder is set."""
    failing: Sequence[Failing]


@dataclass(frozen=True, slots=True)
class Installation:
    """What was read at `at`. Sizes are in bytes; None: it couldn't be measured."""

    at: datetime
    calendars: Calendars
    members: int
    administrators: int
    database: str
    """`SQLite` or `PostgreSQL`."""
    database_size: int | None
    database_seconds: float
    """Until it answered the first question."""
    disk_free: int | None
    disk_size: int | None
    backups: Kept | None
    """None: no folder is set."""
    emails_waiting: int
    working: int
    """Calls that run in a process of their own."""
    failing: Sequence[Failing]
    hours: Sequence[Hour] = ()
    """The imports of the last 24 hours."""


def watched(app: App, at: datetime) -> Watched:
    """As known `at`. Blocking."""
    folder = app.settings.backup_dir
    failing = tuple(Failing(each.source, each.cause, each.since) for each in app.outages.current())
    return Watched(at, kept(folder) if folder else None, failing)


def read_installation(app: App, admin_id: int, at: datetime) -> Installation:
    """As known `at`. Blocking. Raises NotAllowed unless the member is an administrator."""
    broken = len(broken_calendars(app, admin_id, at))
    with app.db.read() as session:
        began = perf_counter()
        require_admin(session, admin_id)
        seconds = perf_counter() - began
        members, administrators = session.exec(
            select(func.count(), func.sum(cast(col(Member.is_admin), Integer))).select_from(Member)
        ).one()
        emails = session.exec(
            select(func.count()).select_from(Message).where(col(Message.sent_at).is_(None), col(Message.due_at) <= at)
        ).one()
        size = _database_size(session)
        calendars = _calendars(session, at, broken)
    free, total = _disk(app.settings.data_dir)
    also = watched(app, at)
    return Installation(
        at=at,
        calendars=calendars,
        members=members,
        administrators=administrators or 0,
        database="SQLite" if app.db.engine.dialect.name == "sqlite" else "PostgreSQL",
        database_size=size,
        database_seconds=seconds,
        disk_free=free,
        disk_size=total,
        backups=also.backups,
        emails_waiting=emails,
        working=app.workers.running,
        failing=also.failing,
        hours=read_hours(app, at),
    )


def _calendars(session: Session, at: datetime, broken: int) -> Calendars:
    needing = col(Calendar.state) == State.NEEDS_YOU
    retrying = (col(Calendar.state) != State.NEEDS_YOU) & or_(
        col(Calendar.state) == State.RETRYING, col(Calendar.attempts) > 0
    )
    on, needs, retries, oldest = session.exec(
        select(
            func.count(),
            func.sum(case((needing, 1), else_=0)),
            func.sum(case((retrying, 1), else_=0)),
            func.min(Calendar.last_read_at),
        ).where(col(Calendar.is_on))
    ).one()
    waiting, due = session.exec(
        select(func.count(), func.min(Calendar.next_import_at)).where(
            col(Calendar.is_on),
            col(Calendar.next_import_at) <= at,
            or_(col(Calendar.lease).is_(None), col(Calendar.lease_until) < at),
        )
    ).one()
    return Calendars(on, retries or 0, needs or 0, broken, oldest, waiting, due)


def _database_size(session: Session) -> int | None:
    if session.get_bind().dialect.name == "postgresql":
        return int(session.execute(text("SELECT pg_database_size(current_database())")).scalar_one())
    pages, size = (session.execute(text(f"PRAGMA {name}")).scalar_one() for name in ("page_count", "page_size"))
    return int(pages) * int(size)


def _disk(folder: Path) -> tuple[int | None, int | None]:
    try:
        usage = shutil.disk_usage(folder)
    except OSError:
        return None, None
    return usage.free, usage.total
