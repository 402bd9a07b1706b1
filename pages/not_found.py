"""One page for what doesn't exist and for what belongs to someone else, so that nobody learns which of the two it is.

And pages for our own errors, without details, which are in the log, and for a database that can't be used.
"""

from html import escape
from string import Template

import structlog
from fastapi import Request
from fastapi.responses import HTMLResponse, Response
from nicegui import __version__
from nicegui import app as web

from oncall_ui.app import App
from oncall_ui.database_problems import DATABASE_ERRORS, DatabaseProblem, problem_of
from oncall_ui.errors import NotAllowed

log = structlog.get_logger()

# Plain HTML: scanners that try addresses would otherwise fill the memory with pages.
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
<p><a class="oc-btn" href="$to">$button</a></p>
</div></main>
</body>
</html>
"""
NOT_FOUND = ("Page not found", "The address may be wrong, or the page no longer exists.")
BROKEN = (
    "Something went wrong on this server",
    "Nothing you saved is lost. Try again, or ask your administrator to check the log.",
)


TRY_LATER = "Nothing you saved is lost. Try again in a moment. If it doesn’t get better, tell your administrator."
RETRY_SECONDS = 5


def register(_app: App) -> None:
    @web.exception_handler(404)
    @web.exception_handler(NotAllowed)
    async def not_found(_request: Request, _error: Exception) -> Response:
        return _page(NOT_FOUND, 404)

    @web.exception_handler(Exception)
    async def broken(_request: Request, error: Exception) -> Response:
        log.error("a page failed", exc_info=error)
        return _page(BROKEN, 500)

    async def unavailable(request: Request, error: Exception) -> Response:
        problem = problem_of(error)
        if problem is None:  # a bug of ours, such as a constraint that doesn't hold
            raise error
        return _unavailable(request, problem)

    for kind in DATABASE_ERRORS:
        web.exception_handler(kind)(unavailable)


def _unavailable(request: Request, problem: DatabaseProblem) -> Response:
    again = request.url.path if request.method == "GET" else "/"
    answer = _page((problem.what.rstrip("."), TRY_LATER), 503, to=again, button="Try again")
    answer.headers["Retry-After"] = str(RETRY_SECONDS)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _page(words: tuple[str, str], status: int, *, to: str = "/", button: str = "Go to Home") -> Response:
    title, lead = words
    filled = Template(_PAGE).substitute(title=title, lead=lead, version=__version__, to=escape(to), button=button)
    return HTMLResponse(filled, status)
