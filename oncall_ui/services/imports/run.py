"""Importing one calendar: read it, replace its availability in one transaction, or say why not.

Used by the job, once a calendar is claimed. A failure changes the status and never the data; an import that lost its
lease changes nothing.
"""

import asyncio
import contextlib
import itertools
import time
from collections.abc import Callable, Mapping, Sequence

import structlog

from oncall_ui.app import App
from oncall_ui.domain.imports.failures import Cause, Failure, TryLater
from oncall_ui.hub import CalendarChanged
from oncall_ui.models import CalendarDigest
from oncall_ui.reporting.metrics import IMPORTS
from oncall_ui.services.imports import state
from oncall_ui.services.imports.claim import ImportJob
from oncall_ui.services.imports.damage import DATABASE_LOST, UNEXPECTED
from oncall_ui.services.imports.fetching.fetch import Source, read
from oncall_ui.services.imports.fetching.in_worker import Question
from oncall_ui.services.imports.hours import TALLY
from oncall_ui.services.imports.record import ImportResult, record_failure, record_result

log = structlog.get_logger()

HEARTBEAT_SECONDS = 1.0
QUIET_BEATS = 5
"""Without progress to see, every fifth beat writes: a quarter of the lease."""


async def run_import(app: App, job: ImportJob, fetched: Callable[[], None] | None = None) -> None:
    """Reads the calendar of `job` and records how it went. Raises nothing that a calendar can cause.

    `fetched` is called once its server has answered completely.
    """
    report, began = _Report(app, job, fetched), time.monotonic()
    TALLY.began(job.due)
    beating = asyncio.create_task(report.beat())
    try:
        result = await _read(app, job, report)
    except Failure as failure:
        is_news = await asyncio.to_thread(record_failure, app, job.calendar_id, job.lease, failure)
        _count(job, began, failure.cause.value, failed=True)
        values: dict[str, object] = {"cause": failure.cause.value, "detail": failure.detail}
        _log("import failed" if is_news else "import failed again", job, began, values, is_news=is_news)
    else:
        recorded = await asyncio.to_thread(record_result, app, job.calendar_id, job.lease, result)
        _count(job, began, recorded.what)
        values = {"result": recorded.what, "events": recorded.events_read, "kept": recorded.entries}
        if recorded.had_failed:
            values["had_failed"] = recorded.had_failed
        _log("imported", job, began, values)
    finally:
        beating.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await beating
        app.hub.publish(CalendarChanged(job.member_id, job.calendar_id))


def give_up(app: App, job: ImportJob) -> None:
    """Records an import that ended in an unexpected error: it is tried again later, as if the server were down.

    Then it reads everything, since what is stored about the last import may be the reason.
    """
    failure = TryLater(Cause.SERVER_ERROR, UNEXPECTED)
    record_failure(app, job.calendar_id, job.lease, failure, in_full=True)
    app.hub.publish(CalendarChanged(job.member_id, job.calendar_id))


def release_leases(app: App, jobs: Sequence[ImportJob]) -> None:
    """The imports won't end, because the server stops: their calendars are due as before, also for other processes."""
    with app.db.write() as session:
        for job in sorted(jobs, key=lambda each: each.calendar_id):
            if calendar := state.held(session, job.calendar_id, job.lease):
                state.release(calendar)


def _count(job: ImportJob, began: float, outcome: str, *, failed: bool = False) -> None:
    IMPORTS.labels(job.product.key, outcome.replace(" ", "_")).observe(time.monotonic() - began)
    TALLY.ended(failed=failed)


def _log(event: str, job: ImportJob, began: float, values: Mapping[str, object], *, is_news: bool = True) -> None:
    """A calendar that is broken for weeks is tried again hundreds of times: that is only of interest to who debugs."""
    write = log.info if is_news else log.debug
    write(event, **job.ids, host=job.holder.host, seconds=round(time.monotonic() - began, 2), **values)


async def _read(app: App, job: ImportJob, report: "_Report") -> ImportResult | Mapping[str, str] | None:
    """None or a new cursor: nothing changed since the last reading."""
    source = Source(job.product, job.credentials, job.connection_id, job.account)
    found = await read(app, source, Question(job.remote_id, job.window, job.zone, job.rules, job.cursor), report)
    report.fetched()
    if found is None or found.outcome is None:
        return found.cursor if found else None
    return ImportResult(job.member_id, found.outcome, found.cursor, job.rules_version, job.rules)


def _digest(app: App, job: ImportJob) -> bytes | None:
    with app.db.read() as session:
        row = session.get(CalendarDigest, job.calendar_id)
        return row.digest if row else None


class _Report:
    """Writes progress onto the row, which also keeps the lease, and tells open pages."""

    def __init__(self, app: App, job: ImportJob, fetched: Callable[[], None] | None) -> None:
        self._app, self._job, self._fetched = app, job, fetched
        self._events = 0
        self._share: float | None = None

    def arrived(self, share: float | None, events: int = 0) -> None:
        self._share, self._events = share, events

    def fetched(self) -> None:
        if self._fetched:
            self._fetched()

    async def previous(self) -> bytes | None:
        return await asyncio.to_thread(_digest, self._app, self._job)

    def counted(self, events: int) -> None:
        # The worker begins at nothing; what people see only rises.
        self._events, self._share = max(self._events, events), None

    async def beat(self) -> None:
        """Every second while there is progress to see, else as often as the lease needs it: many imports just wait."""
        beats = itertools.count(1)
        written: tuple[int, float | None] = (0, None)
        while True:
            await asyncio.sleep(HEARTBEAT_SECONDS)
            progress = (self._events, self._share)
            if next(beats) % QUIET_BEATS and not _is_seen(written, progress):
                continue
            try:
                await asyncio.to_thread(self._write, *progress)
            except DATABASE_LOST as error:
                self._app.outages.failed("database", error)
                continue  # the import goes on; what it finds counts if its lease is still its own by then
            written = progress
            self._app.hub.publish(CalendarChanged(self._job.member_id, self._job.calendar_id, is_progress=True))

    def _write(self, events: int, share: float | None) -> None:
        with self._app.db.write() as session:
            if calendar := state.held(session, self._job.calendar_id, self._job.lease):
                state.progress(calendar, events, share)


def _is_seen(before: tuple[int, float | None], after: tuple[int, float | None]) -> bool:
    """Whether a page shows the difference: another number of events, or another percent."""
    (events, share), (events_now, share_now) = before, after
    if events != events_now or share is None or share_now is None:
        return before != after
    return abs(share_now - share) >= 0.01
