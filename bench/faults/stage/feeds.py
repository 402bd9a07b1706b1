"""Feed servers with memory, on several loopback addresses; each feed can be set to misbehave."""

import asyncio
import contextlib
import threading
from collections.abc import Awaitable, Callable, Sequence
from types import TracebackType
from typing import Self

import httpx

from bench.faults.stage.content import Content
from tests.ports import free_port

Answer = Callable[["Feed", httpx.Headers, asyncio.StreamWriter], Awaitable[None]]
"""Writes an answer; the connection is closed when it returns."""


class Feed:
    """One calendar under one URL. `asked` are the headers of every request so far."""

    def __init__(self, content: Content, host: str, port: int, path: str) -> None:
        self.content = content
        self.host, self.path = host, path
        self.url = f"http://{host}:{port}{path}"
        self.version = 0
        self.mark = 0
        """Part of the ETag; raise it to change the ETag and nothing else."""
        self.answer: Answer = give
        self.asked: list[httpx.Headers] = []
        self._made: tuple[int, bytes] = (-1, b"")

    @property
    def etag(self) -> str:
        return f'"{self.version}-{self.mark}"'

    def say_more(self) -> None:
        """From now on it serves the next version."""
        self.version += 1

    def body(self) -> bytes:
        version, made = self._made
        if version != self.version:
            version, made = self.version, self.content.body(self.version)
            self._made = version, made
        return made


class Feeds:
    """Listens from `with` to the end of it, in a thread of its own, on every one of `hosts` at the same port."""

    def __init__(self, hosts: Sequence[str] = ("127.0.0.1",)) -> None:
        self.hosts = hosts
        self.port = free_port()
        self._feeds: dict[tuple[str, str], Feed] = {}
        self._loop = asyncio.new_event_loop()
        self._is_open = threading.Event()
        self._thread = threading.Thread(target=self._run, name="feeds", daemon=True)

    def add(self, content: Content, *, host: str = "") -> Feed:
        feed = Feed(content, host or self.hosts[0], self.port, f"/{len(self._feeds)}.ics")
        self._feeds[feed.host, feed.path] = feed
        return feed

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._is_open.wait(10), "the feed servers didn’t open"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._end)
        self._thread.join(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        listening = asyncio.start_server(self._talk, list(self.hosts), self.port, backlog=512)
        self._loop.run_until_complete(listening)
        self._is_open.set()
        self._loop.run_forever()

    def _end(self) -> None:
        talks = asyncio.all_tasks(self._loop)
        for talk in talks:
            talk.cancel()
        self._loop.call_later(0.1, self._loop.stop)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").splitlines()
            path = head[0].split(" ")[1]
            pairs = (line.partition(":") for line in head[1:-1])
            headers = httpx.Headers([(name, value.strip()) for name, _, value in pairs])
            feed = self._feeds[writer.get_extra_info("sockname")[0], path]
            feed.asked.append(headers)
            await feed.answer(feed, headers, writer)
            await writer.drain()
        writer.close()


async def give(feed: Feed, asked: httpx.Headers, writer: asyncio.StreamWriter) -> None:
    """As a good server does: with an ETag, and 304 to who knows it."""
    etag, body = feed.etag, feed.body()
    if asked.get("If-None-Match") == etag:
        write(writer, 304, {"ETag": etag})
    else:
        write(writer, 200, {"ETag": etag, "Content-Type": "text/calendar"}, body)


async def stay_silent(_feed: Feed, _asked: httpx.Headers, _writer: asyncio.StreamWriter) -> None:
    """Accepts, reads the request, and says nothing."""
    await asyncio.sleep(3600)


async def stop_after_the_head(feed: Feed, _asked: httpx.Headers, writer: asyncio.StreamWriter) -> None:
    """Promises a calendar, then says nothing."""
    writer.write(f"HTTP/1.1 200 OK\r\nContent-Length: {len(feed.body())}\r\n\r\n".encode())
    await writer.drain()
    await asyncio.sleep(3600)


async def drip(feed: Feed, _asked: httpx.Headers, writer: asyncio.StreamWriter) -> None:
    """Five bytes a second: enough not to count as silent, and for ever."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
    body = feed.body()
    for at in range(0, 1_000_000, 5):
        writer.write(body[at % len(body) : at % len(body) + 5])
        await writer.drain()
        await asyncio.sleep(1)


async def not_modified(feed: Feed, _asked: httpx.Headers, writer: asyncio.StreamWriter) -> None:
    """304, whether or not anybody asked for that."""
    write(writer, 304, {"ETag": feed.etag})


async def refuse(_feed: Feed, _asked: httpx.Headers, writer: asyncio.StreamWriter) -> None:
    """The server has a fault of its own."""
    write(writer, 503, {})


async def redirect_to_itself(feed: Feed, _asked: httpx.Headers, writer: asyncio.StreamWriter) -> None:
    write(writer, 302, {"Location": feed.url})


def after(seconds: float) -> Answer:
    """A good answer, but late."""

    async def answer(feed: Feed, asked: httpx.Headers, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(seconds)
        await give(feed, asked, writer)

    return answer


def write(writer: asyncio.StreamWriter, status: int, headers: dict[str, str], body: bytes = b"") -> None:
    length = {} if status == 304 else {"Content-Length": str(len(body))}
    lines = [f"HTTP/1.1 {status} Said", *(f"{name}: {value}" for name, value in {**headers, **length}.items())]
    writer.write("\r\n".join([*lines, "Connection: close", "", ""]).encode() + body)
