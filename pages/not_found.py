"""One page for what doesn't exist and for what belongs to someone else, so that nobody learns which of the two it is.

And a page for our own errors, without details: those are in the log.
"""

import structlog
from fastapi import Request
from fastapi.responses import Response
from nicegui import app as web

from oncall_ui.app import App
from oncall_ui.errors import NotAllowed
from pages.opening import plain_page

log = structlog.get_logger()

NOT_FOUND = ("Page not found", "The address may be wrong, or the page no longer exists.")
BROKEN = (
    "Something went wrong on this server",
    "Nothing you saved is lost. Try again, or ask your administrator to check the log.",
)


def register(_app: App) -> None:
    @web.exception_handler(404)
    @web.exception_handler(NotAllowed)
    async def not_found(_request: Request, _error: Exception) -> Response:
        return plain_page(NOT_FOUND, 404)  # scanners that try addresses would otherwise fill the memory

    @web.exception_handler(Exception)
    async def broken(_request: Request, error: Exception) -> Response:
        log.error("a page failed", exc_info=error)
        return plain_page(BROKEN, 500)
