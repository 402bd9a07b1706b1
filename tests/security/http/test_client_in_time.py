"""Servers that take too long are left in time."""

import asyncio

import pytest

from oncall_ui.domain.imports.failures import Cause, TryLater
from oncall_ui.security.http.client import AllowedHosts, GuardedHttp, Limits
from tests.security.http.failing import LONG, drip, failure_of
from tests.security.http.servers import Answer, Asked, here, ok, serve


async def drip_head(asked: Asked) -> None:
    asked.writer.write(b"HTTP/1.1 200 OK\r\nX: ")
    while not asked.writer.is_closing():
        asked.writer.write(b"x")
        await asked.writer.drain()
        await asyncio.sleep(0.02)


async def silence(asked: Asked) -> None:
    await asyncio.sleep(LONG)


@pytest.mark.parametrize("answer", [drip, drip_head, silence])
async def test_a_server_that_never_finishes_is_left_in_time(http: GuardedHttp, answer: Answer) -> None:
    async with serve(answer) as server:
        failure = await failure_of(http, server.url(), Limits(total_seconds=0.3))
    assert isinstance(failure, TryLater)
    assert failure.cause == Cause.TOO_SLOW
    assert failure.sentence == "cloud.test took too long to answer."


async def test_the_time_counts_across_requests_of_one_client(http: GuardedHttp) -> None:
    async def slow(asked: Asked) -> None:
        await asyncio.sleep(0.2)
        asked.writer.write(ok())

    async with serve(slow) as server, http.client(limits=Limits(total_seconds=0.35)) as client:
        await client.get(server.url())
        await asyncio.sleep(1.2)
        with pytest.raises(TryLater) as late:
            await client.get(server.url(), timeout=None)
    assert late.value.cause == Cause.TOO_SLOW


async def test_a_streamed_body_is_left_in_time(http: GuardedHttp) -> None:
    async with (
        serve(drip) as server,
        http.client(limits=Limits(total_seconds=0.3)) as client,
        client.stream("GET", server.url()) as response,
    ):
        with pytest.raises(TryLater) as late:
            async for _ in response.aiter_bytes():
                pass
    assert late.value.cause == Cause.TOO_SLOW


async def test_a_handshake_and_a_lookup_end_with_the_time_to_connect() -> None:
    ended = asyncio.Event()

    async def never(host: str, port: int) -> list[str]:
        await ended.wait()
        return []

    limits = Limits(connect_seconds=0.2, total_seconds=3600)

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await ended.wait()

    listener = await asyncio.start_server(silent, "127.0.0.1", 0)
    url = f"https://cloud.test:{listener.sockets[0].getsockname()[1]}/"
    for resolve in (here, never):
        async with asyncio.timeout(60):  # far more than it takes, far less than the conversation may
            failure = await failure_of(GuardedHttp(AllowedHosts.parse("cloud.test"), resolve=resolve), url, limits)
        assert failure.cause == Cause.TOO_SLOW
    ended.set()
    listener.close()
