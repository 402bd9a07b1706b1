"""Sends to everything that is due, each by itself, so that one that is slow or gone stops no other.

Due rows and their leases are in the database: a process that is killed loses nothing.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Generic, Protocol, TypeVar

import structlog

from oncall_ui.app import App
from oncall_ui.domain.imports.failures import Cause, TryLater
from oncall_ui.reporting.ids import SHORT, carry
from oncall_ui.services.imports.damage import DATABASE_LOST
from oncall_ui.services.imports.fetching.places import Holder, Lane, Places, Room

log = structlog.get_logger()

LONGEST_SECONDS = 150
"""One sending, at most: less than its lease."""
UNEXPECTED = "Something went wrong on this server. Its log says what."
SLOW = "It takes too long to answer."


class Claimed(Protocol):
    """Something that is leased to this process alone."""

    @property
    def lease(self) -> str: ...

    @property
    def holder(self) -> Holder: ...


C = TypeVar("C", bound=Claimed)


class Running(ABC, Generic[C]):
    """The sendings under way. `look` starts what is due, as far as there are places."""

    def __init__(self, app: App) -> None:
        self.app = app
        self._places = Places()
        self._running: dict[asyncio.Task[None], C] = {}

    @abstractmethod
    def claim(self, room: Room, *, retries: bool) -> Sequence[C]:
        """What is due, leased to the caller, as far as `room` admits. In a thread."""

    @abstractmethod
    async def send(self, claimed: C) -> None:
        """Sends what waits, and records how it went."""

    @abstractmethod
    def fail(self, claimed: C, failure: TryLater) -> None:
        """It ended without a result. In a thread."""

    @abstractmethod
    def release(self, claimed: Sequence[C]) -> None:
        """They are due again as before. In a thread."""

    async def look(self) -> None:
        self._places.shift_slow()
        for lane in (Lane.FRESH, Lane.RETRIES):
            room = self._places.room(lane)
            if room.free <= 0:
                continue
            for claimed in await asyncio.to_thread(self.claim, room, retries=lane is Lane.RETRIES):
                self._start(claimed, lane)

    async def idle(self) -> None:
        """Returns when nothing is under way."""
        while self._running:
            await asyncio.wait(set(self._running))

    async def stop(self, seconds: float) -> None:
        """Ends what is under way; it is due again as before."""
        running = dict(self._running)
        for task in running:
            task.cancel()
        if running:
            await asyncio.wait(running, timeout=seconds)
            await asyncio.to_thread(self.release, list(running.values()))

    def _start(self, claimed: C, lane: Lane) -> None:
        task = asyncio.create_task(self._send(claimed))
        self._running[task] = claimed
        self._places.enter(claimed.lease, lane, claimed.holder)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._places.leave(self._running.pop(task).lease)

    async def _send(self, claimed: C) -> None:
        carry(sending=claimed.lease[:SHORT])
        try:
            async with asyncio.timeout(LONGEST_SECONDS):
                await self.send(claimed)
        except TimeoutError:
            await asyncio.to_thread(self.fail, claimed, TryLater(Cause.TOO_SLOW, SLOW))
        except DATABASE_LOST as error:
            self.app.outages.failed("database", error)  # its lease runs out
        except Exception:  # the outermost edge of a job: whatever is stored there, the others go on
            log.exception("sending failed", about=claimed.holder.account)
            await asyncio.to_thread(self.fail, claimed, TryLater(Cause.SERVER_ERROR, UNEXPECTED))
