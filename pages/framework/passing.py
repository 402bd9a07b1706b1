"""Requests pass by what NiceGUI does to few of them, each time in a task of its own and through a stream.

It adds a prefix to where a redirect leads, if a proxy names one, and says how long its own files may be kept.
"""

from nicegui import __version__
from nicegui.middlewares import RedirectWithPrefixMiddleware, SetCacheControlMiddleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.types import Receive, Scope, Send

PREFIX = b"x-forwarded-prefix"
FILES = f"/_nicegui/{__version__}/"

_handle = BaseHTTPMiddleware.__call__


def pass_quickly() -> None:
    """Call it before the server runs; again, and it does nothing."""
    RedirectWithPrefixMiddleware.__call__ = _with_a_prefix  # type: ignore[method-assign, assignment]
    SetCacheControlMiddleware.__call__ = _for_files  # type: ignore[method-assign, assignment]


async def _with_a_prefix(self: RedirectWithPrefixMiddleware, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "http" and any(name == PREFIX for name, _ in scope["headers"]):
        await _handle(self, scope, receive, send)
    else:
        await self.app(scope, receive, send)


async def _for_files(self: SetCacheControlMiddleware, scope: Scope, receive: Receive, send: Send) -> None:
    # With what it is mounted below, as the middleware itself looks at it.
    if scope["type"] == "http" and FILES in scope["path"]:
        await _handle(self, scope, receive, send)
    else:
        await self.app(scope, receive, send)
