"""A PostgreSQL server that can be hung, killed and started again. Needs Linux, for /proc."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from bench.due.watching import processes
from tests.postgres import running_cluster


class Postgres:
    """`url` is an empty database."""

    def __init__(self, url: str) -> None:
        self.url = url
        folder = parse_qs(urlsplit(url).query)["host"][0]
        self._pid_file = Path(folder) / "data" / "postmaster.pid"
        self.pid = int(self._pid_file.read_text().split()[0])
        command = Path(f"/proc/{self.pid}/cmdline").read_bytes().decode().rstrip("\0").split("\0")
        self._command, self._folder = command, folder
        self._owner = Path(f"/proc/{self.pid}").stat()
        self._again: subprocess.Popen[bytes] | None = None

    def hang(self) -> None:
        self._signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self._signal(signal.SIGCONT)

    def vanish(self) -> None:
        """At once, without a word to its clients."""
        everybody = processes(self.pid)
        os.kill(self.pid, signal.SIGQUIT)
        if self._again:
            self._again.wait(20)
        deadline = time.monotonic() + 20
        while any(_runs(pid) for pid in everybody):
            assert time.monotonic() < deadline, "PostgreSQL didn’t end"
            time.sleep(0.05)

    def come_back(self) -> None:
        """The same server on the same data; it may need a moment more to answer."""
        self._pid_file.unlink(missing_ok=True)
        self._again = subprocess.Popen(  # noqa: S603 - the very command that ran before
            self._command,
            cwd=self._folder,
            user=self._owner.st_uid if os.geteuid() == 0 else None,
            group=self._owner.st_gid if os.geteuid() == 0 else None,
            extra_groups=[] if os.geteuid() == 0 else None,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.pid = self._again.pid

    def close(self) -> None:
        if self._again is not None and self._again.poll() is None:
            self.go_on()
            self._again.send_signal(signal.SIGQUIT)
            self._again.wait(20)

    def _signal(self, number: signal.Signals) -> None:
        for pid in processes(self.pid):
            with suppress(ProcessLookupError):
                os.kill(pid, number)


@contextmanager
def postgres() -> Iterator[Postgres]:
    """Nothing of it is left afterwards."""
    with running_cluster() as cluster:
        server = Postgres(cluster.fresh_database())
        with cluster.connect() as connection:
            # The tests' server may forget what it committed last; one that is to be killed may not.
            name = urlsplit(server.url).path.lstrip("/")
            connection.execute(f"ALTER DATABASE {name} SET synchronous_commit = on")
        try:
            yield server
        finally:
            with suppress(ProcessLookupError):
                server.go_on()
            server.close()


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
