"""The app, seen from a call that asks it for something on its way: what it can't do itself, such as reach a server."""

import asyncio
import contextlib
import os
import pickle
import socket
from collections.abc import AsyncIterator, Callable, Coroutine
from itertools import count
from typing import Any, TypeVar

from oncall_ui.worker.wire import LENGTH, Kind, header

Result = TypeVar("Result")

CHUNK = 1024 * 1024
TURN, DONE = "turn", "done"
"""Asked of every app: a place to compute in, and what gives it back."""


class Link:
    """Belongs to one process and one event loop, that of `run`. The process ends when the app goes away."""

    def __init__(self, talk: socket.socket, counted: Callable[[int], None]) -> None:
        self.counted = counted
        """Tells the app how many events were read so far."""
        self._talk = talk
        self._arrived = bytearray()
        self._ids = count(1)
        self._waiting: dict[int, asyncio.Future[Any]] = {}

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """`work`, which may ask."""
        return asyncio.run(self._listening(work))

    async def ask(self, name: str, *arguments: object) -> Any:
        """The app's reply. Raises the Failure it answers with."""
        number = next(self._ids)
        reply = self._waiting[number] = asyncio.get_running_loop().create_future()
        self._send(number, name, arguments)
        return await reply

    def tell(self, name: str, *arguments: object) -> None:
        """Without a reply."""
        self._send(0, name, arguments)

    @contextlib.asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Inside it the call may compute for long: few do at once, and their time is limited."""
        await self.ask(TURN)
        try:
            yield
        finally:
            self.tell(DONE)

    async def _listening(self, work: Coroutine[Any, Any, Result]) -> Result:
        loop = asyncio.get_running_loop()
        loop.add_reader(self._talk, self._receive)
        try:
            return await work
        finally:
            loop.remove_reader(self._talk)

    def _send(self, number: int, name: str, arguments: tuple[object, ...]) -> None:
        pickled = pickle.dumps((number, name, arguments), pickle.HIGHEST_PROTOCOL)
        self._talk.sendall(header(Kind.ASK, len(pickled)) + pickled)

    def _receive(self) -> None:
        try:
            piece = self._talk.recv(CHUNK, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return
        if not piece:
            os._exit(1)
        self._arrived += piece
        while len(self._arrived) >= LENGTH.size:
            end = LENGTH.size + LENGTH.unpack_from(self._arrived)[0]
            if len(self._arrived) < end:
                return
            reply = pickle.loads(memoryview(self._arrived)[LENGTH.size : end].tobytes())  # noqa: S301 - from the app
            del self._arrived[:end]
            self._replied(*reply)

    def _replied(self, number: int, is_error: bool, value: Any) -> None:
        waiting = self._waiting.pop(number)
        if waiting.done():  # cancelled meanwhile
            return
        if is_error:
            waiting.set_exception(value)
        else:
            waiting.set_result(value)
