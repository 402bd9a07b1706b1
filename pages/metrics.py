"""/metrics: what Prometheus asks for, with a token or from this machine alone."""

import asyncio
import hmac
from collections.abc import Callable
from datetime import UTC, datetime

from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse, Response

from oncall_ui.app import App
from oncall_ui.reporting.metrics import Measured, as_text
from oncall_ui.services.imports.figures import read_figures

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
        Measured("oncall_worker_calls", "Calls that run in a process of their own.", app.workers.running),
        Measured("oncall_outages", "What is failing now.", len(app.outages.current())),
    ]
    return as_text(measured)


def _may_read(app: App, request: Request) -> bool:
    token = app.settings.metrics_token.get_secret_value()
    if token:
        return hmac.compare_digest(request.headers.get("authorization", "").encode(), f"Bearer {token}".encode())
    is_forwarded = any(name in request.headers for name in FORWARDED)
    return request.client is not None and request.client.host in HERE and not is_forwarded
