"""Claiming calendars that are due: each in its own transaction, so that one that can’t be claimed fails alone.

Used by the job, in a thread.
"""

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import structlog
from sqlalchemy import or_
from sqlalchemy import select as columns_of
from sqlmodel import Session, col, select

from oncall_ui.app import App
from oncall_ui.domain.availability.rules import Rules, rules_version
from oncall_ui.domain.availability.window import Window, days_from
from oncall_ui.domain.imports.failures import Cause, Failure, TryLater
from oncall_ui.hub import CalendarChanged
from oncall_ui.models import Calendar, Connection, Member, now
from oncall_ui.reporting.ids import SHORT
from oncall_ui.services.connections.credentials import open_credentials
from oncall_ui.services.imports import state
from oncall_ui.services.imports.damage import DATABASE_LOST, require_sound, set_aside
from oncall_ui.services.imports.fetching.hosts import host_of, host_of_sealed
from oncall_ui.services.imports.fetching.places import Holder, Room
from oncall_ui.services.imports.record import import_interval
from oncall_ui.services.imports.rules import load_rules
from providers.base import Product

log = structlog.get_logger()

PRODUCT_GONE = "This server no longer imports this kind of calendar. Ask your administrator, or disconnect it."
PAGE = 50
PAGES = 4
"""How many rows one call looks at: it passes by 200 calendars whose host is at its share, and remembers their hosts."""


