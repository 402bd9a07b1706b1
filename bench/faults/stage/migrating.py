"""Migrates databases in forks of a process of its own, and kills them at any step: before a statement, or after all.

`python -m bench.faults.stage.migrating` reads a line for each time: the database's address and the step at which the
fork ends itself with SIGKILL; 0: never. It answers with the number of steps it made.
"""

import os
import signal
import subprocess
import sys
from typing import Any, Self

from sqlalchemy import event

from oncall_ui.database.database import Database
from oncall_ui.migrations import migrate
from tests.e2e.server import ROOT


class Migrations:
    """Everything is gone after `with`."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.faults.stage.migrating"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        self._process.communicate()  # without more lines it ends by itself

    def run(self, url: str, kill_at: int = 0) -> int:
        """Steps made, each a statement or the commit. Raises AssertionError if it failed, or wasn’t killed."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(f"{kill_at} {url}\n")
        self._process.stdin.flush()
        made, _, how = self._process.stdout.readline().partition(" ")
        assert how.strip() == ("killed" if kill_at else "done"), f"{how.strip()} after {made} steps"
        return int(made)


class _Steps:
    """Counts them, and ends the process at one."""

    def __init__(self, last: int) -> None:
        self.made, self._last = 0, last

    def __call__(self, *_event: Any) -> None:
        self.made += 1
        os.write(1, b".")
        if self.made == self._last:
            os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    """Dots come from the fork, so that also of one that was killed the number is known."""
    for line in sys.stdin:
        kill_at, _, url = line.strip().partition(" ")
        reading, writing = os.pipe()
        if (child := os.fork()) == 0:
            os.dup2(writing, 1)
            os._exit(_migrate(url, int(kill_at)))
        os.close(writing)
        with os.fdopen(reading, "rb") as dots:
            made = len(dots.read())
        _, status = os.waitpid(child, 0)
        how = "killed" if os.WIFSIGNALED(status) else "failed" if status else "done"
        sys.stdout.write(f"{made} {how}\n")
        sys.stdout.flush()


def _migrate(url: str, kill_at: int) -> int:
    db, step = Database(url), _Steps(kill_at)
    event.listen(db.engine, "before_cursor_execute", step)
    event.listen(db.engine, "commit", step)
    try:
        migrate(db)
    except Exception as error:  # noqa: BLE001 - the fork must not go on in the loop
        sys.stderr.write(f"{error}\n")
        return 1
    db.close()
    return 0


if __name__ == "__main__":
    main()
