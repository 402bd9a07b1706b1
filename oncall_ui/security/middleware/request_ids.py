"""An id for every request: in each line of the log that it leads to, and in the answer's X-Request-ID header."""

import re
import secrets

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from oncall_ui.reporting.ids import carry_only

HEADER = "X-Request-ID"
_USABLE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{7,63}")
_TRACE = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}(-.*)?")
"""A `traceparent` header (W3C Trace Context), whose trace id names the request in the proxy's traces."""


class RequestIds:
    """Add it inside `Proxies`, which removes both headers unless a trusted proxy sent them.

    A websocket has one id from its handshake to its end.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        request_id = _id_of(Headers(scope=scope))
        # Not taken back at the end: what the server logs about a request that failed carries it, too.
        carry_only(request=request_id)

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": list(message.get("headers", []))}
                MutableHeaders(scope=message)[HEADER] = request_id
            await send(message)

        await self._app(scope, receive, send_with_id if scope["type"] == "http" else send)


def _id_of(headers: Headers) -> str:
    sent = headers.get(HEADER, "")
    if _USABLE.fullmatch(sent):
        return sent
    trace = _TRACE.fullmatch(headers.get("traceparent", ""))
    return trace[1] if trace else secrets.token_hex(8)
