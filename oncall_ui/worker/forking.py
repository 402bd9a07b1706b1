"""The fork server's own process: imports what calls need, then forks a process for each.

    python -m oncall_ui.worker.forking CONTROL SECONDS MEMORY_MB [NAME…]

A NAME is a module to import, or a `module:function` to run: what that compiles and caches, every process has from then
on. CONTROL is a socket to the app. A request there brings a name and, for a call, two sockets. One is for the process.
The other stays here: when the app closes its end, the process is killed; when the process ends, it carries how. When
CONTROL closes, the app has stopped or was killed, and everything ends.
"""

import gc
import importlib
import os
import selectors
import signal
import socket
import sys
import traceback
from contextlib import suppress

from oncall_ui.worker.process import Limits, serve

IGNORED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""They reach the whole process group, or all processes of a service; the app ends its processes itself."""


def main(arguments: list[str]) -> None:
    for number in IGNORED:
        signal.signal(number, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, IGNORED)
    control, seconds, memory_mb, *names = arguments
    with socket.socket(fileno=int(control)) as app:
        forking = _Forking(app, Limits(float(seconds), int(memory_mb)))
        for name in names:
            forking.load(name)
        forking.run()


class _Forking:
    """Has one thread, since a fork copies only one."""

    def __init__(self, app: socket.socket, limits: Limits) -> None:
        self._app, self._limits = app, limits
        self._lives: dict[int, socket.socket] = {}
        """By process id, until the process is reaped: no other process can have that id meanwhile."""
        self._selector = selectors.DefaultSelector()
        self._ended, self._wake = socket.socketpair()
        self._loaded: set[str] = set()

    def load(self, name: str) -> None:
        """Once. What fails here fails in the call that needs it, too, and is reported there."""
        if name in self._loaded:
            return
        self._loaded.add(name)
        module, _, function = name.partition(":")
        try:
            imported = importlib.import_module(module)
            if function:
                getattr(imported, function)()
        except Exception:  # noqa: BLE001 - whatever it is, other calls must go on
            traceback.print_exc()
        # Into the oldest generation: a fork would copy what its collector looks at. Not frozen, which `gc_paused` reads
        # as a reason to count all of it.
        gc.collect()

    def run(self) -> None:
        """Returns when the app is gone."""
        for each in (self._ended, self._wake):
            each.setblocking(False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._wake.fileno())
        self._selector.register(self._app, selectors.EVENT_READ, self._fork)
        self._selector.register(self._ended, selectors.EVENT_READ, self._reap)
        try:
            while True:
                for key, _ in self._selector.select():
                    key.data()
        except EOFError:
            self._kill_all()

    def _fork(self) -> None:
        name, given = _request(self._app)
        try:
            self.load(name)
            if len(given) == 2:
                self._fork_one(*given)
        except OSError:  # no memory or process id left: the app sees that its sockets close
            traceback.print_exc()
        finally:
            for each in given:
                if each not in self._lives.values():
                    each.close()

    def _fork_one(self, talk: socket.socket, life: socket.socket) -> None:
        pid = os.fork()
        if pid == 0:
            self._be_a_child(talk, life)
        self._lives[pid] = life
        self._selector.register(life, selectors.EVENT_READ, lambda: self._kill(pid))

    def _kill(self, pid: int) -> None:
        if life := self._lives.get(pid):
            self._selector.unregister(life)
            os.kill(pid, signal.SIGKILL)

    def _be_a_child(self, talk: socket.socket, life: socket.socket) -> None:
        """Never returns."""
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            self._selector.close()
            for each in (self._app, self._ended, self._wake, life, *self._lives.values()):
                each.close()
            serve(talk, self._limits)
        except BaseException:  # noqa: BLE001 - nothing may go on from here as if this were the fork server
            traceback.print_exc()
        finally:
            os._exit(1)

    def _reap(self) -> None:
        self._ended.recv(4096)
        while self._lives:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            with self._lives.pop(pid) as life:
                with suppress(KeyError):  # it was killed because the app closed it
                    self._selector.unregister(life)
                _say(life, os.waitstatus_to_exitcode(status))

    def _kill_all(self) -> None:
        for pid in self._lives:
            os.kill(pid, signal.SIGKILL)
        for pid in self._lives:
            os.waitpid(pid, 0)


def _request(app: socket.socket) -> tuple[str, list[socket.socket]]:
    """Raises EOFError when the app is gone."""
    size, descriptors, _, _ = socket.recv_fds(app, 1, 2)
    given = [socket.socket(fileno=each) for each in descriptors]
    name = b""
    while size and len(name) < size[0]:
        part = app.recv(size[0] - len(name))
        size = size if part else b""
        name += part
    if not size:
        raise EOFError
    return name.decode(), given


def _say(life: socket.socket, code: int) -> None:
    with suppress(OSError):  # the app doesn't wait for it any longer
        life.send(f"signal {-code}".encode() if code < 0 else f"exit status {code}".encode())


if __name__ == "__main__":
    main(sys.argv[1:])
    os._exit(0)  # nothing here needs to be taken down in order
