"""What isn't there, and what isn't yours: one page for both, so that nobody learns which of the two it is.

And what went wrong on our side: said as calmly, without a word of what it was, which stands in the log.
"""

from string import Template

import structlog
from fastapi import Request
from fastapi.responses import HTMLResponse, Response
from nicegui import __version__
from nicegui import app as web

from oncall_ui.app import App
from oncall_ui.errors import NotAllowed

log = structlog.get_logger()

# Plain HTML: whoever scans the server for addresses would otherwise fill its memory with pages.
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
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
<p><a class="oc-btn" href="/">Back to the start</a></p>
</div></main>
</body>
</html>
"""
NOT_FOUND = ("There is nothing here for you", "The address may be mistyped, or what was here is gone.")
BROKEN = ("Something went wrong on this server", "Its log says what. What you saved before is still there.")


def register(_app: App) -> None:
    @web.exception_handler(404)
    @web.exception_handler(NotAllowed)
    async def not_found(_request: Request, _error: Exception) -> Response:
        return _page(NOT_FOUND, 404)

    @web.exception_handler(Exception)
    async def broken(_request: Request, error: Exception) -> Response:
        log.error("a page failed", exc_info=error)
        return _page(BROKEN, 500)


def _page(words: tuple[str, str], status: int) -> Response:
    title, lead = words
    return HTMLResponse(Template(_PAGE).substitute(title=title, lead=lead, version=__version__), status)
