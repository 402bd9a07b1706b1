"""How much of the event loop open pages take to show what changed: half of it at most, however many there are."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import perf_counter
from weakref import WeakValueDictionary

from oncall_ui.app import App
from pages.builds import give_way

AT_ONCE_SECONDS = 1.0
"""Of drawing: a hundred pages show a plan that is published at once."""
SHARE = 0.25
"""Of the time, once that is used up. Sending what was drawn takes about as long again."""
GIVE_WAY_SECONDS = 0.1
"""To pages that open, by each page that shows a change: those that are open get on, too, if others keep coming."""


class Pace:
    """Pages take turns, first come first served, and draw on a store of seconds that fills as time passes.

    Once half of it is gone, those that open go first: somebody waits for them.
    """

    def __init__(self) -> None:
        self._turn, self._catching_up = asyncio.Lock(), asyncio.Lock()
        self._left, self._at = AT_ONCE_SECONDS, perf_counter()

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Waits until it may be drawn; counts what happens inside, on the event loop, as drawing."""
        async with self._turn:
            # What was drawn before goes out now, and a press is answered.
            await asyncio.sleep(max(-self._fill(), 0) / SHARE)
            if self._left < AT_ONCE_SECONDS / 2:
                await give_way(GIVE_WAY_SECONDS)
            began_at = perf_counter()
            try:
                yield
            finally:
                self._left = self._fill() - (perf_counter() - began_at)

    @asynccontextmanager
    async def after_others(self) -> AsyncIterator[None]:
        """One at a time, behind the pages that open: for what is read again in case something has changed."""
        async with self._catching_up:
            await give_way(GIVE_WAY_SECONDS)
            yield

    def _fill(self) -> float:
        now = perf_counter()
        self._left = min(self._left + (now - self._at) * SHARE, AT_ONCE_SECONDS)
        self._at = now
        return self._left


_PACES: WeakValueDictionary[int, Pace] = WeakValueDictionary()
"""By app; gone with its last page."""


def pace_of(app: App) -> Pace:
    """The same object for all open pages."""
    return _PACES.setdefault(id(app), Pace())
