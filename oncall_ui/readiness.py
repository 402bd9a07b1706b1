"""Whether imports can work now, and if not, why: for /readyz, Home, the log and `run.py doctor`, in the same words."""

import asyncio
import shutil
import time
from collections.abc import Callable, Collection, Iterable
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Generic, TypeVar

from oncall_ui.app import App
from oncall_ui.database.problems import DatabaseProblem
from oncall_ui.threads import in_a_thread

HOLDS_SECONDS = 1.0
"""An answer is given again for this long: however often it is asked for, the checks run once a second."""
DATABASE_SECONDS = 1.4
ANSWER_SECONDS = 1.6
"""What hasn't answered by then counts as failed. Leaves time to write the response within two seconds."""
LOOK_SECONDS = 10.0
ELSEWHERE_SECONDS = 30.0
"""For looks of other processes: time enough for the only one to be started again."""
LASTING_SECONDS = 5.0
"""A lock, or workers that are slow to answer, count once they last longer than a busy moment."""
WATCH_SECONDS = 5.0
START_SECONDS = 30.0
"""While an app starts, what isn't there yet is no outage."""
LITTLE_SPACE = 200 * 1024 * 1024

T = TypeVar("T")


class Reason(StrEnum):
    """Why imports can't work. `what` is a sentence for anybody, `advice` one for the operator."""

    DATABASE_UNREACHABLE = "database_unreachable"
    DATABASE_FILE_UNUSABLE = "database_file_unusable"
    DATABASE_REFUSED = "database_refused"
    DATABASE_HUNG = "database_hung"
    DATABASE_BUSY = "database_busy"
    DATABASE_LOCKED = "database_locked"
    DATABASE_READ_ONLY = "database_read_only"
    DATABASE_FULL = "database_full"
    DATABASE_DAMAGED = "database_damaged"
    DATABASE_MISSING = "database_missing"
    DATABASE_MIGRATIONS_MISSING = "database_migrations_missing"
    DATABASE_NEWER = "database_newer"
    DISK_NEARLY_FULL = "disk_nearly_full"
    DATA_FOLDER_UNREADABLE = "data_folder_unreadable"
    WORKERS_SILENT = "workers_silent"
    LOOKS_STOPPED = "looks_stopped"
    LOOKS_MISSING = "looks_missing"

    @property
    def source(self) -> str:
        """What fails, as the log calls it."""
        return _WORDS[self][0] if self in _WORDS else "database"

    @property
    def what(self) -> str:
        return _WORDS[self][1] if self in _WORDS else _problem(self).what

    @property
    def advice(self) -> str:
        return _WORDS[self][2] if self in _WORDS else _problem(self).advice

    @property
    def stops_imports(self) -> bool:
        """False if imports work for now, but won't for long."""
        return self.source != "disk"

    @property
    def sentence(self) -> str:
        return f"{self.what} {self.advice}"


_WORDS = {
    Reason.DATABASE_FILE_UNUSABLE: (
        "database",
        "The database’s file can’t be read and written.",
        "Check its disk, and that this user owns the file and its folder.",
    ),
    Reason.DISK_NEARLY_FULL: (
        "disk",
        f"The disk of the data folder has less than {LITTLE_SPACE // 1024**2} MB left.",
        "Free some disk space.",
    ),
    Reason.DATA_FOLDER_UNREADABLE: (
        "disk",
        "The data folder can’t be read.",
        "Check that its disk is mounted and this user owns it.",
    ),
    Reason.WORKERS_SILENT: (
        "workers",
        "The processes that read calendars don’t answer.",
        "Check this machine’s memory and the log, then restart the app.",
    ),
    Reason.LOOKS_STOPPED: (
        "looks",
        f"No check for due calendars has ended in the last {LOOK_SECONDS:.0f} seconds.",
        "Check the log, then restart the app.",
    ),
    Reason.LOOKS_MISSING: (
        "looks",
        f"No worker has checked for due calendars in the last {ELSEWHERE_SECONDS:.0f} seconds.",
        "Start a process with ONCALL_ROLE=worker, or check the log of the one there is.",
    ),
}
LASTING = {Reason.DATABASE_LOCKED, Reason.DATABASE_BUSY, Reason.WORKERS_SILENT}
SOURCES = ("database", "disk", "workers", "looks")


