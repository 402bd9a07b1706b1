"""Protection against cross-site request forgery (CSRF)."""

from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

_CHANGES = {"POST", "PUT", "PATCH", "DELETE"}
_OWN = {"same-origin", "none"}
_DEFAULT_PORTS = {"http": 80, "https": 443}


class SameOrigin:
    """Answers 403 to a POST, PUT, PATCH or DELETE from another site. Other requests and websockets pass.

    `public_url` is where people open the app; its host is ours even if a proxy sends another Host header.
    """

    def __init__(self, app: ASGIApp, public_url: str = "") -> None:
        self._app = app
        self._public = _place(public_url)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] in _CHANGES and not self._is_own(Headers(scope=scope)):
            refusal = PlainTextResponse("This request came from another site and was refused.\n", status_code=403)
            await refusal(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _is_own(self, headers: Headers) -> bool:
        if sites := headers.getlist("sec-fetch-site"):
            return all(site.strip().lower() in _OWN for site in sites)
        if origins := headers.getlist("origin"):
            return all(self._is_ours(origin, headers.getlist("host")) for origin in origins)
        # Every current browser sends one of the two. Other programs don't carry a member's cookie by accident.
        return "cookie" not in headers

    def _is_ours(self, origin: str, hosts: Collection[str]) -> bool:
        place = _place(origin)
        if place is None:
            return False
        scheme = urlsplit(origin).scheme
        return place == self._public or [place] == [_place(f"{scheme}://{host}") for host in hosts]


def _place(url: str) -> tuple[str, int] | None:
    """Host and port; None for a URL without a host, such as the origin `null`."""
    try:
        parts = urlsplit(url)
        port = parts.port or _DEFAULT_PORTS[parts.scheme]
    except (ValueError, KeyError):
        return None
    return (parts.hostname, port) if parts.hostname else None
