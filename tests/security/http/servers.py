"""Small servers on this machine that answer exactly the bytes a test wants, and remember what they were asked."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx


@dataclass(frozen=True, slots=True)
class Asked:
    method: str
    path: str
    headers: httpx.Headers
    body: bytes
    writer: asyncio.StreamWriter


Answer = bytes | Callable[[Asked], bytes] | Callable[[Asked], Awaitable[None]]


@dataclass(slots=True)
class Server:
    port: int = 0
    connections: int = 0
    asked: list[Asked] = field(default_factory=list)

    def url(self, path: str = "/", host: str = "cloud.test", scheme: str = "http") -> str:
        return f"{scheme}://{host}:{self.port}{path}"


@asynccontextmanager
async def serve(
    answer: Answer, *, host: str = "127.0.0.1", port: int = 0, tls: ssl.SSLContext | None = None
) -> AsyncIterator[Server]:
    """Each connection is answered once; a callable answers by bytes or writes for itself."""
    server = Server()

    async def conversation(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server.connections += 1
        try:
            asked = await _asked(reader, writer)
            server.asked.append(asked)
            reply = answer(asked) if callable(answer) else answer
            if isinstance(reply, bytes):
                writer.write(reply)
                await writer.drain()
            else:
                await reply
        except (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            pass
        finally:
            writer.close()

    listener = await asyncio.start_server(conversation, host, port, ssl=tls)
    server.port = listener.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listener.close()


async def _asked(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Asked:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").splitlines()
    method, path, _ = head[0].split(" ")
    headers = httpx.Headers([(name, value.strip()) for name, _, value in (line.partition(":") for line in head[1:-1])])
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Asked(method, path, headers, body, writer)


def ok(body: bytes = b"fine", headers: str = "") -> bytes:
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\nConnection: close\r\n{headers}\r\n"
    return head.encode() + body


def redirect(location: str, status: int = 302, headers: str = "") -> bytes:
    head = f"HTTP/1.1 {status} Moved\r\nContent-Length: 0\r\nConnection: close\r\nLocation: {location}\r\n{headers}\r\n"
    return head.encode()


@dataclass(slots=True)
class Names:
    """A name server with memory: each name has one answer after the other, the last one stays."""

    answers: dict[str, Sequence[Sequence[str]]]
    asked: list[str] = field(default_factory=list)

    async def resolve(self, host: str, port: int) -> Sequence[str]:
        answers = self.answers[host]
        answer = answers[min(self.asked.count(host), len(answers) - 1)]
        self.asked.append(host)
        return answer


async def here(host: str, port: int) -> Sequence[str]:
    """Every name is this machine."""
    return ["127.0.0.1"]
