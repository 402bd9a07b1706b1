"""Security headers on every response, and the Content Security Policy's nonces."""

import re
import secrets

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# NiceGUI needs inline styles, and eval for messages and templates; scripts run only with the response's nonce.
_POLICY = (
    "default-src 'self'; script-src 'self' 'nonce-{nonce}' 'unsafe-eval'; script-src-attr 'none'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
_A_YEAR = "max-age=31536000"
_SCRIPT = re.compile(rb"<script(?=[\s/>])", re.IGNORECASE)


class SecurityHeaders:
    """Adds the Content Security Policy, with a fresh nonce on every script of a page, and the other headers.

    Add it inside any compression: a page that is already compressed gets no nonces.
    """

    def __init__(self, app: ASGIApp, *, https: bool = False) -> None:
        self._app = app
        self._headers = _ALWAYS | ({"Strict-Transport-Security": _A_YEAR} if https else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        await self._app(scope, receive, _Response(send, self._headers, is_head=scope["method"] == "HEAD"))


class _Response:
    """Forwards one response: a page once it is complete, everything else as it arrives."""

    def __init__(self, send: Send, headers: dict[str, str], *, is_head: bool) -> None:
        self._send = send
        self._headers = headers
        self._is_head = is_head
        self._nonce = secrets.token_urlsafe(16)
        self._start: Message | None = None
        self._page = bytearray()

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            await self._begin(message)
        elif message["type"] == "http.response.body" and self._start is not None:
            await self._collect(self._start, message)
        else:
            await self._send(message)

    async def _begin(self, message: Message) -> None:
        message = {**message, "headers": list(message.get("headers", []))}
        headers = MutableHeaders(scope=message)
        for name, value in self._headers.items():
            headers.setdefault(name, value)
        # After a 304 the browser shows its cached page, whose policy has the matching nonce.
        if message["status"] != 304:
            headers["Content-Security-Policy"] = _POLICY.format(nonce=self._nonce)
        if not _is_page(headers):
            await self._send(message)
        elif self._is_head:
            del headers["Content-Length"]  # it would be the length without nonces
            await self._send(message)
        else:
            self._start = message

    async def _collect(self, start: Message, message: Message) -> None:
        self._page += message.get("body", b"")
        if message.get("more_body", False):
            return
        page = _SCRIPT.sub(b'<script nonce="%s"' % self._nonce.encode(), bytes(self._page))
        MutableHeaders(scope=start)["Content-Length"] = str(len(page))
        self._start = None
        await self._send(start)
        await self._send({"type": "http.response.body", "body": page})


def _is_page(headers: MutableHeaders) -> bool:
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    return kind == "text/html" and "content-encoding" not in headers
