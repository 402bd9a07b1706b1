"""What runs by itself: imports, for which the rows that are due are looked for every second; alert emails; staleness.

Used by run.py, once a process. It keeps no list of its own: due rows and their leases are in the database, so a
process that is killed loses nothing and one that starts finds everything.
"""

import asyncio
import contextlib
import threading
from concurrent.futures import Future
from datetime import datetime, timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from oncall_ui.app import App
from oncall_ui.models import now
from oncall_ui.services.imports.alert_emails import send_alert_emails
from oncall_ui.services.imports.fetch import rehearse
from oncall_ui.services.imports.run import ImportJob, claim_due, give_up, run_import
from oncall_ui.services.imports.stale import announce_stale

log = structlog.get_logger()

LOOK, AGEING, ALERT_EMAILS = timedelta(seconds=1), timedelta(minutes=1), timedelta(minutes=10)
AT_ONCE = 8
"""Most of an import is waiting for somebody else’s server; what there is to compute waits for one of the workers."""
ALERT_EMAILS_LIMIT_SECONDS = 300


class Jobs:
    """The scheduler and the imports under way. `every`: how often it looks by itself."""

    def __init__(self, app: App, *, every: timedelta = LOOK) -> None:
        self._app, self._every = app, every
        self._scheduler = AsyncIOScheduler(timezone="UTC")
        self._running: set[asyncio.Task[None]] = set()
        self._is_claiming = False
        self._is_more_due = False
        """The last look found no room for everything: an import that ends doesn't wait for the next one."""
        self._aged: datetime | None = None

    @property
    def is_running(self) -> bool:
        return bool(self._scheduler.running)

    def start(self) -> None:
        """On the running event loop."""
        self._app.workers.warm_up(rehearse)
        for work, every in ((self.look, self._every), (self._age, AGEING), (self._write, ALERT_EMAILS)):
            self._scheduler.add_job(
                work,
                "interval",
                seconds=every.total_seconds(),
                next_run_time=now(),
                coalesce=True,
                max_instances=1,
                misfire_grace_time=60,
            )
        self._scheduler.start()

    async def stop(self) -> None:
        """Lets go of what is under way; it is due again when its lease runs out."""
        self._scheduler.shutdown(wait=False)
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def look(self) -> None:
        """Starts what is due by now, as far as there is room."""
        # A stop cancels the look that is under way, which is no error; what it claimed is due again after its lease.
        with contextlib.suppress(asyncio.CancelledError):
            await self._import_due()

    async def _import_due(self) -> None:
        """Claims while there is room and something due. Where one is at it, another has nothing to add."""
        if self._is_claiming:
            return
        self._is_claiming = self._is_more_due = True
        try:
            while self._is_more_due and (free := AT_ONCE - len(self._running)) > 0:
                claimed = await asyncio.to_thread(claim_due, self._app, free)
                self._is_more_due = len(claimed) == free
                for job in claimed:
                    task = asyncio.create_task(self._import(job))
                    self._running.add(task)
                    task.add_done_callback(self._ended)
        finally:
            self._is_claiming = False

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if self._is_more_due and not self._is_claiming and self.is_running:
            self._scheduler.add_job(self.look, misfire_grace_time=60)

    async def _import(self, job: ImportJob) -> None:
        try:
            await run_import(self._app, job)
        except Exception:  # the outermost edge of a job: one calendar must not stop the others
            log.exception("import ended unexpectedly", calendar=job.calendar_id)
            await asyncio.to_thread(give_up, self._app, job)

    async def _age(self) -> None:
        moment, before = now(), self._aged
        self._aged = moment
        with contextlib.suppress(asyncio.CancelledError):
            if before is not None:
                await asyncio.to_thread(announce_stale, self._app, before, moment)

    async def _write(self) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            try:
                async with asyncio.timeout(ALERT_EMAILS_LIMIT_SECONDS):
                    await asyncio.wrap_future(_write_apart(self._app))
            except Exception:  # the outermost edge of a job: alert emails must not stop for good
                log.exception("alert emails ended unexpectedly")


def _write_apart(app: App) -> Future[int]:
    """In a thread nobody waits for when the process ends: a mail server may take its time to answer.

    What it had marked by then counts as sent.
    """
    sent: Future[int] = Future()
    sent.set_running_or_notify_cancel()  # from here on it can only end by itself

    def write() -> None:
        try:
            sent.set_result(send_alert_emails(app))
        except BaseException as error:  # noqa: BLE001 - passed on to the caller that waits
            sent.set_exception(error)

    threading.Thread(target=write, name="alert emails", daemon=True).start()
    return sent
