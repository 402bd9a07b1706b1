"""Addresses that programs ask: they are given no cookie, and the one they may bring is not looked at."""

from collections.abc import Sequence

from starlette.middleware.sessions import Session
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Cookieless:
    """Below the given paths a request has an empty session, and its answer sets no cookie.

    Goes inside the session's own middleware and whatever fills it: NiceGUI gives everybody who asks an id.
    """

    def __init__(self, app: ASGIApp, paths: Sequence[str]) -> None:
        self._app = app
        self._paths = tuple(paths)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(self._paths):
            await self._app(scope, receive, send)
            return
        scope["session"] = Session()

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                scope["session"] = Session()
            await send(message)

        await self._app(scope, receive, answer)
