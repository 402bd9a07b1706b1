"""Importing one calendar: claim it, read it, replace its availability in one transaction, or say why not.

Used by the job that looks for due rows. A failure changes the status and never the data; an import that lost its lease
changes nothing.
"""

import asyncio
import contextlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import or_
from sqlmodel import Session, col, select

from oncall_ui.app import IMPORT_SECONDS, App
from oncall_ui.domain.availability.rules import Rules, rules_version
from oncall_ui.domain.availability.window import Window, days_from
from oncall_ui.domain.imports.failures import Cause, Failure, MemberMustAct, TryLater
from oncall_ui.hub import CalendarChanged
from oncall_ui.models import Calendar, CalendarDigest, Connection, Member, now
from oncall_ui.services.connections.credentials import open_credentials
from oncall_ui.services.imports import state
from oncall_ui.services.imports.fetch import open_provider, understand
from oncall_ui.services.imports.record import ImportResult, import_interval, record_failure, record_result
from oncall_ui.services.imports.rules import load_rules
from providers.base import Product

log = structlog.get_logger()

HEARTBEAT_SECONDS = 1.0


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


def claim_due(app: App, limit: int) -> list[ImportJob]:
    """Takes up to `limit` calendars that are due, most overdue first; each is leased to the caller alone."""
    moment = now()
    with app.db.write() as session:
        due = session.exec(
            select(Calendar, Connection, Member)
            .join(Connection, col(Calendar.connection_id) == col(Connection.id))
            .join(Member, col(Connection.member_id) == col(Member.id))
            .where(col(Calendar.is_on), col(Calendar.next_import_at) <= moment)
            .where(or_(col(Calendar.lease).is_(None), col(Calendar.lease_until) < moment))
            .order_by(col(Calendar.next_import_at))
            .limit(limit)
            .with_for_update(skip_locked=True, of=Calendar)
        ).all()
        jobs = [
            job
            for calendar, connection, member in due
            if (job := _claim(app, session, calendar, connection, member)) is not None
        ]
    for job in jobs:
        app.hub.publish(CalendarChanged(job.member_id, job.calendar_id))
    return jobs


async def run_import(app: App, job: ImportJob) -> None:
    """Reads the calendar of `job` and records how it went. Raises nothing that a calendar can cause."""
    report = _Report(app, job)
    beating = asyncio.create_task(report.beat())
    try:
        result = await _read(app, job, report)
    except Failure as failure:
        log.info("import failed", calendar=job.calendar_id, cause=failure.cause.value, detail=failure.detail)
        await asyncio.to_thread(record_failure, app, job.calendar_id, job.lease, failure)
    else:
        await asyncio.to_thread(record_result, app, job.calendar_id, job.lease, result)
    finally:
        beating.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await beating
        app.hub.publish(CalendarChanged(job.member_id, job.calendar_id))


def give_up(app: App, job: ImportJob) -> None:
    """Records an import that ended in an unexpected error: it is tried again later, as if the server were down."""
    failure = TryLater(Cause.SERVER_ERROR, "Something went wrong on this server. Its log says what.")
    record_failure(app, job.calendar_id, job.lease, failure)
    app.hub.publish(CalendarChanged(job.member_id, job.calendar_id))


async def _read(app: App, job: ImportJob, report: "_Report") -> ImportResult | Mapping[str, str] | None:
    """None or a new cursor: nothing changed since the last reading."""
    async with open_provider(
        app, job.product, job.credentials, IMPORT_SECONDS, connection_id=job.connection_id, account=job.account
    ) as provider:
        content = await provider.fetch(job.remote_id, job.window, job.cursor, report.arrived)
    if content is None or not content.parts:
        return content.cursor if content else None
    # Without a cursor everything is read, whatever the digest says: the rules changed, or the member asked for it.
    previous = await asyncio.to_thread(_digest, app, job) if job.cursor else None
    outcome = await understand(
        app,
        job.product,
        content.parts,
        window=job.window,
        zone=job.zone,
        rules=job.rules,
        previous=previous,
        counted=report.counted,
    )
    return ImportResult(job.member_id, outcome, content.cursor, job.rules_version, job.rules)


def _digest(app: App, job: ImportJob) -> bytes | None:
    with app.db.read() as session:
        row = session.get(CalendarDigest, job.calendar_id)
        return row.digest if row else None


class _Report:
    """Writes progress onto the row, which also keeps the lease, and tells open pages."""

    def __init__(self, app: App, job: ImportJob) -> None:
        self._app, self._job = app, job
        self._events = 0
        self._share: float | None = None

    def arrived(self, share: float | None, events: int = 0) -> None:
        self._share, self._events = share, events

    def counted(self, events: int) -> None:
        # The worker begins at nothing; what people see only rises.
        self._events, self._share = max(self._events, events), None

    async def beat(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_SECONDS)
            await asyncio.to_thread(self._write)
            self._app.hub.publish(CalendarChanged(self._job.member_id, self._job.calendar_id))

    def _write(self) -> None:
        with self._app.db.write() as session:
            if calendar := state.held(session, self._job.calendar_id, self._job.lease):
                state.progress(calendar, self._events, self._share)


def _claim(app: App, session: Session, calendar: Calendar, connection: Connection, member: Member) -> ImportJob | None:
    """None when the credentials can't be opened: the key they were sealed with is gone, and only new ones help."""
    zone = ZoneInfo(member.zone)
    window = days_from(datetime.now(zone).date(), zone)
    rules = load_rules(session, member, connection, calendar)
    version = rules_version(window, zone, rules)
    product = app.product(connection.product)
    assert product is not None  # products are never removed while connections of them exist
    try:
        credentials = open_credentials(app, connection)
    except MemberMustAct as failure:
        state.fail(calendar, failure, import_interval(app))
        return None
    job = ImportJob(
        calendar_id=calendar.id or 0,
        connection_id=calendar.connection_id,
        account=connection.account,
        member_id=member.id or 0,
        lease=secrets.token_hex(16),
        product=product,
        credentials=credentials,
        remote_id=calendar.remote_id,
        cursor=dict(calendar.cursor) if calendar.rules_version == version else {},
        window=window,
        zone=zone,
        rules=rules,
        rules_version=version,
    )
    state.claim(calendar, job.lease)
    return job
