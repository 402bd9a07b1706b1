"""Sends to every destination that is due, each by itself, so that one that is slow or gone stops no other.

Used by the jobs, once a process. Due rows and their leases are in the database: a process that is killed loses nothing.
"""

import asyncio
from collections.abc import Sequence

import structlog

from oncall_ui.app import App
from oncall_ui.domain.imports.failures import Cause, TryLater
from oncall_ui.hub import ScheduleChanged
from oncall_ui.services.imports.damage import DATABASE_LOST
from oncall_ui.services.imports.places import Lane, Places
from oncall_ui.services.schedules.destinations import state
from oncall_ui.services.schedules.destinations.claim import Sending, claim_due
from oncall_ui.services.schedules.destinations.copying import copy_shifts
from oncall_ui.services.schedules.destinations.deliver import deliver

log = structlog.get_logger()

LONGEST_SECONDS = 150
"""One sending, at most: less than its lease."""
UNEXPECTED = "Something went wrong on this server. Its log says what."
SLOW = "It takes too long to answer."


class Sendings:
    """The sendings under way. `look` starts what is due, as far as there are places."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._places = Places()
        self._running: dict[asyncio.Task[None], Sending] = {}

    async def look(self) -> None:
        self._places.shift_slow()
        for lane in (Lane.FRESH, Lane.RETRIES):
            room = self._places.room(lane)
            if room.free <= 0:
                continue
            for sending in await asyncio.to_thread(claim_due, self._app, room, retries=lane is Lane.RETRIES):
                self._start(sending, lane)

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
            await asyncio.to_thread(_release, self._app, list(running.values()))

    def _start(self, sending: Sending, lane: Lane) -> None:
        task = asyncio.create_task(_send(self._app, sending))
        self._running[task] = sending
        self._places.enter(sending.lease, lane, sending.holder)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._places.leave(self._running.pop(task).lease)


async def _send(app: App, sending: Sending) -> None:
    try:
        async with asyncio.timeout(LONGEST_SECONDS):
            await (copy_shifts if sending.kind.keeps_shifts else deliver)(app, sending)
    except TimeoutError:
        await asyncio.to_thread(_fail, app, sending, SLOW, Cause.TOO_SLOW)
    except DATABASE_LOST as error:
        app.outages.failed("database", error)  # its lease runs out
    except Exception:  # the outermost edge of a job: whatever is stored there, the others go on
        log.exception("sending failed", destination=sending.destination_id)
        await asyncio.to_thread(_fail, app, sending, UNEXPECTED, Cause.SERVER_ERROR)


def _fail(app: App, sending: Sending, sentence: str, cause: Cause) -> None:
    with app.db.write() as session:
        if destination := state.held(session, sending.destination_id, sending.lease):
            state.fail(destination, TryLater(cause, sentence))
    app.hub.publish(ScheduleChanged(sending.schedule_id))


def _release(app: App, sendings: Sequence[Sending]) -> None:
    with app.db.write() as session:
        for sending in sorted(sendings, key=lambda each: each.destination_id):
            if destination := state.held(session, sending.destination_id, sending.lease):
                state.release(destination)
