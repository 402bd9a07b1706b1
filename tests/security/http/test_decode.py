"""How much an answer may cost."""

import gzip
import tracemalloc
import zlib
from collections.abc import Iterator

import pytest

from oncall_ui.domain.imports.failures import Cause, Failure, MemberMustAct, TryLater, Unreadable
from oncall_ui.security.http.client import GuardedHttp, Limits
from tests.security.http.servers import Asked, ok, serve

MEGABYTE = 1024 * 1024
SMALL = Limits(compressed_bytes=2_000, decompressed_bytes=100_000)
TEXT = b"BEGIN:VCALENDAR\r\n" * 1_000


def bomb(megabytes: int) -> bytes:
    """A gzip stream of zeros, a thousandth of its size, put together without ever being whole."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    head = packer.compress(b"") + packer.flush(zlib.Z_FULL_FLUSH)
    zeros = bytes(16 * MEGABYTE)
    block = packer.compress(zeros) + packer.flush(zlib.Z_FULL_FLUSH)
    return head + block * (megabytes // 16)


@pytest.fixture
def memory() -> Iterator[None]:
    tracemalloc.start()
    yield
    tracemalloc.stop()


def packed(body: bytes, encoding: str) -> bytes:
    return ok(body, f"Content-Encoding: {encoding}\r\n")


async def failure_of(http: GuardedHttp, answer: bytes, limits: Limits = SMALL) -> Failure:
    async with serve(answer) as server, http.client(limits=limits) as client:
        with pytest.raises(Failure) as failed:
            await client.get(server.url())
    return failed.value


@pytest.mark.parametrize(
    "answer",
    [
        ok(TEXT),
        packed(TEXT, "identity"),
        packed(gzip.compress(TEXT), "gzip"),
        packed(gzip.compress(TEXT), "X-GZip"),
        packed(zlib.compress(TEXT), "deflate"),
        packed(gzip.compress(TEXT[:9_000]) + gzip.compress(b"") + gzip.compress(TEXT[9_000:]), "gzip"),
        packed(gzip.compress(TEXT) + bytes(64), "gzip"),
    ],
    ids=["plain", "identity", "gzip", "x-gzip", "deflate", "members", "padded"],
)
async def test_a_body_arrives_whole_and_unpacked(http: GuardedHttp, answer: bytes) -> None:
    async with serve(answer) as server, http.client() as client:
        response = await client.get(server.url())
    assert response.content == TEXT
    assert "content-encoding" not in response.headers
    assert response.headers.get("content-length") in (None, str(len(TEXT)))


@pytest.mark.parametrize("size", [65_535, 65_536, 65_537, 131_072, 1_000_000])
async def test_no_byte_is_lost_where_a_step_ends(http: GuardedHttp, size: int) -> None:
    body = bytes(size)
    async with serve(packed(gzip.compress(body), "gzip")) as server, http.client() as client:
        assert (await client.get(server.url())).content == body


async def test_a_bomb_is_stopped_at_the_limit(http: GuardedHttp, memory: None) -> None:
    answer = packed(bomb(1024), "gzip")
    tracemalloc.reset_peak()
    failure = await failure_of(http, answer, Limits(decompressed_bytes=25 * MEGABYTE))
    assert tracemalloc.get_traced_memory()[1] < 60 * MEGABYTE
    assert isinstance(failure, MemberMustAct)
    assert failure.cause == Cause.TOO_LARGE
    assert failure.sentence == "This feed is larger than 25 MB, the most this server reads."


async def test_a_streamed_bomb_is_never_in_memory_at_once(http: GuardedHttp, memory: None) -> None:
    answer, size = packed(bomb(256), "gzip"), 0
    tracemalloc.reset_peak()
    async with serve(answer) as server, http.client(limits=Limits(decompressed_bytes=1024 * MEGABYTE)) as client:
        with pytest.raises(TryLater):  # the bomb has no end
            async with client.stream("GET", server.url()) as response:
                async for chunk in response.aiter_bytes():
                    assert len(chunk) <= 65_536
                    size += len(chunk)
    assert size == 256 * MEGABYTE
    assert tracemalloc.get_traced_memory()[1] < 10 * MEGABYTE


async def test_a_plain_body_counts_while_it_streams(http: GuardedHttp) -> None:
    async def endless(asked: Asked) -> None:
        asked.writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while not asked.writer.is_closing():
            asked.writer.write(b"1000\r\n" + bytes(0x1000) + b"\r\n")
            await asked.writer.drain()

    size = 0
    async with serve(endless) as server, http.client(limits=SMALL) as client:
        with pytest.raises(MemberMustAct) as refused:
            async with client.stream("GET", server.url()) as response:
                async for chunk in response.aiter_bytes():
                    size += len(chunk)
    assert refused.value.cause == Cause.TOO_LARGE
    assert size <= SMALL.decompressed_bytes


async def test_a_size_announced_too_large_is_not_even_read(http: GuardedHttp) -> None:
    failure = await failure_of(http, b"HTTP/1.1 200 OK\r\nContent-Length: 100001\r\n\r\n")
    assert failure.cause == Cause.TOO_LARGE
    assert failure.sentence == "This feed is larger than 97.7 KB, the most this server reads."


async def test_exactly_the_limit_is_not_too_large(http: GuardedHttp) -> None:
    async with serve(ok(bytes(100_000))) as server, http.client(limits=SMALL) as client:
        assert len((await client.get(server.url())).content) == 100_000


async def test_packed_bytes_have_a_limit_of_their_own(http: GuardedHttp) -> None:
    body = zlib.compressobj(0, zlib.DEFLATED, 31).compress(bytes(500_000))
    assert len(body) > SMALL.compressed_bytes
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n"
    for answer in (head + body, packed(body, "gzip")):
        failure = await failure_of(http, answer)
        assert failure.sentence == "This feed is larger than 1.95 KB compressed, the most this server reads."


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "gzip, br", "utf-8"])
async def test_an_unknown_packing_is_refused_but_tells_its_status(http: GuardedHttp, encoding: str) -> None:
    answer = packed(gzip.compress(TEXT), encoding)
    assert isinstance(await failure_of(http, answer), Unreadable)
    async with serve(answer) as server, http.client() as client, client.stream("GET", server.url()) as response:
        assert response.status_code == 200


async def test_a_damaged_packing_is_unreadable(http: GuardedHttp) -> None:
    failure = await failure_of(http, packed(gzip.compress(TEXT)[:20] + b"damaged" * 9, "gzip"))
    assert isinstance(failure, Unreadable)
    assert failure.cause == Cause.UNREADABLE


async def test_a_packed_body_that_breaks_off_is_not_taken_for_whole(http: GuardedHttp) -> None:
    failure = await failure_of(http, packed(gzip.compress(TEXT)[:-9], "gzip"))
    assert isinstance(failure, TryLater)
    assert failure.cause == Cause.TRUNCATED


async def test_a_plain_body_that_breaks_off_is_not_taken_for_whole(http: GuardedHttp) -> None:
    failure = await failure_of(http, b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort")
    assert isinstance(failure, TryLater)


@pytest.mark.parametrize("status", [b"204 None", b"304 Same"])
async def test_an_answer_without_a_body_needs_no_unpacking(http: GuardedHttp, status: bytes) -> None:
    answer = b"HTTP/1.1 " + status + b"\r\nContent-Encoding: gzip\r\nETag: x\r\n\r\n"
    async with serve(answer) as server, http.client() as client:
        assert (await client.get(server.url())).content == b""
