"""/metrics: what Prometheus asks for, with a token or from this machine alone."""

import asyncio
import hmac
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime

from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse, Response

from oncall_ui.app import App
from oncall_ui.reporting.metrics import Measured, as_text
from oncall_ui.services.imports.figures import read_figures
from oncall_ui.services.installation.status import watched

TYPE = "text/plain; version=0.0.4; charset=utf-8"
HERE = {"127.0.0.1", "::1"}
FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip")
"""A proxy on this machine asks for somebody else."""


def register(web: FastAPI, app: App, open_pages: Callable[[], int]) -> None:
    """On any server: a process without pages has this, too."""

    @web.get("/metrics")
    async def metrics(request: Request) -> Response:
        if not _may_read(app, request):
            return PlainTextResponse("Ask from this machine, or with the token in ONCALL_METRICS_TOKEN.\n", 403)
        return Response(await asyncio.to_thread(_text, app, open_pages()), media_type=TYPE)


def _text(app: App, pages: int) -> bytes:
    measured = [
        *read_figures(app, datetime.now(UTC)),
        Measured("oncall_open_pages", "Pages that are open, or wait for their browser.", pages),
        *_workers(app),
        *_machine(app),
        Measured("oncall_outages", "What is failing now.", len(app.outages.current())),
    ]
    return as_text(measured)


def _workers(app: App) -> Iterator[Measured]:
    for kind, running, lost in (
        ("import", app.workers.running, app.workers.lost),
        ("plan", app.planner.running, app.planner.lost),
    ):
        yield Measured("oncall_worker_calls", "Calls that run in a process of their own.", running, {"kind": kind})
        yield Measured("oncall_workers_lost", "Processes that ended without an answer.", lost, {"kind": kind})


def _machine(app: App) -> Iterator[Measured]:
    moment = datetime.now(UTC)
    with suppress(OSError):
        free = shutil.disk_usage(app.settings.data_dir).free
        yield Measured("oncall_disk_free_bytes", "Free on the disk of the data folder.", free)
    backups = watched(app, moment).backups
    if backups is not None and backups.at is not None:
        age = (moment - backups.at).total_seconds()
        yield Measured("oncall_backup_age_seconds", "Since the last backup was made.", age)


def _may_read(app: App, request: Request) -> bool:
    token = app.settings.metrics_token.get_secret_value()
    if token:
        return hmac.compare_digest(request.headers.get("authorization", "").encode(), f"Bearer {token}".encode())
    is_forwarded = any(name in request.headers for name in FORWARDED)
    return request.client is not None and request.client.host in HERE and not is_forwarded
