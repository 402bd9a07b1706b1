"""How many pages are built side by side: the others wait, first come first served, no matter whose they are.

When a process is gone, all its pages open again at once in another one. Built together, all of them would be ready at
the very end, and some would be given up before.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakKeyDictionary

AT_ONCE = 8
"""While one waits for the database, another one is drawn."""
HOLD_SECONDS = 1.0
"""A page that takes longer waits for something slow: it goes on, and the next one begins."""

_PLACES: WeakKeyDictionary[asyncio.AbstractEventLoop, "_Places"] = WeakKeyDictionary()


class _Places:
    """Of one event loop."""

    def __init__(self) -> None:
        self.free = asyncio.Semaphore(AT_ONCE)
        self.taken = 0
        self.none_is_taken = asyncio.Event()
        self.none_is_taken.set()

    def take(self) -> None:
        self.taken += 1
        self.none_is_taken.clear()

    def give_back(self) -> None:
        self.free.release()
        self.taken -= 1
        if not self.taken:
            self.none_is_taken.set()


@asynccontextmanager
async def place() -> AsyncIterator[None]:
    """Waits for one of the places, and keeps it until the block ends, but no longer than `HOLD_SECONDS`."""
    loop, places = asyncio.get_running_loop(), _here()
    await places.free.acquire()
    places.take()
    is_held = True

    def give_back() -> None:
        nonlocal is_held
        if is_held:
            is_held = False
            places.give_back()

    timer = loop.call_later(HOLD_SECONDS, give_back)
    try:
        yield
    finally:
        timer.cancel()
        give_back()


async def give_way(seconds: float) -> None:
    """Returns once no page is being built, or after that time."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await _here().none_is_taken.wait()


def _here() -> _Places:
    return _PLACES.setdefault(asyncio.get_running_loop(), _Places())
