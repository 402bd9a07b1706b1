"""/healthz and /readyz: how the process is, for programs that watch it. No login, no names, no paths."""

from fastapi import FastAPI
from fastapi.responses import JSONResponse

from oncall_ui.readiness import Readiness


def register(web: FastAPI, readiness: Readiness) -> None:
    """On any server: a process without pages has these, too."""

    @web.get("/healthz")
    async def healthz() -> JSONResponse:
        return JSONResponse({"status": "alive"})

    @web.get("/readyz")
    async def readyz() -> JSONResponse:
        problem = await readiness.problem()
        if problem is None:
            return JSONResponse({"status": "ready"})
        # For anybody who asks: sentences without names, paths or addresses.
        details = [reason.sentence for reason in problem.reasons]
        return JSONResponse({"status": "not ready", "reasons": problem.reasons, "details": details}, 503)
