"""What runs by itself: imports and what other programs are sent, looked for every second; plans; conflicts; automatic
mode; emails about calendars, messages about shifts; staleness; expired sessions; old audit lines and tries; nightly
backups.

Used by working.py, once a process. It keeps no list of its own: due rows and their leases are in the database, so a
process that is killed loses nothing and one that starts finds everything. Several processes may run it on one database
(docs/decisions/0910). All waits are by monotonic time: a clock
that is set changes when a row is due, never when the next look comes (docs/decisions/0604).
"""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

import structlog

from oncall_ui.app import App
from oncall_ui.keeping.nightly import back_up_nightly
from oncall_ui.models import now
from oncall_ui.reporting.ids import carry
from oncall_ui.services.accounts.logging_in.sessions import end_expired
from oncall_ui.services.audit.retention import erase_old_entries
from oncall_ui.services.help import erase_old_remarks
from oncall_ui.services.imports.alert_emails import send_alert_emails
from oncall_ui.services.imports.claim import ImportJob, claim
from oncall_ui.services.imports.damage import DATABASE_LOST
from oncall_ui.services.imports.fetching.in_worker import rehearse
from oncall_ui.services.imports.fetching.places import PATIENCE_SECONDS, Lane, Places, Room
from oncall_ui.services.imports.hours import store_hours
from oncall_ui.services.imports.recover import repair_times, resume_unlocked
from oncall_ui.services.imports.run import give_up, release_leases, run_import
from oncall_ui.services.imports.stale import announce_stale
from oncall_ui.services.schedules.automatic.run import run_automatic
from oncall_ui.services.schedules.conflicts.watching import ConflictWatch
from oncall_ui.services.schedules.cover.rounds import run_due_rounds
from oncall_ui.services.schedules.destinations.deliver import forget_deliveries
from oncall_ui.services.schedules.destinations.sending import Sendings
from oncall_ui.services.schedules.destinations.timed import note_timed_events
from oncall_ui.services.schedules.drafts.planning import run_due_plans
from oncall_ui.services.schedules.messages.due import queue_due
from oncall_ui.services.schedules.messages.retention import erase_old_messages
from oncall_ui.services.schedules.what_if.tries import erase_old_tries
from oncall_ui.services.sharing.channels.hand_over import hand_over
from oncall_ui.services.sharing.channels.sending import ChannelSendings
from oncall_ui.services.sharing.messages.send import send_messages
from oncall_ui.threads import in_a_thread

log = structlog.get_logger()
Result = TypeVar("Result")

LOOK, AGEING, ALERT_EMAILS = timedelta(seconds=1), timedelta(minutes=1), timedelta(minutes=10)
EXPIRING = timedelta(minutes=1)
"""How long a page stays open, at most, once its session has expired."""
FORGETTING = timedelta(days=1)
BACKING_UP = timedelta(minutes=10)
"""How soon a backup that is due is made, or tried again."""
PLANNING = timedelta(seconds=0.5)
"""How soon a draft that was asked for is noticed."""
ROUNDS = timedelta(seconds=20)
"""How soon the next one is asked to take a shift, once it is their turn."""
NOTING = timedelta(seconds=20)
"""How soon other programs hear that a shift began."""
AUTOMATIC = timedelta(seconds=20)
"""How soon a plan that was made automatically is published, or its managers hear why not."""
MESSAGES = timedelta(seconds=20)
"""How soon members hear what concerns them."""
ALERT_EMAILS_LIMIT_SECONDS = 300
STOP_SECONDS = 1.0
"""How long a stop waits for each of: the claim under way, the imports it cancels, the database that takes them back."""


