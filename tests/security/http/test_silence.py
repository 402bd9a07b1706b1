"""Servers that accept a connection and then say nothing, or next to nothing."""

import asyncio
import gzip
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx
import pytest

from oncall_ui.domain.imports.failures import Cause, Failure, TryLater
from oncall_ui.security.http.client import GuardedHttp, Limits
from oncall_ui.security.http.stream import FEWEST_BYTES, LARGEST_HEAD
from tests.security.http.servers import Answer, Asked, ok, serve

LIMIT = Limits(silence_seconds=0.2, total_seconds=3600)
PATIENT = Limits(silence_seconds=1, total_seconds=3600)
"""For what must succeed: a machine that is busy for most of a second doesn't fail the test."""
PAUSE = 0.02
"""Far below the limit, so that only what is missing can be what ends the conversation."""
WITHIN = 60
"""Far more than any of these takes, far less than the conversation may."""
HEAD = b"HTTP/1.1 200 OK\r\n"


def again(piece: bytes, pause: float = PAUSE) -> Callable[[Asked], Awaitable[None]]:
    """Sends a head, then `piece` forever."""
    return after(HEAD + b"\r\n", piece, pause)


def after(start: bytes, piece: bytes = b"", pause: float = PAUSE) -> Callable[[Asked], Awaitable[None]]:
    """Sends `start`, then `piece` forever; nothing more without one."""

    async def answer(asked: Asked) -> None:
        asked.writer.write(start)
        await asked.writer.drain()
        while piece:
            asked.writer.write(piece)
            await asked.writer.drain()
            await asyncio.sleep(pause)
        await asyncio.Event().wait()

    return answer


async def failure_of(http: GuardedHttp, url: str, limits: Limits = LIMIT, **request: bytes) -> Failure:
    async with asyncio.timeout(WITHIN), http.client(limits=limits) as client:
        with pytest.raises(TryLater) as failed:
            await client.request("POST" if request else "GET", url, timeout=None, **request)  # type: ignore[arg-type]
    return failed.value


def assert_silent(failure: Failure) -> None:
    assert failure.cause is Cause.TOO_SLOW
    assert failure.sentence == "cloud.test didn’t respond for 0.2 seconds."


@pytest.mark.parametrize(
    "answer",
    [
        after(b""),
        after(HEAD),
        after(HEAD + b"X: ", b"x"),
        after(HEAD + b"\r\n"),
        after(HEAD + b"Content-Length: 9\r\n\r\nhalf"),
        after(HEAD + b"Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n"),
        after(HEAD + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"half")[:15]),
        again(b"x"),
        after(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n", pause=0.1),
        after(b"HTTP/1.1 102 Processing\r\n\r\n"),
    ],
    ids=[
        "no byte",
        "half a head",
        "a head byte by byte",
        "no body",
        "half a body",
        "one chunk",
        "half a gzip",
        "a body byte by byte",
        "chunks now and then",
        "still processing",
    ],
)
async def test_a_silent_server_is_left_long_before_the_total_time(http: GuardedHttp, answer: Answer) -> None:
    async with serve(answer) as server:
        assert_silent(await failure_of(http, server.url()))


async def test_a_compressed_answer_of_many_bytes_and_no_content_is_silence(http: GuardedHttp) -> None:
    nothing = gzip.compress(b"") * (FEWEST_BYTES * 10)
    async with serve(after(HEAD + b"Content-Encoding: gzip\r\n\r\n", nothing)) as server:
        assert_silent(await failure_of(http, server.url()))


async def test_a_server_that_does_not_take_the_request_is_silent(http: GuardedHttp) -> None:
    async with _deaf() as port:
        assert_silent(await failure_of(http, f"http://cloud.test:{port}/", content=bytes(64 * 1024 * 1024)))


async def test_a_slow_answer_is_read_as_long_as_it_keeps_coming(http: GuardedHttp) -> None:
    """For longer than the limit, at more than the pace that is needed."""

    async def answer(asked: Asked) -> None:
        asked.writer.write(HEAD + b"Content-Length: 3200\r\n\r\n")
        for _ in range(25):
            asked.writer.write(bytes(128))
            await asked.writer.drain()
            await asyncio.sleep(0.1)

    async with serve(answer) as server, http.client(limits=PATIENT) as client:
        assert len((await client.get(server.url())).content) == 3_200


async def test_our_own_pause_between_two_reads_is_not_the_servers_silence(http: GuardedHttp) -> None:
    async with (
        serve(ok(b"fine" * 64 * 1024)) as server,
        http.client(limits=PATIENT) as client,
        client.stream("GET", server.url()) as response,
    ):
        size = 0
        async for chunk in response.aiter_bytes():
            if not size:
                await asyncio.sleep(1.5)
            size += len(chunk)
    assert size == 256 * 1024


async def test_waiting_for_our_own_turn_is_not_the_servers_silence(http: GuardedHttp) -> None:
    turn = asyncio.Semaphore(1)
    await turn.acquire()
    async with serve(ok()) as server, http.client(limits=PATIENT, concurrency=turn) as client:
        waiting = asyncio.create_task(client.get(server.url()))
        await asyncio.sleep(1.5)
        assert not server.connections
        turn.release()
        assert (await waiting).content == b"fine"


async def test_the_silence_before_a_second_request_does_not_count(http: GuardedHttp) -> None:
    async def twice(asked: Asked) -> None:
        for _ in range(2):
            asked.writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfine")
            await asked.writer.drain()
            await second.wait()
        await asyncio.Event().wait()

    second = asyncio.Event()
    async with serve(twice) as server, http.client(limits=PATIENT) as client:
        assert (await client.get(server.url())).content == b"fine"
        await asyncio.sleep(1.5)
        asyncio.get_running_loop().call_later(0.05, second.set)
        assert (await client.get(server.url())).content == b"fine"
    assert server.connections == 1


async def test_interim_answers_without_end_are_refused_by_their_size(http: GuardedHttp) -> None:
    flood = b"HTTP/1.1 102 Processing\r\n\r\n" * 1_000
    async with serve(after(b"", flood, pause=0)) as server:
        failure = await failure_of(http, server.url(), Limits(total_seconds=3600))
    assert failure.cause is Cause.SERVER_ERROR
    assert failure.sentence == "cloud.test sent an incomplete or invalid answer."


async def test_a_body_may_be_larger_than_any_head(http: GuardedHttp) -> None:
    async with serve(ok(bytes(LARGEST_HEAD * 3))) as server, http.client() as client:
        assert len((await client.get(server.url())).content) == LARGEST_HEAD * 3


@pytest.mark.parametrize("header", ["Content-Length", "Retry-After", "Age"])
async def test_a_number_of_five_thousand_digits_is_an_answer_or_a_failure(http: GuardedHttp, header: str) -> None:
    answer = f"HTTP/1.1 503 Busy\r\n{header}: {'9' * 5_000}\r\nConnection: close\r\n\r\n".encode()
    async with serve(answer) as server, http.client() as client:
        try:
            response: httpx.Response | None = await client.get(server.url())
        except TryLater as failure:
            response = None
            assert failure.sentence == "cloud.test sent an incomplete or invalid answer."
    assert (response is None) == (header == "Content-Length")


def test_the_limit_is_half_a_minute_at_most() -> None:
    assert Limits().silence_seconds <= 30


@asynccontextmanager
async def _deaf() -> AsyncIterator[int]:
    """Accepts connections and never reads: the operating system takes a little, and then no more."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        yield listener.getsockname()[1]
