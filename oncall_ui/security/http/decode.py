"""Bodies of answers: unpacked in small steps, and stopped when they grow too large or take too long."""

import asyncio
import zlib
from collections.abc import AsyncIterator, Iterator

import httpcore
import httpx

from oncall_ui.security.http.errors import NETWORK_ERRORS, cannot_unpack, cut_short, mishap, too_large, too_slow
from oncall_ui.security.http.limits import Limits

_STEP = 65_536
_GZIP_OR_ZLIB = 47
_GZIP_FIRST_BYTE = b"\x1f"
_KNOWN = {"gzip", "x-gzip", "deflate"}


class Body(httpx.AsyncByteStream):
    """An unpacked body. Reading it raises a Failure when a limit is passed or the body can't be unpacked.

    An unknown packing is refused when the body is read, not before: the status may say enough without it.
    """

    def __init__(
        self, raw: httpcore.Response, headers: httpx.Headers, *, host: str, limits: Limits, deadline: float
    ) -> None:
        self._raw = raw
        self._host = host
        self._limits = limits
        self._deadline = deadline
        self._packing = packing(headers)
        self._announced = headers.get("content-length", "")

    async def __aiter__(self) -> AsyncIterator[bytes]:
        self._refuse_announced()
        size = 0
        async for piece in self._unpacked() if self._packing else self._chunks():
            size += len(piece)
            if size > self._limits.decompressed_bytes:
                raise too_large(self._host, self._limits.decompressed_bytes)
            yield piece
            # One chunk may unpack to 64 MB without waiting for anything; others want their turn meanwhile.
            await asyncio.sleep(0)

    async def aclose(self) -> None:
        await self._raw.aclose()

    def _refuse_announced(self) -> None:
        limit = self._limits.compressed_bytes if self._packing else self._limits.decompressed_bytes
        if self._announced.isdecimal() and int(self._announced) > limit:
            raise too_large(self._host, limit, packed=bool(self._packing))

    async def _chunks(self) -> AsyncIterator[bytes]:
        chunks = self._raw.aiter_stream()
        while True:
            try:
                async with asyncio.timeout_at(self._deadline):
                    chunk = await anext(chunks, None)
            except TimeoutError:
                raise too_slow(self._host) from None
            except NETWORK_ERRORS as error:
                raise mishap(error, self._host) from None
            if chunk is None:
                return
            yield chunk

    async def _unpacked(self) -> AsyncIterator[bytes]:
        unpacker = _Unpacker()
        size = 0
        async for chunk in self._chunks():
            if self._packing not in _KNOWN:
                raise cannot_unpack(self._host, "unknown content encoding")
            size += len(chunk)
            if size > self._limits.compressed_bytes:
                raise too_large(self._host, self._limits.compressed_bytes, packed=True)
            try:
                for piece in unpacker.pieces(chunk):
                    yield piece
            except zlib.error:
                raise cannot_unpack(self._host, "broken compression") from None
        if unpacker.is_unfinished:
            raise cut_short(self._host)


def packing(headers: httpx.Headers) -> str:
    """How the body is packed, in lower case; empty when it isn't."""
    words = (word.strip().lower() for word in headers.get("content-encoding", "").split(","))
    return ", ".join(word for word in words if word not in ("", "identity"))


class _Unpacker:
    """Gzip, also of several members, and zlib; never more than one step at a time in memory."""

    def __init__(self) -> None:
        self._inflate = zlib.decompressobj(_GZIP_OR_ZLIB)
        self._fed = False

    @property
    def is_unfinished(self) -> bool:
        return self._fed and not self._inflate.eof

    def pieces(self, packed: bytes) -> Iterator[bytes]:
        self._fed = True
        while packed:
            if self._inflate.eof:
                if not packed.startswith(_GZIP_FIRST_BYTE):
                    return  # padding after the end, which some servers send
                self._inflate = zlib.decompressobj(_GZIP_OR_ZLIB)
            piece = self._inflate.decompress(packed, _STEP)
            if piece:
                yield piece
            packed = self._inflate.unused_data if self._inflate.eof else self._inflate.unconsumed_tail
