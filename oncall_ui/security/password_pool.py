"""The threads in which passwords are hashed and checked: few, with a short queue, and behind everything else.

One check takes 64 MB and a tenth of a second of several cores. Two at once bound the memory, however many log-ins
arrive; a queue that refuses at once keeps the rest of the app out of it.
"""

import asyncio
import os
import sys
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from contextvars import copy_context
from typing import Any, ParamSpec, TypeVar

from oncall_ui.errors import TooManyAttempts

THREADS = 2
QUEUE = 30
"""Waiting at once: a whole team in the morning."""
OWN_QUEUE = 10
"""Places beyond that for members: known browsers, and those who are logged in."""
BUSY_SECONDS = 2.0
"""What a refused log-in is asked to wait: the queue is worked off by then."""
NICE = 5
"""Lower priority for hashing (Linux: setpriority(2) is per thread): the event loop goes first."""

P = ParamSpec("P")
T = TypeVar("T")
Job = tuple["Future[Any]", Callable[[], Any]]


class PasswordPool:
    """Runs at most `threads` jobs at once. Threads begin with the first job and don't keep the process alive."""

    def __init__(self, threads: int = THREADS, queue: int = QUEUE, own_queue: int = OWN_QUEUE) -> None:
        self._threads, self._queue, self._own_queue = threads, queue, own_queue
        self._changed = threading.Condition()
        self._first: deque[Job] = deque()
        self._jobs: deque[Job] = deque()
        self._started = 0
        self._idle = 0
        self._here = threading.local()
        # Hashing alone is behind everything else. A thread that also asks the database would keep the interpreter's
        # lock while it waits for its turn on the processor.
        self._behind = ThreadPoolExecutor(threads, "hashing", initializer=_give_way)

    def submit(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> "Future[T]":
        """For strangers. Raises TooManyAttempts at once if the queue is full."""
        return self._submit(self._jobs, self._queue, lambda: work(*args, **kwargs))

    def submit_first(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> "Future[T]":
        """For members, who have places of their own and don't wait for strangers. Raises TooManyAttempts."""
        return self._submit(self._first, self._own_queue, lambda: work(*args, **kwargs))

    def call(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Hashes, in a thread that isn't the event loop's, and waits for it: within a job, or as a job of a member's.

        Raises TooManyAttempts, but not within a job.
        """
        if getattr(self._here, "is_mine", False):
            return self._behind.submit(work, *args, **kwargs).result()
        return self.submit_first(lambda: self.call(work, *args, **kwargs)).result()

    async def run(self, first: bool, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The same for the event loop; `first` for a known browser. A caller who gives up gives its place up, too."""
        submit = self.submit_first if first else self.submit
        return await asyncio.wrap_future(submit(work, *args, **kwargs))

    @property
    def is_full(self) -> bool:
        """Whether a stranger would be refused now."""
        return len(self._jobs) >= self._queue

    def _submit(self, jobs: deque[Job], places: int, work: Callable[[], T]) -> "Future[T]":
        done: Future[T] = Future()
        here = copy_context()  # as asyncio.to_thread does: services ask where they are called from
        with self._changed:
            if len(jobs) >= places:
                raise TooManyAttempts(BUSY_SECONDS)
            jobs.append((done, lambda: here.run(work)))
            if not self._idle and self._started < self._threads:
                self._started += 1
                threading.Thread(target=self._work, name=f"passwords-{self._started}", daemon=True).start()
            self._changed.notify()
        return done

    def _work(self) -> None:
        self._here.is_mine = True
        while True:
            done, work = self._next()
            if not done.set_running_or_notify_cancel():
                continue
            try:
                result = work()
            except BaseException as error:  # noqa: BLE001 - it belongs to who waits
                done.set_exception(error)
            else:
                done.set_result(result)

    def _next(self) -> Job:
        with self._changed:
            self._idle += 1
            while not self._first and not self._jobs:
                self._changed.wait()
            self._idle -= 1
            return (self._first or self._jobs).popleft()


def _give_way() -> None:
    if sys.platform == "linux":
        with suppress(OSError):
            own = threading.get_native_id()
            os.setpriority(os.PRIO_PROCESS, own, os.getpriority(os.PRIO_PROCESS, own) + NICE)
