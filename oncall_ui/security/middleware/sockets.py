"""Websockets within limits: how many, how much they send, and that each belongs to a page that is open."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from oncall_ui.security.login_throttle import counted_address
from oncall_ui.security.socket_limits import LONGEST_DELAY, MEMBER, STRANGER, SocketLimits

GREETING_SECONDS = 10.0
"""A socket that belongs to no page by then is closed."""
POLICY = 1008
"""RFC 6455 section 7.4.1: a message that violates the policy."""

SessionOf = Callable[[dict[str, Any]], Awaitable[str | None]]
"""The id of the valid session that the cookie's content belongs to."""
IsGreeted = Callable[[Scope], bool]
"""Whether the socket belongs to a page that is open."""
Report = Callable[[str | BaseException], None]


class Sockets:
    """Add it inside the session middleware. `path` is the mount of the websocket server; nothing else has websockets.

    Long polling, which a websocket server may also offer, is refused: it has none of these limits.
    """

    def __init__(
        self, app: ASGIApp, *, path: str, session_of: SessionOf, is_greeted: IsGreeted, report: Report
    ) -> None:
        self._app = app
        self._path = path
        self._session_of = session_of
        self._is_greeted = is_greeted
        self._report = report
        self._limits = SocketLimits()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(self._path):
            await PlainTextResponse("Websockets only.\n", 400)(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._admit(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _admit(self, scope: Scope, receive: Receive, send: Send) -> None:
        session_id = await self._session_of(scope.get("session") or {})
        client = scope.get("client")
        address = counted_address(client[0] if client else "")
        key, budget = (("session", session_id), MEMBER) if session_id else (("address", address), STRANGER)
        if not scope["path"].startswith(self._path) or not self._limits.open(key, budget):
            self._report("too many websockets")
            await send({"type": "websocket.close", "code": POLICY})
            return
        try:
            await self._serve(key, scope, receive, send)
        finally:
            self._limits.close(key)

    async def _serve(self, key: tuple[str, str], scope: Scope, receive: Receive, send: Send) -> None:
        greeting = asyncio.get_running_loop().time() + GREETING_SECONDS
        is_greeted = False

        async def counted() -> Message:
            nonlocal is_greeted
            is_greeted = is_greeted or self._is_greeted(scope)
            try:
                async with asyncio.timeout_at(None if is_greeted else greeting):
                    message = await receive()
            except TimeoutError:
                if self._is_greeted(scope):
                    is_greeted = True
                    return await counted()
                self._report("a websocket without a page")
                return await _end(send)
            if message["type"] != "websocket.receive":
                return message
            delay = self._limits.receive(key, _size(message))
            if delay > LONGEST_DELAY:
                self._report("too many messages")
                return await _end(send)
            if delay > 0:
                await asyncio.sleep(delay)
            return message

        try:
            await self._app(scope, counted, send)
        except Exception as error:  # noqa: BLE001 - a browser's nonsense isn't worth a traceback each time
            self._report(error)
            await _end(send)


async def _end(send: Send) -> Message:
    with suppress(Exception):  # it may be closed already
        await send({"type": "websocket.close", "code": POLICY})
    return {"type": "websocket.disconnect", "code": POLICY}


def _size(message: Message) -> int:
    return len(message.get("text") or "") + len(message.get("bytes") or b"")
