"""How many pages are built side by side: the others wait, first come first served, no matter whose they are.

When a process is gone, all its pages open again at once in another one. Built together, all of them would be ready at
the very end, and some would be given up before.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakKeyDictionary

AT_ONCE = 4
"""While one waits for the database, another one is drawn."""
HOLD_SECONDS = 1.0
"""A page that takes longer waits for something slow: it goes on, and the next one begins."""

_PLACES: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()


@asynccontextmanager
async def place() -> AsyncIterator[None]:
    """Waits for one of the places, and keeps it until the block ends, but no longer than `HOLD_SECONDS`."""
    loop = asyncio.get_running_loop()
    places = _PLACES.setdefault(loop, asyncio.Semaphore(AT_ONCE))
    await places.acquire()
    is_held = True

    def give_back() -> None:
        nonlocal is_held
        if is_held:
            is_held = False
            places.release()

    timer = loop.call_later(HOLD_SECONDS, give_back)
    try:
        yield
    finally:
        timer.cancel()
        give_back()
