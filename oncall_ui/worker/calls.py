"""One call, seen from the app: a socket to its process, and one to the fork server that ends the process."""

import asyncio
import contextlib
import pickle
import socket
from collections.abc import Callable
from dataclasses import dataclass
from subprocess import Popen
from typing import Any, Self

from oncall_ui.worker.wire import HEADER, LENGTH, Kind, parse

CHUNK = 1024 * 1024
"""Read at once; between chunks the event loop has its turn."""
SMALL = 256 * 1024
"""Results above it are unpickled in a thread."""
FAREWELL_SECONDS = 1
"""For the fork server to say how the process ended; it is only logged."""


class Lost(Exception):
    """The process, or the fork server, went away before it answered; says why, for the log."""


class OutOfMemory(Exception):
    """The call exceeded its memory, and said so itself."""


class OutOfTime(Exception):
    """The call exceeded its time, and was ended."""


Asked = Callable[[int, str, tuple[Any, ...]], None]
"""Takes what a call asks for: the id of the reply, 0 if none is wanted, what, and the arguments."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A result, or what the call raised, still pickled."""

    is_error: bool
    pickled: bytearray

    async def open(self) -> Any:
        """The result. Raises what the call raised, with the traceback of its process as a note."""
        if self.is_error:
            error, trace = pickle.loads(self.pickled)  # noqa: S301 - from a process of ours
            error.add_note(f"In a worker process:\n{trace}")
            raise error
        if len(self.pickled) < SMALL:
            return pickle.loads(self.pickled)  # noqa: S301
        return await asyncio.to_thread(pickle.loads, self.pickled)


class Call:
    """Closing it ends its process, whatever that is doing. Belongs to one event loop."""

    def __init__(self, server: "Popen[bytes]", talk: socket.socket, life: socket.socket) -> None:
        self.server = server
        """The process of the fork server that was asked."""
        self._talk, self._life = talk, life
        self._request = memoryview(b"")
        """What is still to be sent of it."""
        self._replying = asyncio.Lock()
        for each in (talk, life):
            each.setblocking(False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._talk.close()
        self._life.close()

    def hang_up(self) -> None:
        """Ends the process; who waits for it gets Lost. For other threads, too."""
        for each in (self._talk, self._life):
            with contextlib.suppress(OSError):  # closed, or its other end is
                each.shutdown(socket.SHUT_RDWR)

    async def started(self, request: bytes) -> None:
        """Returns when the process runs, which has as much of the request by then as fits in a socket. Raises Lost."""
        self._request = memoryview(LENGTH.pack(len(request)) + request)
        with contextlib.suppress(OSError):  # whether it works shows at the first answer
            self._request = self._request[self._talk.send(self._request) :]
        await self._message()

    async def answer(self, counted: Callable[[int], None], asked: Asked | None = None) -> Answer:
        """Sends the rest of the request and waits; `asked` must not block. Raises Lost and OutOfMemory."""
        await self._send()
        while True:
            kind, number = await self._message()
            if kind is Kind.COUNT:
                counted(number)
            elif kind is Kind.OUT_OF_MEMORY:
                raise OutOfMemory
            elif kind is Kind.ASK:
                question = pickle.loads(await self._receive(number))  # noqa: S301 - from a process of ours
                if asked:
                    asked(*question)
            else:
                return Answer(kind is Kind.ERROR, await self._receive(number))

    async def reply(self, number: int, value: object, *, is_error: bool = False) -> None:
        """To what the process asked under this id; does nothing if it has ended."""
        pickled = pickle.dumps((number, is_error, value), pickle.HIGHEST_PROTOCOL)
        async with self._replying:
            with contextlib.suppress(OSError):
                await asyncio.get_running_loop().sock_sendall(self._talk, LENGTH.pack(len(pickled)) + pickled)

    async def _message(self) -> tuple[Kind, int]:
        return parse(await self._receive(HEADER.size))

    async def _send(self) -> None:
        with contextlib.suppress(OSError):  # a process that gave up in the middle of it says why
            if self._request:
                await asyncio.get_running_loop().sock_sendall(self._talk, self._request)

    async def _receive(self, size: int) -> bytearray:
        data, loop = bytearray(size), asyncio.get_running_loop()
        rest = memoryview(data)
        while rest:
            try:
                got = await loop.sock_recv_into(self._talk, rest[:CHUNK])
            except OSError:
                got = 0
            if not got:
                raise Lost(await self._farewell())
            rest = rest[got:]
            await asyncio.sleep(0)
        return data

    async def _farewell(self) -> str:
        """How the process ended, as the fork server saw it."""
        with contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(FAREWELL_SECONDS):
                if said := await asyncio.get_running_loop().sock_recv(self._life, 64):
                    return said.decode()
        return "with its fork server"
