"""What many pages show alike is read once for all of them, and what differs together."""

import asyncio
from collections.abc import Callable, Mapping
from time import perf_counter
from typing import Generic, TypeVar

PATIENCE_SECONDS = 0.1
"""An answer that takes longer waits for something that the next one may not need, such as a lock."""

K = TypeVar("K")
A = TypeVar("A")
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


class AskedTogether(Generic[K, A, T]):
    """Asks once for all who ask in the same turn of the event loop, in one thread: about each by a key.

    Who comes while a question is out is asked about next, with all others who came. So two hundred pages that open at
    once ask a few times, and threads don't wait for one another.

    `answer` is given what was said for each key, blocks, and leaves out those about whom there is nothing.
    """

    def __init__(self, answer: Callable[[Mapping[K, A]], Mapping[K, T]]) -> None:
        self._answer = answer
        self._asked: dict[K, A] = {}
        self._next: asyncio.Task[Mapping[K, T]] | None = None
        self._out: asyncio.Future[Mapping[K, T]] | None = None
        """The question before."""

    async def ask(self, key: K, said: A) -> T | None:
        """None: there is nothing. Raises what `answer` raises."""
        self._asked[key] = said
        if self._next is None:
            self._next = asyncio.create_task(self._ask())
        # One page that closes takes it from none of the others.
        return (await asyncio.shield(self._next)).get(key)

    async def _ask(self) -> Mapping[K, T]:
        """Begins once all of this turn have asked, and the question before is answered; who comes later asks again."""
        if self._out is not None:
            await asyncio.wait((self._out,), timeout=PATIENCE_SECONDS)
        asked, self._asked, self._next = self._asked, {}, None
        self._out = asyncio.ensure_future(asyncio.to_thread(self._answer, asked))
        return await self._out
