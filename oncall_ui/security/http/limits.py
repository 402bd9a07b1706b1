"""What one conversation with a foreign server may cost."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """The time counts from a client's first request to its last byte; sizes and redirects count for each answer."""

    total_seconds: float = 60
    connect_seconds: float = 10
    compressed_bytes: int = 16 * MEGABYTE
    decompressed_bytes: int = 64 * MEGABYTE
    redirects: int = 5


class Slots(httpx.AsyncBaseTransport):
    """Waits for one of the `slots` before a request and gives it back when the answer has been read, or given up.

    A conversation's clock starts when its first request is sent, so waiting for the first slot costs it nothing.
    """

    def __init__(self, inner: httpx.AsyncBaseTransport, slots: asyncio.Semaphore) -> None:
        self._inner, self._slots = inner, slots

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await self._slots.acquire()
        try:
            response = await self._inner.handle_async_request(request)
        except BaseException:
            self._slots.release()
            raise
        response.stream = _Held(response.stream, self._slots)
        return response

    async def aclose(self) -> None:
        await self._inner.aclose()


class _Held(httpx.AsyncByteStream):
    def __init__(self, inner: Any, slots: asyncio.Semaphore) -> None:
        self._inner, self._slots = inner, slots
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
                self._slots.release()
