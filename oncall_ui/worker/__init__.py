"""Slow, large or hostile input is parsed in processes of its own; the event loop only waits for them.

A fork server holds what parsing imports, and forks one process per call. A call that needs too much time or memory, or
whose process is killed, ends only itself; a killed fork server is started again at once.
"""

import asyncio
import contextlib
import pickle
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import structlog

from oncall_ui.domain.imports.failures import Cause, TryLater, Unreadable
from oncall_ui.worker.calls import Answer, Call, Lost, OutOfMemory, OutOfTime
from oncall_ui.worker.conversation import Conversation, Served
from oncall_ui.worker.link import Link
from oncall_ui.worker.server import ForkServer

log = structlog.get_logger()

__all__ = ["Link", "Served", "Workers"]

Result = TypeVar("Result")
Counted = Callable[[int], None]

ATTEMPTS = 2
"""A process that was killed from outside says nothing about its calendar: the call is tried once more."""
START_SECONDS = 30
"""For a fork server on a slow machine, which imports first. One that takes longer hangs, and is replaced."""
PROBE_HOLDS_SECONDS = 1
"""Asking more often costs no further process."""


class Workers:
    """Runs calls in processes of their own: `processes` at once, each with a limit of time and memory."""

    def __init__(self, processes: int = 2, seconds: float = 120, memory_mb: int = 2048) -> None:
        self._processes, self._seconds = processes, seconds
        self._server = ForkServer(seconds, memory_mb)
        self._places: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()
        self._open: set[Call] = set()
        self.lost = 0
        """Processes that ended without an answer, killed from outside or by a crash."""
        self._is_stopped = False
        self._probe: asyncio.Task[None] | None = None
        self._probed = -float("inf")

    @property
    def running(self) -> int:
        """How many calls have a process at this moment."""
        return len(self._open)

    async def run(self, work: Callable[..., Result], *args: Any, counted: Counted | None = None) -> Result:
        """Runs `work(*args, counted)` in a process of its own; `counted` is called here with its latest count.

        `work` is a function at module level. Raises what it raises; Unreadable when it exceeds its time or memory;
        TryLater when its process was killed twice. Cancelling ends the process. Calls wait here for a place, in turn;
        their time counts from when they run.
        """
        request = pickle.dumps((work, args, False), pickle.HIGHEST_PROTOCOL)

        async def answer(call: Call) -> Answer:
            return await self._answer(call, counted or _ignore)

        async with self._place():
            result: Result = await self._tried(work, request, answer)
            return result

    async def converse(
        self, work: Callable[..., Result], *args: Any, served: Served, counted: Counted | None = None
    ) -> Result:
        """Runs `work(*args, link)` in a process of its own; what it asks through the `Link` is answered by `served`.

        As `run`, but it takes a place only for the turns it asks for, and its time counts while it computes. Raises
        what `served` raises, too.
        """
        request = pickle.dumps((work, args, True), pickle.HIGHEST_PROTOCOL)

        async def answer(call: Call) -> Answer:
            return await Conversation(call, served, self._place(), self._seconds).answer(counted or _ignore)

        result: Result = await self._tried(work, request, answer)
        return result

    async def answers(self, seconds: float) -> bool:
        """Whether a call comes back within `seconds`. It needs no place, so long imports don't delay it."""
        if time.monotonic() - self._probed < PROBE_HOLDS_SECONDS:
            return True
        began, loop = time.monotonic(), asyncio.get_running_loop()
        if self._probe is None or self._probe.done() or self._probe.get_loop() is not loop:
            self._probe = loop.create_task(self._ask())
        await asyncio.wait({self._probe}, timeout=seconds)
        return self._probed >= began

    def warm_up(self, *rehearsals: Callable[[], object]) -> None:
        """Starts the fork server, so that the first member doesn't wait for that.

        There it runs `rehearsals`: functions at module level. What they import, compile and cache, every call finds.
        """
        with contextlib.suppress(Lost, OSError):  # the first call says so
            for name in (__name__, *(f"{each.__module__}:{each.__qualname__}" for each in rehearsals)):
                self._server.load(name)

    def stop(self) -> None:
        """Ends every process at once. Running calls raise CancelledError; further ones, too."""
        self._is_stopped = True
        for call in self._open.copy():
            call.hang_up()
        self._server.stop()

    def _place(self) -> asyncio.Semaphore:
        return self._places.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(self._processes))

    async def _ask(self) -> None:
        with contextlib.suppress(Lost):
            await self._once(__name__, pickle.dumps((_nothing, (), False)), lambda call: self._answer(call, _ignore))
            self._probed = time.monotonic()

    async def _tried(
        self, work: Callable[..., Any], request: bytes, answer: Callable[[Call], Awaitable[Answer]]
    ) -> Any:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return await self._once(work.__module__, request, answer)
            except Lost as lost:
                self.lost += 1
                log.warning("worker lost", work=work.__qualname__, attempt=attempt, detail=str(lost))
        raise TryLater(
            Cause.SERVER_ERROR, "Something went wrong on this server. Its log says what.", detail="worker lost twice"
        )

    async def _once(self, module: str, request: bytes, answer: Callable[[Call], Awaitable[Answer]]) -> Any:
        """Raises Lost when the process, or the fork server, was killed."""
        try:
            with self._server.fork(module) as call:
                self._open.add(call)
                try:
                    await self._started(call, request)
                    answered = await answer(call)
                except OutOfTime:
                    raise _too_much("time") from None
                except OutOfMemory:
                    raise _too_much("memory") from None
                finally:
                    self._open.discard(call)
            return await answered.open()
        except Lost:
            if self._is_stopped:
                raise asyncio.CancelledError from None
            raise

    async def _started(self, call: Call, request: bytes) -> None:
        try:
            async with asyncio.timeout(START_SECONDS):
                await call.started(request)
        except TimeoutError:
            self._server.replace(call.server)
            raise Lost("fork server hangs") from None

    async def _answer(self, call: Call, counted: Counted) -> Answer:
        try:
            async with asyncio.timeout(self._seconds):
                return await call.answer(counted)
        except TimeoutError:
            raise OutOfTime from None


def _too_much(what: str) -> Unreadable:
    return Unreadable(
        Cause.TOO_LARGE,
        f"This calendar takes more {what} to read than this server allows for one calendar.",
        detail=f"worker ran out of {what}",
    )


def _ignore(_count: int) -> None:
    """For calls whose progress is not watched."""


def _nothing(_counted: Counted) -> None:
    """The work of a probe."""
