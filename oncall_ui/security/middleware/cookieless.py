"""Paths for programs: they set no cookie and ignore the one a request may carry."""

from collections.abc import Sequence

from starlette.middleware.sessions import Session
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Cookieless:
    """Below the given paths, requests have an empty session and responses set no cookie.

    Add it inside the session middleware and whatever fills the session: NiceGUI gives every visitor an id.
    """

    def __init__(self, app: ASGIApp, paths: Sequence[str]) -> None:
        self._app = app
        self._paths = tuple(paths)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(self._paths):
            await self._app(scope, receive, send)
            return
        scope["session"] = Session()

        async def send_cookieless(message: Message) -> None:
            if message["type"] == "http.response.start":
                scope["session"] = Session()
            await send(message)

        await self._app(scope, receive, send_cookieless)