@dataclass(frozen=True, slots=True)
class ImportJob:
    """One claimed calendar with everything its import needs, so that no row is held open meanwhile."""

    calendar_id: int
    connection_id: int
    member_id: int
    account: str
    lease: str
    product: Product
    credentials: Mapping[str, str]
    remote_id: str
    cursor: Mapping[str, str]
    window: Window
    zone: ZoneInfo
    rules: Rules
    rules_version: str
    holder: Holder
    due: datetime | None = None

    @property
    def ids(self) -> dict[str, int | str]:
        """For the log; the import's own is the beginning of its lease."""
        return {"import": self.lease[:SHORT], "calendar": self.calendar_id, "member": self.member_id}


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A calendar that is due, in columns that can be read whatever is wrong with the row."""

    calendar_id: int
    connection_id: int
    member_id: int
    account: str
    product: str
    sealed: str

    @property
    def ids(self) -> dict[str, int]:
        return {"calendar": self.calendar_id, "member": self.member_id}


def claim_due(app: App, limit: int) -> list[ImportJob]:
    """Takes up to `limit` calendars that are due, most overdue first; each is leased to the caller alone."""
    return claim(app, Room(limit, is_shared=False), {})


def claim(app: App, room: Room, hosts: dict[int, str], *, retries: bool | None = None) -> list[ImportJob]:
    """As `claim_due`, as far as `room` admits. `retries`: only calendars whose last import failed, or only the others.

    A calendar whose member, account or host is at its share is left untouched. `hosts` remembers from call to call
    which host each connection asks, so that the database can leave out those of a host at its share.
    """
    jobs: list[ImportJob] = []
    seen: set[int] = set()
    for _ in range(PAGES):
        if room.free <= 0:
            break
        page = _due(app, room, hosts, seen, retries)
        for candidate in page:
            seen.add(candidate.calendar_id)
            try:
                job = _claim(app, candidate, room, hosts)
            except DATABASE_LOST:
                if jobs:
                    return jobs  # they are claimed; the next look meets the database again
                raise
            if job is not None:
                jobs.append(job)
        if len(page) < PAGE:
            break
    return jobs


def _due(
    app: App, room: Room, hosts: Mapping[int, str], seen: Collection[int], retries: bool | None
) -> list[_Candidate]:
    full_hosts = room.full_hosts
    left_out: list[tuple[Any, Collection[Any]]] = [
        (Connection.member_id, room.full_members),
        (Connection.fingerprint, room.full_accounts),
        (Connection.id, [connection_id for connection_id, host in hosts.items() if host in full_hosts]),
        (Calendar.id, seen),
    ]
    columns = (Calendar.id, Connection.id, Connection.member_id, Connection.fingerprint, Connection.product)
    rows = (
        columns_of(*map(col, columns), col(Connection.sealed))
        .select_from(Calendar)
        .join(Connection, col(Calendar.connection_id) == col(Connection.id))
        .where(*_is_due(now()), *(col(column).not_in(values) for column, values in left_out if values))
        .order_by(col(Calendar.next_import_at), col(Calendar.id))
        .limit(PAGE)
    )
    if retries is not None:
        rows = rows.where(col(Calendar.attempts) > 0 if retries else col(Calendar.attempts) == 0)
    with app.db.read() as session:
        return [_Candidate(*row) for row in session.execute(rows)]


def _is_due(moment: datetime) -> Sequence[Any]:
    is_free = or_(col(Calendar.lease).is_(None), col(Calendar.lease_until) < moment)
    return col(Calendar.is_on), col(Calendar.next_import_at) <= moment, is_free


def _claim(app: App, candidate: _Candidate, room: Room, hosts: dict[int, str]) -> ImportJob | None:
    """None: it waits for a place, another process was faster, or it can’t be imported, and its row now says why."""
    if candidate.connection_id not in hosts:
        hosts[candidate.connection_id] = host_of_sealed(app, candidate.product, candidate.sealed)
    host = hosts[candidate.connection_id]
    if room.free <= 0 or not room.admits(candidate.member_id, candidate.account, host):
        return None
    changed = CalendarChanged(candidate.member_id, candidate.calendar_id)
    try:
        job = _claim_row(app, candidate.calendar_id, room)
    except DATABASE_LOST:
        raise
    except Failure as failure:
        log.warning("import failed", **candidate.ids, host=host, cause=failure.cause.value, detail=failure.detail)
    except Exception:  # whatever is stored there: one calendar must not stop the others
        log.exception("calendar can't be claimed", **candidate.ids, host=host)
        set_aside(app, candidate.calendar_id)
    else:
        if job is not None:
            hosts[candidate.connection_id] = job.holder.host
            app.hub.publish(replace(changed, is_progress=True))
        return job
    app.hub.publish(changed)
    return None


def _claim_row(app: App, calendar_id: int, room: Room) -> ImportJob | None:
    """Raises Failure once it is stored why the calendar can’t be imported."""
    rows = (
        select(Calendar, Connection, Member)
        .join(Connection, col(Calendar.connection_id) == col(Connection.id))
        .join(Member, col(Connection.member_id) == col(Member.id))
        .where(Calendar.id == calendar_id, *_is_due(now()))
        .with_for_update(skip_locked=True, of=Calendar)
    )
    failed: Failure | None = None
    with app.db.write() as session:
        if (found := session.exec(rows).first()) is None:
            return None
        calendar, connection, member = found
        require_sound(calendar, connection)
        try:
            job = _job(app, session, calendar, connection, member)
        except Failure as failure:
            state.fail(calendar, failure, import_interval(app))
            failed = failure
        else:
            if not room.take(job.holder):
                return None
            state.claim(calendar, job.lease)
    if failed is not None:
        raise failed
    return job


def _job(app: App, session: Session, calendar: Calendar, connection: Connection, member: Member) -> ImportJob:
    """Raises Failure when something that is stored about the calendar can’t be used."""
    zone = _zone_of(member)
    product = app.product(connection.product)
    if product is None:
        raise TryLater(Cause.BAD_RECORD, PRODUCT_GONE, detail=f"no product {connection.product}")
    window = days_from(datetime.now(zone).date(), zone)
    rules = load_rules(session, member, connection, calendar)
    version = rules_version(window, zone, rules)
    credentials = open_credentials(app, connection)
    member_id = member.id or 0
    return ImportJob(
        calendar_id=calendar.id or 0,
        connection_id=calendar.connection_id,
        account=connection.account,
        member_id=member_id,
        lease=secrets.token_hex(16),
        product=product,
        credentials=credentials,
        remote_id=calendar.remote_id,
        cursor=dict(calendar.cursor) if calendar.rules_version == version else {},
        window=window,
        zone=zone,
        rules=rules,
        rules_version=version,
        holder=Holder(member_id, connection.fingerprint, host_of(app, product, credentials)),
        due=calendar.next_import_at,
    )


def _zone_of(member: Member) -> ZoneInfo:
    try:
        return ZoneInfo(member.zone)
    except (ValueError, OSError, ZoneInfoNotFoundError) as error:
        sentence = f"Your time zone “{member.zone}” isn’t known to this server. Choose another in your profile."
        raise TryLater(Cause.BAD_RECORD, sentence, detail="unknown time zone") from error
