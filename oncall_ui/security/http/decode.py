"""Response bodies, decompressed in small steps and stopped when they get too large or take too long."""

import asyncio
import zlib
from collections.abc import AsyncIterator, Iterator

import httpcore
import httpx

from oncall_ui.security.http.errors import (
    NETWORK_ERRORS,
    cannot_decode,
    cut_short,
    failure_for,
    silent,
    too_large,
    too_slow,
)
from oncall_ui.security.http.limits import Limits

_STEP = 65_536
_GZIP_OR_ZLIB = 47
_GZIP_FIRST_BYTE = b"\x1f"
_SUPPORTED = {"gzip", "x-gzip", "deflate"}


class DecodedStream(httpx.AsyncByteStream):
    """A decoded body. Reading it raises a Failure when it exceeds a limit or can't be decoded.

    An unsupported content encoding fails when the body is read, not before: the status alone may be enough.
    """

    def __init__(
        self, raw: httpcore.Response, headers: httpx.Headers, *, host: str, limits: Limits, deadline: float
    ) -> None:
        self._raw = raw
        self._host = host
        self._limits = limits
        self._deadline = deadline
        self._encoding = content_encoding(headers)
        self._content_length = headers.get("content-length", "")

    async def __aiter__(self) -> AsyncIterator[bytes]:
        self._check_content_length()
        size = 0
        async for piece in self._decompressed() if self._encoding else self._chunks():
            size += len(piece)
            if size > self._limits.decompressed_bytes:
                raise too_large(self._host, self._limits.decompressed_bytes)
            yield piece
            # One chunk may decompress to 64 MB without a single await; let other tasks run in between.
            await asyncio.sleep(0)

    async def aclose(self) -> None:
        await self._raw.aclose()

    def _check_content_length(self) -> None:
        limit = self._limits.compressed_bytes if self._encoding else self._limits.decompressed_bytes
        if self._content_length.isdecimal() and int(self._content_length) > limit:
            raise too_large(self._host, limit, compressed=bool(self._encoding))

    async def _chunks(self) -> AsyncIterator[bytes]:
        chunks = self._raw.aiter_stream()
        while True:
            try:
                async with asyncio.timeout_at(self._deadline):
                    chunk = await anext(chunks, None)
            except TimeoutError:
                raise too_slow(self._host) from None
            except NETWORK_ERRORS as error:
                raise failure_for(error, self._host) from None
            if chunk is None:
                return
            yield chunk

    async def _decompressed(self) -> AsyncIterator[bytes]:
        decompressor = _Decompressor()
        size = 0
        clock = asyncio.get_running_loop().time
        last_output = clock()
        async for chunk in self._chunks():
            if self._encoding not in _SUPPORTED:
                raise cannot_decode(self._host, "unknown content encoding")
            size += len(chunk)
            if size > self._limits.compressed_bytes:
                raise too_large(self._host, self._limits.compressed_bytes, compressed=True)
            try:
                for piece in decompressor.pieces(chunk):
                    yield piece
                    last_output = clock()
            except zlib.error:
                raise cannot_decode(self._host, "invalid compressed data") from None
            if clock() - last_output > self._limits.silence_seconds:
                # Bytes without content, such as empty gzip members, are silence too.
                raise silent(self._host, self._limits.silence_seconds)
            await asyncio.sleep(0)
        if decompressor.is_unfinished:
            raise cut_short(self._host)


def content_encoding(headers: httpx.Headers) -> str:
    """The content codings in lower case (RFC 9110 section 8.4), without `identity`; empty for a plain body."""
    codings = (coding.strip().lower() for coding in headers.get("content-encoding", "").split(","))
    return ", ".join(coding for coding in codings if coding not in ("", "identity"))


class _Decompressor:
    """Gzip, also with several members, and zlib; never more than one step of output in memory."""

    def __init__(self) -> None:
        self._inflate = zlib.decompressobj(_GZIP_OR_ZLIB)
        self._has_input = False

    @property
    def is_unfinished(self) -> bool:
        return self._has_input and not self._inflate.eof

    def pieces(self, compressed: bytes) -> Iterator[bytes]:
        self._has_input = True
        while compressed:
            if self._inflate.eof:
                if not compressed.startswith(_GZIP_FIRST_BYTE):
                    return  # some servers send padding after the end
                self._inflate = zlib.decompressobj(_GZIP_OR_ZLIB)
            piece = self._inflate.decompress(compressed, _STEP)
            if piece:
                yield piece
            compressed = self._inflate.unused_data if self._inflate.eof else self._inflate.unconsumed_tail
