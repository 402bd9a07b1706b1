"""What a process does beside its pages, from start to stop, and the server of one that has no pages (role `worker`)."""

import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial

import structlog
import uvicorn
from fastapi import FastAPI

from oncall_ui.app import App
from oncall_ui.between.processes import Processes
from oncall_ui.jobs import Jobs
from oncall_ui.memory import PageMemory
from oncall_ui.readiness import Readiness
from oncall_ui.services.imports.fetching.in_worker import rehearse
from oncall_ui.stopping import Stopping
from oncall_ui.surroundings import surround

log = structlog.get_logger()

GRACE_SECONDS = 3
"""For responses under way and for browsers to close their sockets."""
NICENESS = 10
"""Where a process with pages shares its machine, the pages come first."""
ADDRESSES = ("/healthz", "/readyz", "/metrics")


class Work:
    """The jobs, unless other processes have them, and what tells how the process is."""

    def __init__(self, app: App, stopping: Stopping) -> None:
        self._app, self._stopping = app, stopping
        self._jobs = Jobs(app) if app.settings.runs_jobs else None
        own = self._jobs.seconds_since_look if self._jobs else None
        self.processes = Processes(app, own)
        self.readiness = Readiness(app, own or self.processes.seconds_since_look, has_jobs=own is not None)

    def start(self, stop_server: Callable[[], None]) -> None:
        """On the running event loop. From now on a signal stops the jobs, and then the server."""
        self._app.hub.start()
        self.processes.start()
        if self._jobs:
            self._jobs.start()
        else:
            self._app.workers.warm_up(rehearse)
        self.readiness.start()
        self._stopping.listen(first=self._stop_jobs, then=stop_server)

    async def stop(self) -> None:
        """When the server has stopped."""
        self.readiness.stop()
        await self._stopping.finish_first()
        await self.processes.stop()
        self._app.hub.stop()
        await self._stopping.close(self._app.close)

    async def _stop_jobs(self) -> None:
        if self._jobs:
            await self._jobs.stop()


def serve_work(app: App, stopping: Stopping, report_start: Callable[[], None]) -> None:
    """The role `worker`: it answers programs that watch it, and no one else. Returns when it has stopped."""
    from pages import health, metrics  # noqa: PLC0415

    os.nice(NICENESS)
    settings, work, memory = app.settings, Work(app, stopping), PageMemory(lambda: 0)

    @asynccontextmanager
    async def running(_web: FastAPI) -> AsyncIterator[None]:
        work.start(partial(setattr, server, "should_exit", True))
        memory.start()
        report_start()
        yield
        await work.stop()

    web = FastAPI(lifespan=running, openapi_url=None)
    health.register(web, work.readiness)
    metrics.register(web, app, lambda: 0)
    surround(web, settings, app.outages, cookieless=ADDRESSES, static=(), dynamic=())
    server = uvicorn.Server(
        uvicorn.Config(
            web,
            host=settings.host,
            port=settings.port,
            proxy_headers=False,  # see `surround`
            timeout_graceful_shutdown=GRACE_SECONDS,
            log_level="warning",
            access_log=False,
            log_config=None,  # as of a process with pages
        )
    )
    sys.stdout.write(f"On-Call Optimizer works without pages; /readyz is on port {settings.port}  (stop with Ctrl-C)\n")
    sys.stdout.flush()
    server.run()
