"""One request over one checked connection, within the time and the sizes allowed."""

import asyncio
import ssl

import httpcore
import httpx

from oncall_ui.security.http.connect import Dialler
from oncall_ui.security.http.decode import Body, packing
from oncall_ui.security.http.errors import NETWORK_ERRORS, mishap, too_slow
from oncall_ui.security.http.limits import Limits

REDIRECTS = {301, 302, 303, 307, 308}


class Transport(httpx.AsyncBaseTransport):
    """Raises Failures only. Where a redirect leads is in `extensions["location"]`, no longer in the headers.

    The clock starts with the first request and is not wound up again.
    """

    def __init__(self, dialler: Dialler, trust: ssl.SSLContext, limits: Limits) -> None:
        self._pool = httpcore.AsyncConnectionPool(ssl_context=trust, network_backend=dialler, keepalive_expiry=5)
        self._limits = limits
        self._deadline: float | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        deadline = self._started()
        host = request.url.host
        try:
            async with asyncio.timeout_at(deadline):
                raw = await self._pool.handle_async_request(_for_the_wire(request))
        except TimeoutError:
            raise too_slow(host) from None
        except NETWORK_ERRORS as error:
            raise mishap(error, host) from None
        return _answer(raw, host, self._limits, deadline)

    async def aclose(self) -> None:
        await self._pool.aclose()

    def _started(self) -> float:
        if self._deadline is None:
            self._deadline = asyncio.get_running_loop().time() + self._limits.total_seconds
        return self._deadline


def _for_the_wire(request: httpx.Request) -> httpcore.Request:
    # What can't be unpacked in small steps is not asked for.
    request.headers["Accept-Encoding"] = "gzip"
    url = request.url
    return httpcore.Request(
        method=request.method,
        url=httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
        headers=request.headers.raw,
        content=request.stream,
        extensions=request.extensions,
    )


def _answer(raw: httpcore.Response, host: str, limits: Limits, deadline: float) -> httpx.Response:
    headers = httpx.Headers(raw.headers)
    body = Body(raw, headers, host=host, limits=limits, deadline=deadline)
    if packing(headers):
        headers.pop("content-length", None)
    headers.pop("content-encoding", None)
    extensions = dict(raw.extensions)
    # httpx builds its own next request from this header, by rules that are not ours and with errors of its own.
    if raw.status in REDIRECTS and "location" in headers:
        extensions["location"] = headers.pop("location")
    return httpx.Response(raw.status, headers=headers, stream=body, extensions=extensions)
