"""Worker processes for slow, large or hostile input; the event loop only waits for them.

Services parse in them what a provider fetched. A feed that needs too much time or memory ends its own process, never
the app.
"""

import asyncio
import multiprocessing
import resource
import signal
import threading
from collections.abc import Callable
from concurrent.futures import TimeoutError as FutureTimeoutError
from typing import Any, TypeVar

from pebble import ProcessExpired, ProcessPool

from oncall_ui.domain.imports.failures import Cause, Unreadable

Result = TypeVar("Result")
Counted = Callable[[int], None]

SLOTS = 64
PROGRESS_SECONDS = 0.3

_progress: Any = None
"""In a worker: the counters shared with the app, one per running call."""


class Workers:
    """A pool of spawned processes with a memory limit per process and a time limit per call."""

    def __init__(self, processes: int = 2, seconds: float = 120, memory_mb: int = 2048) -> None:
        self._seconds = seconds
        context = multiprocessing.get_context("spawn")
        # Without a lock: a process killed while holding it would block all others for good.
        self._counters = context.RawArray("q", SLOTS)
        self._free = set(range(SLOTS))
        self._guard = threading.Lock()
        self._pool: Any = ProcessPool(
            max_workers=processes, context=context, initializer=_prepare, initargs=(self._counters, memory_mb)
        )

    async def run(self, work: Callable[..., Result], *args: Any, counted: Counted | None = None) -> Result:
        """Runs `work(*args, counted)` in a worker; `counted` is called here, at intervals, with its latest count.

        Raises what `work` raises, and Unreadable when it exceeds its time or memory.
        """
        slot = self._take_slot()
        future: Any = self._pool.schedule(_call, args=(slot, work, args), timeout=self._seconds)
        waiting = asyncio.wrap_future(future)
        try:
            while True:
                done, _ = await asyncio.wait({waiting}, timeout=PROGRESS_SECONDS)
                if counted:
                    counted(self._counters[slot])
                if done:
                    result: Result = waiting.result()
                    return result
        except FutureTimeoutError as error:
            raise _too_much("time") from error
        except (ProcessExpired, MemoryError) as error:
            raise _too_much("memory") from error
        finally:
            future.cancel()
            self._counters[slot] = 0
            with self._guard:
                self._free.add(slot)

    async def answers(self, seconds: float) -> bool:
        """Whether a call comes back within `seconds`."""
        future: Any = self._pool.schedule(_import_domain)
        done, _ = await asyncio.wait({asyncio.wrap_future(future)}, timeout=seconds)
        return bool(done)

    def warm_up(self) -> None:
        """Starts a process and imports what it needs, so that the first member doesn't wait for that."""
        self._pool.schedule(_import_domain)

    def stop(self) -> None:
        """Ends every process at once. Running calls are lost."""
        self._pool.stop()
        self._pool.join(timeout=5)

    def _take_slot(self) -> int:
        with self._guard:
            return self._free.pop()


def _too_much(what: str) -> Unreadable:
    return Unreadable(
        Cause.TOO_LARGE,
        f"This calendar takes more {what} to read than this server allows for one calendar.",
        detail=f"worker ran out of {what}",
    )


def _prepare(counters: Any, memory_mb: int) -> None:
    global _progress  # noqa: PLW0603 - set once per worker process
    _progress = counters
    # Ctrl-C reaches the whole process group; the app ends its workers itself.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    limit = memory_mb * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _call(slot: int, work: Callable[..., Any], args: tuple[Any, ...]) -> Any:
    _progress[slot] = 0

    def counted(count: int) -> None:
        _progress[slot] = count

    return work(*args, counted)


def _import_domain() -> None:
    import oncall_ui.domain.ical  # noqa: F401, PLC0415 - to warm up
    import providers  # noqa: F401, PLC0415
