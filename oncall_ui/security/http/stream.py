"""A connection that is given up once the other side stays silent."""

import asyncio
import ssl
from typing import Any

import httpcore

from oncall_ui.security.http.errors import invalid_answer, silent

FEWEST_BYTES = 64
"""What has to arrive within the silence limit. A byte now and then keeps a connection open and says nothing."""
LARGEST_HEAD = 256 * 1024
"""Of everything before a response's body, interim responses (RFC 9110 section 15.2) included."""


class WatchedStream(httpcore.AsyncNetworkStream):
    """Raises TryLater where less than FEWEST_BYTES arrive, or nothing can be sent, within a call's `timeout`.

    Only the time inside a read or a write counts: what we do in between is not the server's silence. The caller
    reports the end of each response's head by `head_is_complete`.
    """

    def __init__(self, inner: httpcore.AsyncNetworkStream, host: str) -> None:
        self._inner, self._host = inner, host
        self._waited, self._arrived = 0.0, 0
        self._head: int | None = None

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - httpcore's
        clock = asyncio.get_running_loop().time
        began = clock()
        try:
            piece = await self._inner.read(max_bytes, timeout)
        except httpcore.ReadTimeout:
            raise silent(self._host, timeout) from None
        if piece:
            self._check_pace(clock() - began, len(piece), timeout)
            self._check_head(len(piece))
        return piece

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 - httpcore's
        self._waited, self._arrived, self._head = 0.0, 0, 0
        try:
            await self._inner.write(buffer, timeout)
        except httpcore.WriteTimeout:
            raise silent(self._host, timeout) from None

    def head_is_complete(self) -> None:
        self._head = None

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's
    ) -> httpcore.AsyncNetworkStream:
        return WatchedStream(await self._inner.start_tls(ssl_context, server_hostname, timeout), self._host)

    async def aclose(self) -> None:
        await self._inner.aclose()

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)

    def _check_pace(self, waited: float, size: int, limit: float | None) -> None:
        self._waited += waited
        self._arrived += size
        if limit is None or self._waited < limit:
            return
        if self._arrived < FEWEST_BYTES:
            raise silent(self._host, limit)
        self._waited, self._arrived = 0.0, 0

    def _check_head(self, size: int) -> None:
        if self._head is None:
            return
        self._head += size
        if self._head > LARGEST_HEAD:
            raise invalid_answer(self._host, "endless head")
