"""What runs by itself: a look at the rows that are due, every second, and the imports it starts.

Used by run.py, once a process. It keeps no list of its own: what is due and who holds it stands in the database, so a
process that is killed loses nothing and one that starts finds everything.
"""

import asyncio
import contextlib

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from oncall_ui.services.imports import ImportJob, claim_due, give_up, run_import
from oncall_ui.services.installation import Installation

log = structlog.get_logger()

LOOK_SECONDS = 1
AT_ONCE = 4


class Jobs:
    """The scheduler and the imports under way."""

    def __init__(self, app: Installation) -> None:
        self._app = app
        self._scheduler = AsyncIOScheduler(timezone="UTC")
        self._running: set[asyncio.Task[None]] = set()

    @property
    def is_running(self) -> bool:
        return bool(self._scheduler.running)

    def start(self) -> None:
        """On the running event loop."""
        self._app.workers.warm_up()
        self._scheduler.add_job(
            self._look, "interval", seconds=LOOK_SECONDS, coalesce=True, max_instances=1, misfire_grace_time=60
        )
        self._scheduler.start()

    async def stop(self) -> None:
        """Lets go of what is under way; it is due again when its lease runs out."""
        self._scheduler.shutdown(wait=False)
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def _look(self) -> None:
        # A stop cancels the look that is under way, which is no error; what it claimed is due again after its lease.
        with contextlib.suppress(asyncio.CancelledError):
            await self._import_due()

    async def _import_due(self) -> None:
        if (free := AT_ONCE - len(self._running)) <= 0:
            return
        for job in await asyncio.to_thread(claim_due, self._app, free):
            task = asyncio.create_task(self._import(job))
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    async def _import(self, job: ImportJob) -> None:
        try:
            await run_import(self._app, job)
        except Exception:  # the outermost edge of a job: one calendar must not stop the others
            log.exception("import ended unexpectedly", calendar=job.calendar_id)
            await asyncio.to_thread(give_up, self._app, job)
