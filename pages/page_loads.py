"""How many pages one member, or one address before login, may load at once. The others wait their turn.

A page whose browser hasn't come yet takes up to a megabyte, so what counts is pages that are built or wait for their
browser, not requests.
"""

import asyncio
import time
from collections import Counter
from weakref import WeakKeyDictionary, WeakSet

from nicegui import Client

GRACE_SECONDS = 3.0
"""So long a page waits for its browser before another one may take its place."""
LOOK_SECONDS = 0.1
TURNS = 8
"""Of the event loop, until what is built has been sent: NiceGUI takes three."""
WAITING_PER_PLACE = 4
"""More requests than that wait for nothing: they are refused at once."""


class TooManyLoads(Exception):
    """Too many of the same member, or address, wait already."""


class PageLoads:
    """Of one process; used on the event loop only."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._queue: Counter[str] = Counter()
        self._loads: WeakKeyDictionary[Client, _Load] = WeakKeyDictionary()
        self._of: dict[str, WeakSet[Client]] = {}
        """The pages in `_loads` that haven't closed, by whose they are."""

    async def begin(self, whose: str, client: Client) -> None:
        """Returns when `client` may be built. Raises TooManyLoads."""
        if self._queue[whose] >= self.most * WAITING_PER_PLACE:
            raise TooManyLoads
        self._queue[whose] += 1
        try:
            while not self._has_place(whose):  # noqa: ASYNC110 - time alone frees a place, too
                await asyncio.sleep(LOOK_SECONDS)
        finally:
            self._queue[whose] -= 1
            if not self._queue[whose]:
                del self._queue[whose]
        self._loads[client] = _Load()
        if not client.is_deleted:
            self._of.setdefault(whose, WeakSet()).add(client)
            client.on_delete(lambda: self._forget(whose, client))

    def is_built(self, client: Client, turns: int = TURNS) -> None:
        """From now on it waits for its browser; NiceGUI first gets its turns of the event loop to send it."""
        if turns:
            asyncio.get_running_loop().call_soon(self.is_built, client, turns - 1)
        elif load := self._loads.get(client):
            load.built_at = time.monotonic()

    def was_sent(self, client: Client) -> bool:
        """False while it is built or waits for that, and for pages that didn't `begin`."""
        load = self._loads.get(client)
        return load is not None and load.built_at is not None

    def _has_place(self, whose: str) -> bool:
        """Closes the page that has waited longest for its browser, if that is what takes the place."""
        taken = [client for client in self._of.get(whose, ()) if client.tab_id is None]
        if len(taken) < self.most:
            return True
        built = {client: at for client in taken if (at := self._loads[client].built_at) is not None}
        oldest = min(built, key=built.__getitem__, default=None)
        if oldest is None or time.monotonic() - built[oldest] < GRACE_SECONDS:
            return False
        oldest.delete()
        return True

    def _forget(self, whose: str, client: Client) -> None:
        if (own := self._of.get(whose)) is not None:
            own.discard(client)
            if not own:
                del self._of[whose]


class _Load:
    __slots__ = ("built_at",)

    def __init__(self) -> None:
        self.built_at: float | None = None
