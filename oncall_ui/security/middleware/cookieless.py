"""Paths without a session: those of programs, health checks and static files."""

from collections.abc import Sequence

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Cookieless:
    """For the given paths, no request brings a cookie and no response sets one.

    A path that ends in `/` means everything below it. Add it outside the session middleware.
    """

    def __init__(self, app: ASGIApp, paths: Sequence[str]) -> None:
        self._app = app
        self._below = tuple(path for path in paths if path.endswith("/"))
        self._exactly = frozenset(paths) - set(self._below)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not self._is_ours(scope["path"]):
            await self._app(scope, receive, send)
            return

        async def send_cookieless(message: Message) -> None:
            await send(_without_cookie(message) if message["type"] == "http.response.start" else message)

        headers = [(name, value) for name, value in scope["headers"] if name.lower() != b"cookie"]
        await self._app({**scope, "headers": headers}, receive, send_cookieless)

    def _is_ours(self, path: str) -> bool:
        return path in self._exactly or path.startswith(self._below)


def _without_cookie(start: Message) -> Message:
    start = {**start, "headers": list(start.get("headers", []))}
    headers = MutableHeaders(scope=start)
    del headers["Set-Cookie"]
    varies = [name.strip() for name in headers.get("Vary", "").split(",")]
    rest = [name for name in varies if name and name.lower() != "cookie"]
    del headers["Vary"]
    if rest:
        headers["Vary"] = ", ".join(rest)
    return start
