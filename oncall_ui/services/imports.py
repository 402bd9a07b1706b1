"""Importing one calendar: claim it, read it, replace its availability in one transaction, or say why not.

Used by the job that looks for due rows. A failure changes the status and never the data; an import that lost its lease
changes nothing at all.
"""

import asyncio
import contextlib
import hashlib
import json
import random
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import insert, or_
from sqlmodel import Session, col, delete, select

from oncall_ui.domain.availability import Outcome, Piece
from oncall_ui.domain.failures import Cause, Failure, MemberMustAct, TryLater, Unreadable
from oncall_ui.domain.rules import Rules
from oncall_ui.domain.status import State
from oncall_ui.domain.window import Window, days_from
from oncall_ui.domain.words import nothing_counted, suddenly_empty
from oncall_ui.events import CalendarChanged
from oncall_ui.models import Availability, Calendar, Connection, Member, now
from oncall_ui.security.vault import VaultError
from oncall_ui.services.installation import IMPORT_SECONDS, Installation
from oncall_ui.services.reading import open_client, understand
from providers.base import Content, Product

log = structlog.get_logger()

LEASE = timedelta(seconds=20)
HEARTBEAT_SECONDS = 1.0
FIRST_RETRY = timedelta(minutes=1)
LAST_RETRY = timedelta(hours=6)
EMPTY_ACCEPTED_AFTER = timedelta(days=1)
KEPT_PROBLEMS = 20
KEY_LOST = "This server can no longer decrypt the address. Give it once more."


@dataclass(frozen=True, slots=True)
class ImportJob:
    """One claimed calendar with everything its import needs, so that no row is held open meanwhile."""

    calendar_id: int
    member_id: int
    lease: str
    product: Product
    credentials: Mapping[str, str]
    remote_id: str
    cursor: Mapping[str, str]
    window: Window
    zone: ZoneInfo
    rules: Rules
    read_as: str


def claim_due(app: Installation, limit: int) -> list[ImportJob]:
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
            if (job := _claim(app, calendar, connection, member)) is not None
        ]
    for job in jobs:
        app.hub.publish(CalendarChanged(job.member_id, job.calendar_id))
    return jobs


async def run_import(app: Installation, job: ImportJob) -> None:
    """Reads the calendar of `job` and records how it went. Raises nothing that a calendar can cause."""
    report = _Report(app, job)
    beating = asyncio.create_task(report.beat())
    try:
        outcome = await _read(app, job, report)
    except Failure as failure:
        log.info("import failed", calendar=job.calendar_id, cause=failure.cause.value, detail=failure.detail)
        await asyncio.to_thread(_record_failure, app, job, failure)
    else:
        await asyncio.to_thread(_record, app, job, outcome)
    finally:
        beating.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await beating
        app.hub.publish(CalendarChanged(job.member_id, job.calendar_id))


def give_up(app: Installation, job: ImportJob) -> None:
    """Records an import that ended in a way nobody foresaw: tried again later, like a server that is down."""
    failure = TryLater(Cause.SERVER_ERROR, "Something went wrong on this server; its log says what.")
    _record_failure(app, job, failure)
    app.hub.publish(CalendarChanged(job.member_id, job.calendar_id))


async def _read(app: Installation, job: ImportJob, report: "_Report") -> tuple[Content, Outcome] | None:
    """None: nothing changed since the last reading."""
    assert job.product.open is not None  # only what opens can be connected
    async with open_client(app, job.credentials, IMPORT_SECONDS) as client:
        provider = job.product.open(client, job.credentials)
        content = await provider.fetch(job.remote_id, job.window, job.cursor, report.arrived)
    if content is None:
        return None
    outcome = await understand(
        app,
        job.product,
        content.parts,
        window=job.window,
        zone=job.zone,
        rules=job.rules,
        counted=report.counted,
    )
    return content, outcome


class _Report:
    """Writes progress onto the row, which also keeps the lease, and tells open pages."""

    def __init__(self, app: Installation, job: ImportJob) -> None:
        self._app, self._job = app, job
        self._events = 0
        self._share: float | None = None

    def arrived(self, share: float | None) -> None:
        self._share = share

    def counted(self, events: int) -> None:
        self._events, self._share = events, None

    async def beat(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_SECONDS)
            await asyncio.to_thread(self._write)
            self._app.hub.publish(CalendarChanged(self._job.member_id, self._job.calendar_id))

    def _write(self) -> None:
        with self._app.db.write() as session:
            if calendar := _held(session, self._job):
                calendar.lease_until = now() + LEASE
                calendar.progress, calendar.progress_share = self._events, self._share


def _claim(app: Installation, calendar: Calendar, connection: Connection, member: Member) -> ImportJob | None:
    """None when the credentials can't be opened: the key they were sealed with is gone, and only new ones help."""
    zone = ZoneInfo(member.zone)
    window = days_from(datetime.now(zone).date(), zone)
    rules = Rules(mode=calendar.mode, addresses=frozenset({member.email}), counts_free=calendar.counts_free)
    read_as = _read_as(window, zone, rules)
    product = app.product(connection.product)
    assert product is not None  # products are never removed while connections of them exist
    try:
        credentials = json.loads(app.vault.open(connection.sealed))
    except VaultError as error:
        log.warning("credentials can't be opened", connection=connection.id, why=str(error))
        calendar.why, calendar.cause = KEY_LOST, "key"
        calendar.next_import_at = None
        _enter(calendar, State.NEEDS_YOU)
        return None
    job = ImportJob(
        calendar_id=calendar.id or 0,
        member_id=member.id or 0,
        lease=secrets.token_hex(16),
        product=product,
        credentials=credentials,
        remote_id=calendar.remote_id,
        cursor=dict(calendar.cursor) if calendar.read_as == read_as else {},
        window=window,
        zone=zone,
        rules=rules,
        read_as=read_as,
    )
    calendar.lease, calendar.lease_until = job.lease, now() + LEASE
    calendar.progress, calendar.progress_share = 0, None
    if calendar.state is not State.IMPORTING:
        calendar.state, calendar.state_since = State.IMPORTING, now()
    return job


