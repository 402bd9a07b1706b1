"""Headers that only a trusted proxy may set: from anybody else they are removed before anything reads them."""

from collections.abc import Callable

from starlette.types import ASGIApp, Receive, Scope, Send

_PROXY_HEADERS = {
    b"forwarded",
    b"x-real-ip",
    b"x-client-ip",
    b"x-script-name",
    b"x-original-url",
    b"x-original-host",
    b"x-rewrite-url",
    b"x-request-id",
    b"traceparent",
}
_PROXY_PREFIX = b"x-forwarded-"
_NAMES = {b"x-request-id", b"traceparent"}
"""They only name the request in the log; a browser gains nothing by choosing them."""
_BELIEVED = {b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-host"} | _NAMES


class Proxies:
    """Requests and websockets of trusted peers go to `forwarded`, all others to `app` without any proxy's headers.

    Add it outside everything that reads these headers. NiceGUI, for one, builds script addresses and redirects from
    X-Forwarded-Prefix, and the websocket server accepts the origin that X-Forwarded-Host names. Of trusted peers, too,
    only `_BELIEVED` get through: proxies pass on what a browser says in all others, unless they are set up not to.
    """

    def __init__(
        self, app: ASGIApp, *, forwarded: ASGIApp | None = None, is_trusted: Callable[[str], bool] = lambda _: False
    ) -> None:
        """`is_trusted` gets the address of the peer, as the socket has it."""
        self._app = app
        self._forwarded = forwarded or app
        self._is_trusted = is_trusted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        client = scope.get("client")
        if client is not None and self._is_trusted(client[0]):
            kept = [(name, value) for name, value in scope["headers"] if name in _BELIEVED or not _is_of_proxy(name)]
            await self._forwarded({**scope, "headers": kept, "root_path": ""}, receive, send)
            return
        kept = [(name, value) for name, value in scope["headers"] if not _is_of_proxy(name)]
        await self._app({**scope, "headers": kept, "root_path": ""}, receive, send)


def _is_of_proxy(name: bytes) -> bool:
    lower = name.lower()
    return lower in _PROXY_HEADERS or lower.startswith(_PROXY_PREFIX)
