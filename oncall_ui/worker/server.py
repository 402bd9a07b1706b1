"""The fork server, seen from the app: started when it is needed, and again when it is killed.

It is one child process that imports and forks, and never computes (`forking`). multiprocessing has one too; ours ends
a process without ever mistaking it for another, notices when the app is killed, and has no address to connect to.
"""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import structlog

from oncall_ui.worker.calls import Call, Lost

log = structlog.get_logger()

COMMAND = (sys.executable, "-P", "-m", "oncall_ui.worker.forking")
STOP_SECONDS = 2
SHORT_LIFE_SECONDS = 5
"""One that ends sooner is replaced by the next call, not at once: it may never start."""
FROM_THE_TERMINAL = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}

Server = subprocess.Popen[bytes]


class ForkServer:
    """Forks a process per call. Any thread may use it."""

    def __init__(self, seconds: float, memory_mb: int) -> None:
        self._limits = (str(seconds), str(memory_mb))
        self._lock = threading.Lock()
        self._running: tuple[Server, socket.socket] | None = None
        """The process, and the control that asks it."""
        self._watching: threading.Thread | None = None
        self._loaded: dict[str, None] = {}
        """Asked for so far, in order: a new fork server loads it before its first call."""
        self._is_stopped = False

    def fork(self, module: str) -> Call:
        """A process for one call of a function in `module`. Raises Lost."""
        try:
            with ExitStack() as stack:
                talk, life = _pair(stack), _pair(stack)
                server = self._ask(module, [talk[1].fileno(), life[1].fileno()])
                return Call(server, talk[0].dup(), life[0].dup())
        except OSError as error:  # no file descriptor left, no process
            raise Lost(f"fork server: {error}") from None

    def load(self, name: str) -> None:
        """Has it import a module, or run a `module:function`. Returns before it has. Raises OSError, Lost."""
        self._ask(name, [])

    def replace(self, server: Server) -> None:
        """Kills `server`, which hangs, and starts another, unless that has happened."""
        with self._lock:
            if self._is_running(server):
                log.warning("fork server hangs, and is replaced")
                self._forget()
                server.kill()
                self._launch()

    def stop(self) -> None:
        """Ends it and every process it forked. It doesn't start again."""
        with self._lock:
            self._is_stopped = True
            running, watching = self._running, self._watching
            self._forget()
        if running and watching:
            watching.join(STOP_SECONDS)
            if watching.is_alive():
                running[0].kill()
                watching.join()

    def _ask(self, name: str, descriptors: list[int]) -> Server:
        message = bytes([len(name)]) + name.encode()
        with self._lock:
            self._loaded[name] = None
            if self._is_stopped:
                raise Lost("stopped")
            server, control = self._running or self._launch()
            try:
                _send(control, message, descriptors)
            except BrokenPipeError:  # killed a moment ago
                self._forget()
                server, control = self._launch()
                _send(control, message, descriptors)
            return server

    def _launch(self) -> tuple[Server, socket.socket]:
        """With the lock held."""
        control, theirs = socket.socketpair()
        control.setblocking(False)
        with theirs, _signals_kept_from_children():
            server = subprocess.Popen(  # noqa: S603 - this interpreter, a module of ours
                [*COMMAND, str(theirs.fileno()), *self._limits, *self._loaded],
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                env=_environment(),
            )
        self._running = server, control
        self._watching = threading.Thread(target=self._watch, args=(server,), name="fork server", daemon=True)
        self._watching.start()
        return self._running

    def _watch(self, server: Server) -> None:
        """In a thread of its own: notices that `server` was killed, and starts another."""
        began = time.monotonic()
        status = server.wait()
        with self._lock:
            if not self._is_running(server):
                return
            log.warning("fork server lost", status=status)
            self._forget()
            if time.monotonic() - began > SHORT_LIFE_SECONDS:
                self._launch()

    def _is_running(self, server: Server) -> bool:
        return self._running is not None and self._running[0] is server

    def _forget(self) -> None:
        """With the lock held. To the fork server a closed control means that it has to end."""
        if self._running:
            self._running[1].close()
        self._running = None


def _send(control: socket.socket, message: bytes, descriptors: list[int]) -> None:
    if descriptors:
        socket.send_fds(control, [message], descriptors)
    else:
        control.send(message)


def _pair(stack: ExitStack) -> tuple[socket.socket, socket.socket]:
    ours, theirs = socket.socketpair()
    stack.enter_context(ours)
    stack.enter_context(theirs)
    return ours, theirs


@contextmanager
def _signals_kept_from_children() -> Iterator[None]:
    """Ctrl-C reaches the whole process group; until the child ignores it, it is blocked there."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, FROM_THE_TERMINAL)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _environment() -> dict[str, str]:
    # Python's own allocator is the faster one, and what these processes allocate goes when they end.
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONMALLOC"}
    return kept | {"PYTHONPATH": os.pathsep.join(map(os.path.abspath, sys.path))}