def _read_as(window: Window, zone: ZoneInfo, rules: Rules) -> str:
    """Changes whenever the same content would come to something else: a new day, another mode, another address."""
    said = [
        window.start.isoformat(),
        zone.key,
        rules.mode,
        rules.counts_free,
        sorted(rules.addresses),
        rules.tags.block,
        rules.tags.prefer,
    ]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def _record(app: Installation, job: ImportJob, read: tuple[Content, Outcome] | None) -> None:
    with app.db.write() as session:
        calendar = _held(session, job)
        if calendar is None:
            return
        calendar.lease = calendar.lease_until = None
        if read is None:
            _up_to_date(app, calendar)
            return
        content, outcome = read
        if not outcome.events_read and calendar.entries and not _empty_for_long(calendar):
            _keep_in_spite_of_emptiness(app, calendar)
            return
        _replace_availability(session, calendar, job.member_id, outcome.pieces)
        calendar.cursor, calendar.read_as = dict(content.cursor), job.read_as
        calendar.events_read, calendar.entries = outcome.events_read, len(outcome.pieces)
        calendar.problems = [
            {"line": problem.line, "message": problem.message} for problem in outcome.problems[:KEPT_PROBLEMS]
        ]
        calendar.why = nothing_counted(outcome, job.rules)
        calendar.empty_since = None
        _up_to_date(app, calendar)


def _record_failure(app: Installation, job: ImportJob, failure: Failure) -> None:
    with app.db.write() as session:
        calendar = _held(session, job)
        if calendar is None:
            return
        calendar.lease = calendar.lease_until = None
        calendar.why, calendar.cause = failure.sentence, failure.cause.value
        calendar.attempts += 1
        if isinstance(failure, MemberMustAct):
            _enter(calendar, State.NEEDS_YOU)
            calendar.next_import_at = None
            return
        _enter(calendar, State.RETRYING)
        usual = app.settings.import_interval
        wait = _jittered(timedelta(minutes=usual) if isinstance(failure, Unreadable) else _backoff(calendar.attempts))
        if isinstance(failure, TryLater) and failure.retry_after:
            wait = max(wait, failure.retry_after)
        calendar.next_import_at = now() + wait


def _up_to_date(app: Installation, calendar: Calendar) -> None:
    calendar.last_read_at = now()
    calendar.attempts, calendar.cause = 0, ""
    _enter(calendar, State.UP_TO_DATE)
    calendar.next_import_at = now() + _jittered(timedelta(minutes=app.settings.import_interval))


def _keep_in_spite_of_emptiness(app: Installation, calendar: Calendar) -> None:
    calendar.empty_since = calendar.empty_since or now()
    calendar.why, calendar.cause = suddenly_empty(calendar.entries), "empty"
    calendar.attempts += 1
    _enter(calendar, State.RETRYING)
    calendar.next_import_at = now() + _jittered(timedelta(minutes=app.settings.import_interval))


def _empty_for_long(calendar: Calendar) -> bool:
    return calendar.empty_since is not None and now() - calendar.empty_since > EMPTY_ACCEPTED_AFTER


def _replace_availability(session: Session, calendar: Calendar, member_id: int, pieces: list[Piece]) -> None:
    of_calendar = col(Availability.calendar_id) == calendar.id
    columns = select(Availability.start, Availability.end, Availability.action)
    old = [tuple(row) for row in session.exec(columns.where(of_calendar))]
    new = [(_instant(piece.start), _instant(piece.end), piece.action) for piece in pieces]
    if set(old) == set(new) and len(old) == len(new):
        return
    calendar.last_changed_at = now()
    session.exec(delete(Availability).where(of_calendar))
    if new:
        session.execute(
            insert(Availability),
            [
                {"member_id": member_id, "calendar_id": calendar.id, "start": start, "end": end, "action": action}
                for start, end, action in new
            ],
        )


def _held(session: Session, job: ImportJob) -> Calendar | None:
    """The calendar, while this import still holds it."""
    held = select(Calendar).where(Calendar.id == job.calendar_id, Calendar.lease == job.lease)
    return session.exec(held.with_for_update()).first()


def _enter(calendar: Calendar, state: State) -> None:
    if calendar.state is not state:
        calendar.state, calendar.state_since = state, now()
    calendar.progress, calendar.progress_share = 0, None


def _backoff(attempts: int) -> timedelta:
    return min(FIRST_RETRY * (1 << min(attempts - 1, 12)), LAST_RETRY)


def _jittered(wait: timedelta) -> timedelta:
    """Ten per cent more or less, so that calendars of one server don't march in step."""
    spread: timedelta = wait * random.uniform(0.9, 1.1)  # noqa: S311 - spreads load, protects nothing
    return spread


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
