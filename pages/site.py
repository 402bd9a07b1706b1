"""All screens of one installation, and what they have in common: styles, errors, health."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

from fastapi.responses import JSONResponse
from nicegui import app as web
from nicegui import ui

from oncall_ui.services.installation import Installation
from pages import (
    access,
    api,
    broken,
    calendars,
    choose,
    connect,
    exports,
    feeds,
    home,
    login,
    members,
    new_connection,
    not_found,
    privacy,
    setup,
    signing_in,
    tags,
    team,
    you,
)
from pages import help as help_pages

STATIC = Path(__file__).parent / "static"
STYLES = (
    *("tokens", "parts", "icons", "quasar", "app", "gates", "forms"),
    *("home", "calendars", "choose", "team", "privacy", "you"),
)
SCREENS: tuple[ModuleType, ...] = (
    not_found,
    login,
    setup,
    members,
    new_connection,
    connect,
    signing_in,
    calendars,
    choose,
    team,
    tags,
    broken,
    help_pages,
    privacy,
    exports,
    feeds,
    api,
    you,
    home,
)
COOKIELESS = ("/api/", "/feeds/")
"""What programs ask for; it is answered without a session."""


def register(app: Installation, is_ready: Callable[[], bool]) -> None:
    """Puts every page onto the server. `is_ready` answers /readyz; it may block."""
    web.add_static_files("/static", STATIC, max_cache_age=3600)
    ui.add_head_html("".join(f'<link rel="stylesheet" href="/static/{name}.css">' for name in STYLES), shared=True)
    for screen in SCREENS:
        screen.register(app)
    access.register(app)  # after the pages: a page takes its path away from whatever answered there before
    _register_health(is_ready)


def _register_health(is_ready: Callable[[], bool]) -> None:
    @web.get("/healthz")
    async def healthz() -> JSONResponse:
        return JSONResponse({"status": "alive"})

    @web.get("/readyz")
    async def readyz() -> JSONResponse:
        ready = await asyncio.to_thread(is_ready)
        return JSONResponse({"status": "ready" if ready else "not ready"}, 200 if ready else 503)
