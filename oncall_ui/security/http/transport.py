"""One request over a checked connection, within its limits of time and size."""

import asyncio
import ssl

import httpcore
import httpx

from oncall_ui.security.http.connect import NetworkBackend
from oncall_ui.security.http.decode import DecodedStream, content_encoding
from oncall_ui.security.http.errors import NETWORK_ERRORS, failure_for, too_slow
from oncall_ui.security.http.limits import Limits
from oncall_ui.security.http.stream import WatchedStream

REDIRECTS = {301, 302, 303, 307, 308}


class Transport(httpx.AsyncBaseTransport):
    """Raises nothing but Failures. A redirect's target is in `extensions["location"]`, not in the headers.

    The clock of the whole conversation starts with the first request; later requests share what is left. Within it the
    server may be silent for a limited time only.
    """

    def __init__(self, backend: NetworkBackend, trust: ssl.SSLContext, limits: Limits) -> None:
        self._pool = httpcore.AsyncConnectionPool(ssl_context=trust, network_backend=backend, keepalive_expiry=5)
        self._limits = limits
        self._deadline: float | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        deadline = self._start_clock()
        host = request.url.host
        try:
            async with asyncio.timeout_at(deadline):
                raw = await self._pool.handle_async_request(_wire_request(request, self._limits))
        except TimeoutError:
            raise too_slow(host) from None
        except NETWORK_ERRORS as error:
            raise failure_for(error, host) from None
        _head_is_complete(raw)
        return _response(raw, host, self._limits, deadline)

    async def aclose(self) -> None:
        await self._pool.aclose()

    def _start_clock(self) -> float:
        if self._deadline is None:
            self._deadline = asyncio.get_running_loop().time() + self._limits.total_seconds
        return self._deadline


def _wire_request(request: httpx.Request, limits: Limits) -> httpcore.Request:
    # Only what can be decompressed in small steps.
    request.headers["Accept-Encoding"] = "gzip"
    url = request.url
    return httpcore.Request(
        method=request.method,
        url=httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
        headers=request.headers.raw,
        content=request.stream,
        # The limits', whatever the request says: no caller can switch them off.
        extensions={**request.extensions, "timeout": limits.timeouts()},
    )


def _head_is_complete(raw: httpcore.Response) -> None:
    stream = raw.extensions.get("network_stream")
    if isinstance(stream, WatchedStream):  # not so after an upgrade that we didn't ask for
        stream.head_is_complete()


def _response(raw: httpcore.Response, host: str, limits: Limits, deadline: float) -> httpx.Response:
    headers = httpx.Headers(raw.headers)
    body = DecodedStream(raw, headers, host=host, limits=limits, deadline=deadline)
    if content_encoding(headers):
        headers.pop("content-length", None)
    headers.pop("content-encoding", None)
    extensions = dict(raw.extensions)
    # httpx would build the next request from this header, by its own rules and with its own errors.
    if raw.status in REDIRECTS and "location" in headers:
        extensions["location"] = headers.pop("location")
    return httpx.Response(raw.status, headers=headers, stream=body, extensions=extensions)