class Jobs:
    """The loops and the imports under way. `every`: how often it looks by itself."""

    def __init__(self, app: App, *, every: timedelta = LOOK) -> None:
        self._app, self._every = app, every
        self._loops: list[asyncio.Task[None]] = []
        self._running: dict[asyncio.Task[None], ImportJob] = {}
        self._places = Places()
        self._sendings = Sendings(app)
        self._channels = ChannelSendings(app)
        self._hosts: dict[int, str] = {}
        """By connection, see `claim`."""
        self._looking = asyncio.Lock()
        self._claiming: asyncio.Future[list[ImportJob]] | None = None
        self._wake = asyncio.Event()
        self._is_more_due = False
        """The last look had no place for everything: an import that ends doesn't wait for the next one."""
        self._is_resumed = False
        self._recovered: float | None = None
        self._looked: float | None = None
        self._aged: datetime | None = None
        self._watch: ConflictWatch | None = None

    def seconds_since_look(self) -> float | None:
        """Since the last look ended well, by monotonic time; None before the first. One that hangs or fails adds up."""
        return None if self._looked is None else time.monotonic() - self._looked

    def start(self) -> None:
        """On the running event loop."""
        self._app.workers.warm_up(rehearse)
        self._watch = ConflictWatch(self._app)
        loops = (
            (self.look, self._until_woken),
            (self._age, partial(asyncio.sleep, AGEING.total_seconds())),
            (self._write, partial(asyncio.sleep, ALERT_EMAILS.total_seconds())),
            (self._tell, partial(asyncio.sleep, MESSAGES.total_seconds())),
            (self._end_sessions, partial(asyncio.sleep, EXPIRING.total_seconds())),
            (self._ask, partial(asyncio.sleep, ROUNDS.total_seconds())),
            (self._send, partial(asyncio.sleep, self._every.total_seconds())),
            (self._note, partial(asyncio.sleep, NOTING.total_seconds())),
            (self._plan, partial(asyncio.sleep, PLANNING.total_seconds())),
            (self._automate, partial(asyncio.sleep, AUTOMATIC.total_seconds())),
            (self._watch.look, self._watch.wait),
            (self._forget, partial(asyncio.sleep, FORGETTING.total_seconds())),
            (self._back_up, partial(asyncio.sleep, BACKING_UP.total_seconds())),
        )
        self._loops = [asyncio.create_task(self._forever(*loop)) for loop in loops]

    async def stop(self) -> None:
        """Ends what is under way and releases its leases, so that it is due at once. Takes a few seconds at most."""
        if self._watch is not None:
            self._watch.stop()
        for loop in self._loops:
            loop.cancel()
        await asyncio.gather(*self._loops, return_exceptions=True)
        self._loops = []
        await self._sendings.stop(STOP_SECONDS)
        await self._channels.stop(STOP_SECONDS)
        jobs = [*self._running.values(), *await self._claimed_last()]
        tasks = set(self._running)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=STOP_SECONDS)
        if jobs:
            await self._release(jobs)

    async def _forever(self, work: Callable[[], Awaitable[None]], pause: Callable[[], Awaitable[None]]) -> None:
        """Works, pauses, and works again, whatever happens."""
        while True:
            try:
                await work()
            except DATABASE_LOST as error:
                # That it works again is for Readiness to say: a look that only reads can't tell.
                self._app.outages.failed("database", error)
            except Exception:  # the outermost edge of a job: it must not stop for good
                log.exception("job failed, it runs again")
            await pause()

    async def look(self) -> None:
        """Starts what is due by now, as far as there are places. Where one is at it, another has nothing to add."""
        if self._looking.locked():
            return
        async with self._looking:
            await self._recover()
            self._places.shift_slow()
            fresh = await self._start_due(Lane.FRESH)
            retries = await self._start_due(Lane.RETRIES)
            self._is_more_due = fresh.is_limited or retries.is_limited
            self._looked = time.monotonic()

    async def _recover(self) -> None:
        if not self._is_resumed:
            await asyncio.to_thread(resume_unlocked, self._app)
            self._is_resumed = True
        # Not in each of the looks that follow one another while very many imports are due.
        if self._recovered is None or time.monotonic() - self._recovered >= LOOK.total_seconds():
            await asyncio.to_thread(repair_times, self._app)
            self._recovered = time.monotonic()

    async def _start_due(self, lane: Lane) -> Room:
        room = self._places.room(lane)
        if room.free <= 0:
            return room
        claiming = asyncio.to_thread(claim, self._app, room, self._hosts, retries=lane is Lane.RETRIES)
        self._claiming = asyncio.ensure_future(claiming)
        # A stop cancels the look, but what is claimed by then must be released.
        for job in await asyncio.shield(self._claiming):
            task = asyncio.create_task(self._import(job))
            self._running[task] = job
            self._places.enter(job.lease, lane, job.holder)
            task.add_done_callback(self._ended)
            # By then its server may have proved slow, and its place is for another.
            asyncio.get_running_loop().call_later(PATIENCE_SECONDS, self._wake_if_more_is_due)
        self._claiming = None
        return room

    def _ended(self, task: asyncio.Task[None]) -> None:
        job = self._running.pop(task)
        self._places.leave(job.lease)
        self._wake_if_more_is_due()

    def _wake_if_more_is_due(self) -> None:
        if self._is_more_due:
            self._wake.set()

    async def _until_woken(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._every.total_seconds()):
                await self._wake.wait()
        self._wake.clear()

    async def _import(self, job: ImportJob) -> None:
        carry(**job.ids)
        try:
            await run_import(self._app, job, partial(self._places.fetched, job.lease))
        except DATABASE_LOST as error:
            # Its lease runs out, and then it is due again.
            log.info("import lost with the database", host=job.holder.host)
            self._app.outages.failed("database", error)
        except Exception:  # the outermost edge of a job: one calendar must not stop the others
            log.exception("import ended unexpectedly", host=job.holder.host)
            with contextlib.suppress(*DATABASE_LOST):
                await asyncio.to_thread(give_up, self._app, job)

    async def _claimed_last(self) -> Sequence[ImportJob]:
        """What a look claimed that was cancelled before it could start it."""
        if self._claiming is None:
            return ()
        done, _ = await asyncio.wait({self._claiming}, timeout=STOP_SECONDS)
        return self._claiming.result() if done and not self._claiming.exception() else ()

    async def _release(self, jobs: Sequence[ImportJob]) -> None:
        releasing = asyncio.wrap_future(in_a_thread("release leases", partial(release_leases, self._app, jobs)))
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await releasing
        except (TimeoutError, *DATABASE_LOST) as error:
            log.warning("leases not released, due when they run out", why=type(error).__name__)
        else:
            log.info("leases released", imports=len(jobs))

    async def _age(self) -> None:
        moment = now()
        await asyncio.to_thread(store_hours, self._app)
        if self._aged is not None:
            # After the clock was set back: at least what the last minute made stale.
            since = min(self._aged, moment - AGEING)
            await asyncio.to_thread(announce_stale, self._app, since, moment)
        self._aged = moment

    async def _end_sessions(self) -> None:
        await asyncio.to_thread(end_expired, self._app)

    async def _forget(self) -> None:
        await asyncio.to_thread(_forget_old, self._app)

    async def _back_up(self) -> None:
        with self._app.outages.watch("backup", suppress=True):
            await asyncio.to_thread(_back_up_alone, self._app)

    async def _send(self) -> None:
        await self._sendings.look()
        await self._channels.look()

    async def _note(self) -> None:
        await asyncio.to_thread(note_timed_events, self._app)

    async def _automate(self) -> None:
        await asyncio.to_thread(run_automatic, self._app)

    async def _plan(self) -> None:
        await run_due_plans(self._app)

    async def _ask(self) -> None:
        await asyncio.to_thread(run_due_rounds, self._app)

    async def _write(self) -> None:
        # Not waited for when the process ends: what an alert email had marked by then counts as sent.
        async with asyncio.timeout(ALERT_EMAILS_LIMIT_SECONDS):
            await asyncio.wrap_future(in_a_thread("alert emails", partial(send_alert_emails, self._app)))

    async def _tell(self) -> None:
        async with asyncio.timeout(ALERT_EMAILS_LIMIT_SECONDS):
            await asyncio.wrap_future(in_a_thread("messages", partial(_queue_and_send, self._app)))


def _queue_and_send(app: App) -> None:
    try:
        queue_due(app)
    finally:
        # Whatever is wrong with one schedule: what waits is sent.
        hand_over(app)
        send_messages(app)


def _forget_old(app: App) -> None:
    with app.db.alone("forgetting") as is_ours:
        if not is_ours:
            return
        if erased := erase_old_entries(app):
            log.info("audit log shortened", entries=erased)
        erase_old_tries(app)
        erase_old_messages(app)
        forget_deliveries(app)
        erase_old_remarks(app)


def _back_up_alone(app: App) -> None:
    """Where several processes have the same folder, one of them makes the backup, and the others find it there."""
    with app.db.alone("nightly backup") as is_ours:
        if is_ours:
            back_up_nightly(app.settings, now())
