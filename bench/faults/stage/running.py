"""`python run.py`, with what a fault needs beyond starting and stopping."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass

import httpx

from tests.e2e.server import Server


@dataclass(frozen=True, slots=True)
class Ended:
    """How the app ended. `status` None: it was still there, and was killed."""

    status: int | None
    seconds: float
    printed: str = ""

    @property
    def is_clean(self) -> bool:
        return self.status == 0

    @property
    def is_refusal(self) -> bool:
        """Exit status 2 and one sentence, as every command promises."""
        return self.status == 2 and len(self.printed.strip().splitlines()) == 1

    @property
    def sentence(self) -> str:
        """The last line it printed, or that it went on."""
        lines = self.printed.strip().splitlines()
        said = lines[-1][:300] if lines else "nothing printed"
        return said if self.status is not None else f"it started all the same ({said})"


class Running(Server):
    """The app in a process group of its own."""

    def leave_bytecode(self) -> None:
        """Compiled code is kept from start to start, as for anybody who runs it."""
        self._environment.pop("PYTHONDONTWRITEBYTECODE", None)

    def end_by(self, number: signal.Signals, *, within: float = 30) -> Ended:
        """Sends the signal to the app alone, waits, and kills what is left."""
        process, began = self._process, time.monotonic()
        assert process is not None, "it is not running"
        before = len(self.log_text())
        process.send_signal(number)
        try:
            status: int | None = process.wait(timeout=within)
        except subprocess.TimeoutExpired:
            status = None
        seconds = time.monotonic() - began
        self.kill()
        return Ended(status, seconds, self.log_text()[before:])

    def start_refused(self, *, within: float = 30) -> Ended:
        """Starts it where it should refuse to. It is gone afterwards, also when it did start."""
        began = time.monotonic()
        with self.log.open("ab") as output:
            before = output.tell()
            process = subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, self._run_py],
                cwd=self.data,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                process_group=0,
            )
            self._process = process
            while process.poll() is None and time.monotonic() - began < within and not self._says_ready():
                time.sleep(0.05)
        status, seconds = process.poll(), time.monotonic() - began
        self.kill()
        printed = self.log.read_bytes()[before:].decode(errors="replace")
        return Ended(status, seconds, printed.replace(str(self.data), "data"))

    def _says_ready(self) -> bool:
        try:
            return httpx.get(f"{self.base_url}/readyz", timeout=2, trust_env=False, verify=False).is_success  # noqa: S501 - HTTP
        except httpx.TransportError:
            return False

    def fork_server(self) -> int | None:
        """The process workers are forked from, where there is one."""
        return next((pid for pid in _children(self.pid) if "oncall_ui.worker" in _command(pid)), None)

    def workers(self) -> list[int]:
        """The processes that read calendars now; without a fork server also those that wait for work."""
        parent = self.fork_server()
        if parent is not None:
            return _children(parent)
        return [pid for pid in _children(self.pid) if "spawn_main" in _command(pid)]


def _children(pid: int) -> list[int]:
    parents = {each: _parent(each) for each in map(int, filter(str.isdigit, os.listdir("/proc")))}  # noqa: PTH208
    return [each for each, parent in parents.items() if parent == pid]


def _parent(pid: int) -> int:
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:  # noqa: PTH123
            return int(file.read().rpartition(")")[2].split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return 0


def _command(pid: int) -> str:
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:  # noqa: PTH123
            return file.read().replace(b"\0", b" ").decode(errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return ""
