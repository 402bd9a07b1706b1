"""Limits of a conversation with another server: time, size, redirects, concurrent requests."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Time runs from a client's first request to its last byte; sizes and redirects count per response."""

    total_seconds: float = 60
    connect_seconds: float = 10
    """For looking up the name and connecting, and once more for the TLS handshake."""
    silence_seconds: float = 30
    """Without a byte from the server: until the first one, and between any two. The same for checks and imports, so
    that a slow server that can be imported can also be connected."""
    compressed_bytes: int = 16 * MEGABYTE
    decompressed_bytes: int = 64 * MEGABYTE
    redirects: int = 5

    def timeouts(self) -> dict[str, float | None]:
        """As httpcore takes them. There is none for its pool: waiting there is for ourselves."""
        silence = self.silence_seconds
        return {"connect": self.connect_seconds, "read": silence, "write": silence, "pool": None}


class ConcurrencyLimit(httpx.AsyncBaseTransport):
    """Acquires `semaphore` before a request and releases it when the response is closed.

    The conversation's clock starts when its first request is sent, so the wait before that costs it no time.
    """

    def __init__(self, inner: httpx.AsyncBaseTransport, semaphore: asyncio.Semaphore) -> None:
        self._inner, self._semaphore = inner, semaphore

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await self._semaphore.acquire()
        try:
            response = await self._inner.handle_async_request(request)
        except BaseException:
            self._semaphore.release()
            raise
        response.stream = _ReleasingStream(response.stream, self._semaphore)
        return response

    async def aclose(self) -> None:
        await self._inner.aclose()


class _ReleasingStream(httpx.AsyncByteStream):
    def __init__(self, inner: Any, semaphore: asyncio.Semaphore) -> None:
        self._inner, self._semaphore = inner, semaphore
        self._is_held = True

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._inner:
            yield chunk

    async def aclose(self) -> None:
        try:
            await self._inner.aclose()
        finally:
            if self._is_held:
                self._is_held = False
                self._semaphore.release()
