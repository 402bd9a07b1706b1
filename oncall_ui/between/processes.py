"""The processes of one installation: what changes in one reaches the pages of all, and each knows who else lives.

Used by working.py, once a process. On SQLite there is no other process, and it does nothing. No message is kept:
whenever a process may have missed one, its pages read everything again (decision 0910).
"""

import asyncio
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from uuid import uuid4

import structlog

from oncall_ui.app import App
from oncall_ui.between.wire import Told, texts_of, understood
from oncall_ui.database.line import Line, LineLost
from oncall_ui.hub import Change, Missed

log = structlog.get_logger()

CHANNEL = "oncall_optimizer"
SOURCE = "other processes"
BEAT_SECONDS = 2.0
"""How often a process says that it lives."""
GONE_SECONDS = 8.0
"""Without a word for so long, a process counts as killed: it may have stored something and not told anybody."""
GATHER_SECONDS = 0.05
"""Between two tellings: the first change goes out at once, what follows together."""
LISTEN_SECONDS = 1.0
"""Between two looks at who is gone, and at whether the server is there."""
AGAIN_SECONDS = 1.0
STOP_SECONDS = 1.0
MOST = 1000
"""Changes that wait while the database is away; with more than these, everybody reads everything again."""


@dataclass(frozen=True, slots=True)
class Other:
    """Another process that lives."""

    role: str
    heard: float
    """When it was last heard of, by the monotonic clock."""
    failing: tuple[str, ...] = ()
    """The sources of its outages."""


class Processes:
    """This process among the others. `seconds_since_look` is its own; None: it looks for nothing."""

    def __init__(
        self,
        app: App,
        seconds_since_look: Callable[[], float | None] | None,
        *,
        beat: float = BEAT_SECONDS,
        gone: float = GONE_SECONDS,
    ) -> None:
        self._app, self._own_look = app, seconds_since_look
        self._beat, self._gone = beat, gone
        self._id = uuid4().hex
        self._line: Line | None = app.db.line(CHANNEL)
        self._guard = threading.Lock()
        self._waiting: set[Change] = set()
        self._asks = False
        self._beat_at = 0.0
        self._woken, self._is_over = threading.Event(), threading.Event()
        self._others: dict[str, Other] = {}
        self._looked_at: float | None = None
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """From now on this process hears the others, and they hear it."""
        if self._line is None:
            return
        self._app.hub.pass_on(self._note)
        for name, work in (("tells processes", self._tell), ("hears processes", self._listen)):
            thread = threading.Thread(target=self._forever, args=(self._line, work), name=name, daemon=True)
            self._threads.append(thread)
            thread.start()

    async def stop(self) -> None:
        """Tells what is left to tell, and that this process is gone. Takes a second at most."""
        if self._line is None or not self._threads:
            return
        self._app.hub.pass_on(None)
        self._is_over.set()
        self._woken.set()
        await asyncio.to_thread(self._threads[0].join, STOP_SECONDS)
        self._line.close()

    def others(self) -> Sequence[Other]:
        """Those that live, in no order."""
        with self._guard:
            return tuple(self._others.values())

    def seconds_since_look(self) -> float | None:
        """Since any other process has looked for what is due, as far as this one has heard; None: none has."""
        with self._guard:
            return None if self._looked_at is None else time.monotonic() - self._looked_at

    def _note(self, change: Change) -> None:
        """From any thread, at once."""
        with self._guard:
            self._waiting.add(change)
            if len(self._waiting) > MOST:
                self._waiting = {Missed()}
        self._woken.set()

    def _forever(self, line: Line, work: Callable[[Line], None]) -> None:
        while not self._is_over.is_set():
            try:
                work(line)
            except LineLost as error:
                if not self._is_over.is_set():
                    self._app.outages.failed(SOURCE, str(error))
            except Exception:  # the outermost edge of a thread: it must not stop for good
                log.exception("processes can't hear each other, trying again")
            self._is_over.wait(AGAIN_SECONDS)

    def _tell(self, line: Line) -> None:
        """Until the process stops; raises LineLost, and then what it was about to tell still waits."""
        while True:
            self._woken.wait(max(self._beat_at - time.monotonic(), 0))
            self._woken.clear()
            is_last = self._is_over.is_set()
            with self._guard:
                changes, self._waiting = frozenset(self._waiting), set()
                asks, self._asks = self._asks, False
            looked = self._own_look() if self._own_look else None
            failing = tuple(each.source for each in self._app.outages.current())
            told = Told(self._id, self._app.settings.role, looked, failing, changes, asks, is_last)
            try:
                line.tell(texts_of(told))
            except LineLost:
                with self._guard:
                    self._waiting |= changes
                    self._asks |= asks
                raise
            self._app.outages.worked(SOURCE)
            if is_last:
                return
            self._beat_at = time.monotonic() + self._beat
            self._is_over.wait(GATHER_SECONDS)

    def _listen(self, line: Line) -> None:
        with line.listening() as heard:
            self._app.outages.worked(SOURCE)
            with self._guard:
                # Nobody could be heard until now, so nobody is gone.
                self._others = {key: replace(each, heard=time.monotonic()) for key, each in self._others.items()}
                self._asks = True
            self._woken.set()
            self._app.hub.hear({Missed()})
            while not self._is_over.is_set():
                for text in heard(LISTEN_SECONDS):
                    self._hear(text)
                self._miss_the_gone()

    def _hear(self, text: str) -> None:
        told = understood(text)
        if told is None or told.by == self._id:
            return
        moment = time.monotonic()
        with self._guard:
            self._others[told.by] = Other(told.role, moment, told.failing)
            if told.has_left:
                del self._others[told.by]
            if told.looked is not None:
                self._looked_at = max(moment - told.looked, self._looked_at or 0)
        if told.changes:
            self._app.hub.hear(told.changes)
        if told.asks:
            self._beat_at = 0.0
            self._woken.set()

    def _miss_the_gone(self) -> None:
        latest = time.monotonic() - self._gone
        with self._guard:
            gone = {key: each for key, each in self._others.items() if each.heard < latest}
            for key in gone:
                del self._others[key]
        if gone:
            log.warning("a process is gone without a word", roles=sorted(each.role for each in gone.values()))
            self._app.hub.hear({Missed()})
