"""Starts the app within a moment: forked from a process that has imported all of it, and otherwise as by `run.py`.

Importing takes 2 seconds of a core, and the tests start some seventy apps and commands. A fork runs `run.py` in an
environment, a folder and a process group of its own. Each process of tests has one parent of such forks, which ends
with it. Passwords have real hashes at a small cost, as in tests/conftest.py: members log in a hundred times. How the
app starts from nothing, at full cost, is seen by the tests without a browser, and by those of `test_journey.py`.
"""

import atexit
import functools
import gc
import importlib
import json
import os
import runpy
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any, NoReturn

from argon2 import PasswordHasher

ROOT = Path(__file__).resolve().parents[2]
ALL = ("oncall_ui.cli.main", "oncall_ui.serving", "nicegui", "pages.site", "pages.sockets")
QUICK = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
READ_EARLY = {"PYTHONMALLOC": "malloc", "PYTHONUNBUFFERED": "1"}
"""By an interpreter, when it starts. Without the first, `run.py` would replace the fork by a new one."""


class Forked:
    """A process of the parent's, used like a `subprocess.Popen`."""

    def __init__(self, parent: "Parent", pid: int) -> None:
        self._parent = parent
        self.pid = pid

    def poll(self) -> int | None:
        return self._parent.status_of(self.pid)

    def wait(self, timeout: float | None = None) -> int:
        deadline = time.monotonic() + (float("inf") if timeout is None else timeout)
        while (status := self.poll()) is None:
            if time.monotonic() > deadline:
                raise subprocess.TimeoutExpired("run.py", timeout or 0)
            time.sleep(0.02)
        return status

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)


class Parent:
    """The tests' side of the process that forks: it is asked, and answers, one line each."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._line, theirs = socket.socketpair()
        with theirs:
            # A group of its own: Ctrl-C is for the tests, which then stop their apps and need it for that.
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.e2e.warm", str(theirs.fileno())],
                cwd=ROOT,
                env={**environment, **READ_EARLY},
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                process_group=0,
            )
        self._answers: IO[str] = self._line.makefile("r", encoding="utf-8")
        self._statuses: dict[int, int] = {}
        atexit.register(self.close)

    def launch(
        self,
        run_py: Path,
        folder: Path,
        environment: Mapping[str, str],
        log: Path,
        *,
        arguments: Sequence[str] = (),
        files: tuple[Path, Path] | None = None,
        full_cost: bool = False,
    ) -> Forked:
        """`files`: what it reads, and where its errors go instead of into the log. See `full_cost` of `Server`."""
        reads, errors = files or (Path(os.devnull), log)
        pid = self._ask(
            run_py=str(run_py),
            folder=str(folder),
            environment=dict(environment),
            files=[str(each) for each in (reads, log, errors)],
            arguments=list(arguments),
            full_cost=full_cost,
        )
        return Forked(self, int(pid))

    def status_of(self, pid: int) -> int | None:
        """As `subprocess.Popen` has it; None while it is running."""
        if pid not in self._statuses and (status := self._ask(pid=pid)) is not None:
            self._statuses[pid] = int(status)
        return self._statuses.get(pid)

    def close(self) -> None:
        self._answers.close()
        self._line.close()
        self._process.wait()

    def _ask(self, **what: object) -> Any:
        self._line.sendall(f"{json.dumps(what)}\n".encode())
        return json.loads(self._answers.readline())


@functools.cache
def parent() -> Parent:
    """The one of this process of tests."""
    unwanted = ("PYTEST_", "NICEGUI_", "ONCALL_")
    return Parent({name: value for name, value in os.environ.items() if not name.startswith(unwanted)})


def answer(line: socket.socket) -> None:
    """Returns when the tests are gone; in a fork, never."""
    with line, line.makefile("r", encoding="utf-8") as requests:
        for request in map(json.loads, requests):
            if "pid" in request:
                told = _status(request["pid"])
            elif (told := os.fork()) == 0:
                requests.close()
                line.close()
                _be_the_app(**request)
            else:
                os.setpgid(told, told)
            line.sendall(f"{json.dumps(told)}\n".encode())


def _status(pid: int) -> int | None:
    ended, status = os.waitpid(pid, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if ended else None


def _be_the_app(
    run_py: str,
    folder: str,
    environment: Mapping[str, str],
    files: Sequence[str],
    arguments: Sequence[str],
    full_cost: bool,
) -> NoReturn:
    os.setpgid(0, 0)  # here, too: whichever is first
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # under nohup the tests ignore it, and the app would, too
    for number, (path, mode) in enumerate(zip(files, ("rb", "ab", "ab"), strict=True)):
        with Path(path).open(mode) as file:
            os.dup2(file.fileno(), number)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update({**environment, **READ_EARLY})
    _use_storage_in(Path(environment["ONCALL_DATA_DIR"]))
    if not full_cost:
        _hash_at_small_cost()
    sys.argv = [run_py, *arguments]
    runpy.run_path(run_py, run_name="__main__")
    sys.exit(0)


def _use_storage_in(data: Path) -> None:
    """NiceGUI chose its folder when it was imported."""
    from nicegui import app
    from nicegui.storage import GENERAL_ID, Storage

    from oncall_ui.private_files import STORAGE

    Storage.path = data / STORAGE
    app.storage._general = Storage._create_persistent_dict(GENERAL_ID)


def _hash_at_small_cost() -> None:
    from oncall_ui import app
    from oncall_ui.security.passwords import Passwords

    vars(app)["Passwords"] = functools.partial(Passwords, QUICK)


def _import_all() -> None:
    gc.disable()  # as in run.py
    for module in ALL:
        importlib.import_module(module)
    from sqlalchemy.orm import configure_mappers

    from oncall_ui import memory
    from tests.unordered import read_backwards

    read_backwards()
    configure_mappers()
    memory.COLLECT_AFTER_SECONDS = 600  # an app of tests ends before it has grown
    gc.freeze()  # a fork would copy what its collector looks at


if __name__ == "__main__":
    _import_all()
    answer(socket.socket(fileno=int(sys.argv[1])))
    os._exit(0)  # nothing here needs to be taken down in order
