"""Refused log-ins are answered after a second: who tries again as soon as they hear has little to gain."""

import asyncio

SECONDS = 1.0
MOST = 400
"""Held at once; further ones are answered at once. Each is a connection and a few kilobytes."""


class Patience:
    """The refusals of one server that are being held. For the event loop only."""

    def __init__(self, seconds: float = SECONDS, most: int = MOST) -> None:
        self._seconds, self._most = seconds, most
        self._held = 0

    async def hold(self) -> None:
        """Waits before a refusal is sent."""
        if self._held >= self._most:
            return
        self._held += 1
        try:
            await asyncio.sleep(self._seconds)
        finally:
            self._held -= 1
