"""Stops the process: in order and soon when it is asked to, and in any case before it is killed.

SIGTERM, SIGINT (Ctrl-C) and SIGHUP (the terminal closes) stop it with exit status 0. A second Ctrl-C ends it at once.
What hangs, such as a thread in a system call, is left behind after `LIMIT_SECONDS`.
"""

import asyncio
import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from types import FrameType
from typing import Any, Self

import structlog

from oncall_ui.threads import in_a_thread

log = structlog.get_logger()

LIMIT_SECONDS = 8.0
"""From the signal to the end of the process. Docker kills after 10 seconds."""
EXIT_SECONDS = 1.0
"""For what is left to the interpreter, which waits for threads, once everything is closed."""
FIRST_SECONDS = 4.0
LAST_SECONDS = 2.0
THREADS = 32
"""For blocking calls: more than imports and pages need at once, so that those that wait for a lock hold up no other."""
INTERRUPTED = 130
"""As a shell reports a program that Ctrl-C ended."""
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Stopping:
    """One for each process, made on its main thread."""

    def __init__(self, limit: float = LIMIT_SECONDS) -> None:
        self._limit = limit
        self._loop: asyncio.AbstractEventLoop | None = None
        self._begin: Callable[[], None] | None = None
        self._start_first: Callable[[], asyncio.Task[None]] | None = None
        self._first: asyncio.Task[None] | None = None
        self._began: float | None = None
        self._deadline = float("inf")
        self._is_interrupted = False
        self._is_over = False
        self._changed = threading.Event()
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Self:
        """From now on until `listen`, a signal raises KeyboardInterrupt on the main thread."""
        self._before = {number: signal.getsignal(number) for number in SIGNALS}
        self._take_signals()
        # Started before it is needed: a signal handler can't safely start a thread, or write to the log.
        threading.Thread(target=self._end_in_time, name="stop in time", daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Everything is closed, or nothing was opened: the process goes on to its end, which gets little time."""
        if self._began is None:
            self._is_over = True
            for number, handler in self._before.items():
                signal.signal(number, handler)
            self._changed.set()
        elif kind is None:
            log.info("stopped", seconds=round(time.monotonic() - self._began, 1))
            self._end_by(time.monotonic() + EXIT_SECONDS)

    def listen(self, first: Callable[[], Awaitable[None]], then: Callable[[], None]) -> None:
        """From now on, on the running loop, a signal starts `first`, for a few seconds at most, and calls `then`."""
        self._loop = asyncio.get_running_loop()
        self._loop.set_default_executor(_Threads(THREADS, thread_name_prefix="call"))

        def start_first() -> asyncio.Task[None]:
            if self._first is None:
                self._first = asyncio.create_task(_within(FIRST_SECONDS, "imports", first()))
            return self._first

        def begin() -> None:
            log.info("stopping")
            start_first()
            then()

        self._start_first, self._begin = start_first, begin
        self._take_signals()  # again: the server put its own handlers in place

    async def finish_first(self) -> None:
        """Returns when what `listen` was given as `first` is done, or has had its time."""
        if self._start_first is not None:  # a server that ends without a signal hasn't started it
            await self._start_first()

    async def close(self, work: Callable[[], None]) -> None:
        """Runs blocking `work` in a thread, for a few seconds at most."""
        await _within(LAST_SECONDS, "closing", asyncio.wrap_future(in_a_thread("closing", work)))

    def _take_signals(self) -> None:
        for number in SIGNALS:
            # Under nohup the hang-up is ignored, and is to stay so.
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._signalled)

    def _signalled(self, number: int, _frame: FrameType | None) -> None:
        if number == signal.SIGINT and self._is_interrupted:
            _end(INTERRUPTED)
        self._is_interrupted |= number == signal.SIGINT
        if self._began is not None:
            return
        self._began = time.monotonic()
        self._end_by(self._began + self._limit)
        if self._loop is None or self._begin is None:
            raise KeyboardInterrupt
        with contextlib.suppress(RuntimeError):  # the loop is closed
            self._loop.call_soon_threadsafe(self._begin)

    def _end_by(self, deadline: float) -> None:
        self._deadline = min(self._deadline, deadline)
        self._changed.set()

    def _end_in_time(self) -> None:
        self._changed.wait()
        if self._is_over:
            return
        while (left := self._deadline - time.monotonic()) > 0:
            self._changed.clear()
            self._changed.wait(left)
        waiting = [thread.name for thread in threading.enumerate() if not thread.daemon]
        with contextlib.suppress(OSError, ValueError):  # standard error may be closed
            log.warning("stopped without waiting for what hangs", threads=waiting)
        _end(0)


class _Threads(ThreadPoolExecutor):
    """The event loop closes its executor when it ends, and would wait for calls that hang."""

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        del wait, cancel_futures
        super().shutdown(wait=False, cancel_futures=True)


def _end(status: int) -> None:
    with contextlib.suppress(OSError, ValueError, RuntimeError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(status)


async def _within(seconds: float, what: str, work: Awaitable[None]) -> None:
    try:
        async with asyncio.timeout(seconds):
            await work
    except TimeoutError:
        log.warning("stopping takes too long, going on", what=what)
    except Exception:  # a stop goes on whatever happens
        log.exception("stopping failed, going on", what=what)
