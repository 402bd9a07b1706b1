"""What many pages show alike is read once for all of them."""

import asyncio
from collections.abc import Callable
from time import perf_counter
from typing import Generic, TypeVar

T = TypeVar("T")


class SharedReading(Generic[T]):
    """Remembers what was read last, on the event loop. Whether somebody may see it is to be asked before.

    Pages that ask at once wait for one thread. With a thread each, a hundred pages spent most of the time in which they
    show a change on handing over to one another.
    """

    def __init__(self) -> None:
        self._began_at = 0.0
        self._task: asyncio.Task[T] | None = None

    async def get(self, asked_at: float, read: Callable[[], T], *, builds_on: float | None = None) -> T:
        """One reading in a thread serves all who asked, by `perf_counter`, before it began. Raises what `read` raises.

        `builds_on` is when the reading began that `read` builds on, if there is one.
        """
        return (await self.begun(asked_at, read, builds_on=builds_on))[1]

    async def begun(self, asked_at: float, read: Callable[[], T], *, builds_on: float | None = None) -> tuple[float, T]:
        """As `get`, with the time at which the reading began."""
        task = self._task
        if task is None or self._began_at <= asked_at or (task.done() and (task.cancelled() or task.exception())):
            self._began_at = perf_counter() if builds_on is None else builds_on
            task = self._task = asyncio.create_task(asyncio.to_thread(read))
        began_at = self._began_at
        # One page that closes takes it from none of the others.
        return began_at, await asyncio.shield(task)
