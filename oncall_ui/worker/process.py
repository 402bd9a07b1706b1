"""One call, in the process that was forked for it. The process ends with its answer, and when the app goes away."""

import math
import os
import pickle
import resource
import select
import signal
import socket
import sys
import threading
import time
import traceback
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from oncall_ui.worker.link import Link
from oncall_ui.worker.wire import LENGTH, Kind, header

PROGRESS_SECONDS = 0.2
GRACE_SECONDS = 10
"""The app ends a call that takes too long. Should it be unable to, the kernel does so a little later."""
VICTIM = "500"
"""Of 1000: where the machine runs out of memory, the kernel kills a call rather than the app."""
NICENESS = 15
"""Pages come first: a call computes with what the app leaves of the processors."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one call."""

    seconds: float
    memory_mb: int


def serve(talk: socket.socket, limits: Limits) -> NoReturn:
    """Answers the request that comes on `talk`."""
    _limit(limits)
    with suppress(OSError, EOFError):  # nobody waits for the answer
        talk.sendall(header(Kind.STARTED))
        _answer(talk)
        os._exit(0)
    os._exit(1)


class _Counted:
    """Tells the app the latest count, at intervals. A call counts far more often than anybody looks."""

    def __init__(self, talk: socket.socket) -> None:
        self._talk = talk
        self._latest = self._told = 0
        self._due = 0.0

    def __call__(self, count: int) -> None:
        self._latest = count
        if time.monotonic() >= self._due:
            self.tell()

    def tell(self) -> None:
        self._due = time.monotonic() + PROGRESS_SECONDS
        if self._latest != self._told:
            self._told = self._latest
            self._talk.sendall(header(Kind.COUNT, self._latest))


def _answer(talk: socket.socket) -> None:
    counted = _Counted(talk)
    try:
        (size,) = LENGTH.unpack(_receive(talk, LENGTH.size))
        request = _receive(talk, size)
        threading.Thread(target=_end_with_the_app, args=(talk,), daemon=True).start()
        kind, pickled = _outcome(request, counted, talk)
    except MemoryError:
        kind, pickled = Kind.OUT_OF_MEMORY, b""
    # Whatever the call held is free again: there is memory to say that there was none.
    counted.tell()
    talk.sendall(header(kind, len(pickled)))
    talk.sendall(pickled)


def _outcome(request: bytearray, counted: _Counted, talk: socket.socket) -> tuple[Kind, bytes]:
    """Raises MemoryError."""
    try:
        work, arguments, converses = pickle.loads(request)  # noqa: S301 - from the app
        last = Link(talk, counted) if converses else counted
        return Kind.RESULT, pickle.dumps(work(*arguments, last), pickle.HIGHEST_PROTOCOL)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - raised again in the app
        return Kind.ERROR, _portable(error)


def _portable(error: Exception) -> bytes:
    """The error and its traceback; where an error doesn't survive pickling, its name instead of it."""
    trace = "".join(traceback.format_exception(error))
    try:
        pickled = pickle.dumps((error, trace))
        pickle.loads(pickled)  # noqa: S301 - made above
    except Exception:  # noqa: BLE001 - whatever __reduce__ of somebody else's error does
        return pickle.dumps((RuntimeError(f"{type(error).__name__} in a worker process"), trace))
    return pickled


def _limit(limits: Limits) -> None:
    os.nice(NICENESS)
    cpu = math.ceil(limits.seconds) + GRACE_SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    memory = limits.memory_mb * 1024 * 1024
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        with suppress(OSError):
            Path("/proc/self/oom_score_adj").write_text(VICTIM, encoding="ascii")
    else:
        # macOS refuses a limit below the address space it hands out at the start, whatever is used of it.
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def _receive(talk: socket.socket, size: int) -> bytearray:
    data = bytearray(size)
    rest = memoryview(data)
    while rest:
        got = talk.recv_into(rest)
        if not got:
            raise EOFError
        rest = rest[got:]
    return data


def _end_with_the_app(talk: socket.socket) -> None:
    """In a thread: the app closes its end, or is killed. What it sends is not for here."""
    poll = select.poll()
    poll.register(talk, 0)  # a hang-up is always reported
    poll.poll()
    os.kill(os.getpid(), signal.SIGKILL)