def _problem(reason: Reason) -> DatabaseProblem:
    return DatabaseProblem(reason.removeprefix("database_"))


def database_reason(problem: DatabaseProblem, *, is_file: bool = False) -> Reason:
    """`is_file`: of SQLite, whose errors of the disk look as if a server couldn't be reached."""
    if is_file and problem is DatabaseProblem.UNREACHABLE:
        return Reason.DATABASE_FILE_UNUSABLE
    return Reason(f"database_{problem}")


def disk_reason(folders: Iterable[Path], little_space: int = LITTLE_SPACE) -> Reason | None:
    """Blocking, for as long as the disk takes to answer."""
    try:
        is_little = any(shutil.disk_usage(folder).free < little_space for folder in folders)
    except OSError:
        return Reason.DATA_FOLDER_UNREADABLE
    return Reason.DISK_NEARLY_FULL if is_little else None


@dataclass(frozen=True, slots=True)
class NotReady:
    """The reasons, the gravest first, and since when there has been any."""

    reasons: tuple[Reason, ...]
    since: datetime

    @property
    def stops_imports(self) -> bool:
        return any(reason.stops_imports for reason in self.reasons)


Listener = Callable[[NotReady | None], None]


class Readiness:
    """Checks this process. Everything but the constructor belongs on its event loop, and nothing blocks it.

    `seconds_since_look`: see Jobs. Without `has_jobs` it is about other processes, which do the looking. `every`:
    seconds between two rounds of its own. `clock` counts seconds and never goes back.
    """

    def __init__(
        self,
        app: App,
        seconds_since_look: Callable[[], float | None],
        *,
        has_jobs: bool = True,
        little_space: int = LITTLE_SPACE,
        every: float = WATCH_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._app, self._seconds_since_look = app, seconds_since_look
        self._every, self._clock = every, clock
        self._looks = (Reason.LOOKS_STOPPED, LOOK_SECONDS) if has_jobs else (Reason.LOOKS_MISSING, ELSEWHERE_SECONDS)
        self._folders, self.little_space = _folders(app), little_space
        self._database = SharedCheck(lambda: app.db.problem(DATABASE_SECONDS))
        self._disk = SharedCheck(lambda: disk_reason(self._folders, self.little_space))
        self._asking: asyncio.Task[NotReady | None] | None = None
        self._answered: float | None = None
        self._since: dict[Reason, float] = {}
        """Since when a reason has been found without a break; since ever, if it was never otherwise."""
        self._database_failed = float("-inf")
        self.listeners: dict[object, Listener] = {}
        self._watching: asyncio.Task[None] | None = None
        self._latest: NotReady | None = None
        self._began, self._is_starting = clock(), True
        self._shown: NotReady | None = None

    @property
    def shown(self) -> NotReady | None:
        """What is to be shown and logged by the last round: nothing while the app starts."""
        return self._shown

    async def problem(self) -> NotReady | None:
        """Why imports can't work; None if they can. Within two seconds, whatever hangs; callers share one round."""
        if self._answered is not None and self._clock() - self._answered < HOLDS_SECONDS:
            return self._latest
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._ask())
        return await asyncio.shield(self._asking)

    def watch(self, listener: Listener) -> Callable[[], None]:
        """Calls `listener` after each round in which `shown` changed, until the returned function is called."""
        key = object()  # the same function given by two pages must be removable once
        self.listeners[key] = listener

        def unwatch() -> None:
            self.listeners.pop(key, None)

        return unwatch

    def start(self) -> None:
        """From now on problems are logged as they come and go, and listeners called, without anybody asking."""
        self._watching = asyncio.get_running_loop().create_task(self._keep_watching())

    def stop(self) -> None:
        if self._watching is not None:
            self._watching.cancel()

    async def _keep_watching(self) -> None:
        while True:
            # Also before the first round: what starts together with this one has its time to start.
            await asyncio.sleep(self._every)
            with self._app.outages.watch("readiness", suppress=True):
                await self.problem()
                self.log()

    def log(self) -> None:
        """Reports the last round to the outages of the app, as failing or as working."""
        failing = {reason.source: reason for reason in self.shown.reasons} if self.shown else {}
        # Also those that don't count yet: they don't work either.
        found = {reason.source for reason in self._since}
        for source in SOURCES:
            if source in failing:
                self._app.outages.failed(source, failing[source].what)
            elif source not in found:
                self._app.outages.worked(source)

    async def _ask(self) -> NotReady | None:
        database, disk, do_workers_answer = await asyncio.gather(
            self._database.within(ANSWER_SECONDS, DatabaseProblem.HUNG),
            self._disk.within(ANSWER_SECONDS, Reason.DATA_FOLDER_UNREADABLE),
            self._app.workers.answers(ANSWER_SECONDS),
        )
        is_file = self._app.db.engine.dialect.name == "sqlite"
        found = [database_reason(database, is_file=is_file)] if database else []
        found += [disk] if disk else []
        found += [] if do_workers_answer else [Reason.WORKERS_SILENT]
        reason, most = self._looks
        found += [reason] if self._have_looks_stopped(database, most) else []
        return self._settle(self._lasting(found))

    def _have_looks_stopped(self, database: DatabaseProblem | None, most: float) -> bool:
        """Without a database no look can end, nor right after: that is no reason of its own."""
        if database:
            self._database_failed = self._clock()
        if self._clock() - self._database_failed < LOOK_SECONDS:
            return False
        seconds = self._seconds_since_look()
        return seconds is None or seconds > most

    def _lasting(self, found: Collection[Reason]) -> tuple[Reason, ...]:
        """Without those that may be gone in a moment. In the first round everything counts."""
        moment = self._clock()
        first = moment if self._answered is not None else float("-inf")
        self._since = {reason: self._since.get(reason, first) for reason in found}
        return tuple(
            reason for reason in found if reason not in LASTING or moment - self._since[reason] >= LASTING_SECONDS
        )

    def _settle(self, reasons: tuple[Reason, ...]) -> NotReady | None:
        before, self._answered = self._latest, self._clock()
        since = before.since if before else datetime.now(UTC)
        self._latest = NotReady(reasons, since) if reasons else None
        if not reasons or self._answered - self._began >= START_SECONDS:
            self._is_starting = False
        if not self._is_starting and self._latest != self._shown:
            self._shown = self._latest
            for listener in list(self.listeners.values()):
                # Each in a turn of its own: one that fails keeps nothing from the others.
                asyncio.get_running_loop().call_soon(listener, self._shown)
        return self._latest


class SharedCheck(Generic[T]):
    """Something that blocks, in a thread of its own, one at a time: while it hangs, those who ask share it."""

    def __init__(self, work: Callable[[], T]) -> None:
        self._work = work
        self._running: Future[T] | None = None

    async def within(self, seconds: float, late: T) -> T:
        """Its result, or `late` if there is none in time."""
        if self._running is None or self._running.done():
            self._running = in_a_thread("readiness", self._work)
        done, _ = await asyncio.wait({asyncio.wrap_future(self._running)}, timeout=seconds)
        return done.pop().result() if done else late


def _folders(app: App) -> tuple[Path, ...]:
    url = app.db.engine.url
    file = url.database if url.get_backend_name() == "sqlite" else None
    return (app.settings.data_dir, *([Path(file).parent] if file else []))
