"""How every page opens: with `page` instead of `ui.page`. However slow the server is, opening one is never an error.

NiceGUI answers 500 when a page isn't built within 3 s. Here it is waited for, and if that takes very long, a small page
says so and tries again by itself. Pages whose browser never comes are kept until there are too many of them.
"""

import asyncio
import functools
from collections.abc import Awaitable, Callable
from html import escape
from string import Template
from typing import Any

import structlog
from fastapi.responses import HTMLResponse, Response
from nicegui import Client, __version__, ui

log = structlog.get_logger()

BUSY_SECONDS = 30
"""Browsers and proxies wait at least twice as long."""
AGAIN_SECONDS = 10
NEVER_SECONDS = 24 * 3600
MOST_WAITING = 200
"""Pages without a browser, at most: each takes up to a megabyte, and NiceGUI keeps it for 70 s. A browser whose page is
gone when it comes, as one can on a flooded server, loads it again by itself."""
BUSY = (
    "This server is busy",
    f"The page took too long to open. It tries again every {AGAIN_SECONDS} seconds; nothing you saved is lost.",
)
_PLAIN = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">$refresh
<title>$title · On-Call Optimizer</title>
<link rel="stylesheet" href="/_nicegui/$version/static/fonts.css">
<link rel="stylesheet" href="/static/tokens.css">
<link rel="stylesheet" href="/static/parts.css">
<link rel="stylesheet" href="/static/gates.css">
</head>
<body>
<main class="oc-gate"><div class="oc-door">
<span class="oc-brand"><span class="oc-mark"></span><span>On-Call Optimizer</span></span>
<h1>$title</h1>
<p class="oc-lead">$lead</p>
<p><a class="oc-btn" href="$to">$button</a></p>
</div></main>
</body>
</html>
"""

Build = Callable[..., Awaitable[Response | None] | Response | None]


def page(path: str, **options: Any) -> Callable[[Build], Build]:
    """A decorator like `ui.page`, which it takes the options of."""

    def register(build: Build) -> Build:
        ui.page(path, response_timeout=NEVER_SECONDS, **options)(_patient(build))
        return build

    return register


def plain_page(
    words: tuple[str, str],
    status: int,
    *,
    to: str = "/",
    button: str = "Go to Home",
    again_seconds: int | None = None,
) -> Response:
    """A page without state on the server: title and sentence, and a link, to Home unless `to` is another path."""
    refresh = "" if again_seconds is None else f'\n<meta http-equiv="refresh" content="{again_seconds}">'
    title, lead = words
    filled = Template(_PLAIN).substitute(
        title=title, lead=lead, refresh=refresh, to=escape(to), button=button, version=__version__
    )
    headers = {} if again_seconds is None else {"Retry-After": str(again_seconds)}
    return HTMLResponse(filled, status, headers)


def _patient(build: Build) -> Build:
    @functools.wraps(build)
    async def patient(*args: Any, **kwargs: Any) -> Response | None:
        _make_room()
        try:
            async with asyncio.timeout(BUSY_SECONDS) as limit:
                built = build(*args, **kwargs)
                return await built if isinstance(built, Awaitable) else built
        except TimeoutError:
            if not limit.expired():
                raise
        client = ui.context.client
        log.warning("page too slow", path=client.page.path, seconds=BUSY_SECONDS)
        client.delete()
        return plain_page(BUSY, 503, again_seconds=AGAIN_SECONDS)

    return patient


def _make_room() -> None:
    """Closes the oldest pages whose browser hasn't come."""
    waiting = [client for client in Client.instances.values() if client.tab_id is None]
    waiting.sort(key=lambda client: client.created)
    for client in waiting[: max(0, len(waiting) - MOST_WAITING)]:
        client.delete()
