"""`python -m tests`: every test, with and without a browser. Arguments go on to pytest, both times.

There are two runs, because Playwright's event loop, once started, gets in the way of every asynchronous test after it;
they go on side by side, because tests wait a third of their time, and what the one leaves of a core the other takes.
The run in Chromium has its say when both are done. In it the tests of a file that share an app stay together. `--fast`
as the first argument leaves out the browser and what is marked slow. The last line sums up all runs, `312 passed, 0
failed`; a run that fails, collects nothing or never ends counts as failed, and makes the exit status 1.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Self
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent
CORES = min(os.cpu_count() or 1, 4)
# Together enough that no core is idle while tests wait for servers, processes and browsers; and this one, which is the
# longer, uses all cores when the other is done.
PLAIN = ("tests", "--ignore=tests/e2e", "--numprocesses", str(CORES + 1), "--dist", "worksteal")
# How they are shared out: tests/e2e/order.py.
BROWSER = ("tests/e2e", "--numprocesses", str(CORES))
MEMORY = Path("/dev/shm")  # Linux keeps it in memory: thousands of small databases need not wait for a disk
ENOUGH = 2**31  # bytes free there
LIMIT = 30 * 60  # seconds for one run
GRACE = 30  # seconds for a run that was asked to stop


@dataclass(frozen=True, slots=True)
class Outcome:
    passed: int
    failed: int


def main(arguments: Sequence[str], *, root: Path = ROOT, limit: float = LIMIT) -> int:
    is_fast = list(arguments[:1]) == ["--fast"]
    runs = (
        [(*PLAIN, "-m", "not slow", *arguments[1:])] if is_fast else [(*each, *arguments) for each in (PLAIN, BROWSER)]
    )
    outcomes = run(runs, root, limit)
    failed = sum(outcome.failed for outcome in outcomes)
    sys.stdout.write(f"{sum(outcome.passed for outcome in outcomes)} passed, {failed} failed\n")
    return 1 if failed else 0


def run(runs: Sequence[Sequence[str]], root: Path, limit: float) -> list[Outcome]:
    """All of them at once, each a pytest process. What the first says is seen at once, that of others when it ends."""
    deadline = time.monotonic() + limit
    with ExitStack() as stack:
        begun = [
            stack.enter_context(Run(each, root, limit, deadline, is_heard=number == 0))
            for number, each in enumerate(runs)
        ]
        return [each.outcome() for each in begun]


class Run:
    """One pytest process, in a folder of its own; it has ended after `with`."""

    def __init__(self, arguments: Sequence[str], root: Path, limit: float, deadline: float, *, is_heard: bool) -> None:
        self._limit, self._deadline = limit, deadline
        self._folder = tempfile.TemporaryDirectory(dir=_quick_folder())
        scratch = Path(self._folder.name)
        self._report = scratch / "report.xml"
        self._said: IO[bytes] | None = None if is_heard else (scratch / "said").open("w+b")
        # A test that hangs shows where, long before the run is given up.
        options = [f"--junitxml={self._report}", "-o", "faulthandler_timeout=120"]
        # What is compiled once is kept: tests start the app two dozen times, and its workers as often.
        kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "pytest", *options, *arguments],
            cwd=root,
            env=kept | {"PYTHONUNBUFFERED": "1", "TMPDIR": str(scratch)},
            stdout=self._said,
            stderr=self._said and subprocess.STDOUT,
        )

    def outcome(self) -> Outcome:
        """When it has ended. Whatever else went wrong, an exit status other than 0 is at least one failure."""
        status = self._status()
        self._tell()
        counted = _counted(self._report)
        return Outcome(counted.passed, max(counted.failed, 1 if status else 0))

    def _status(self) -> int:
        try:
            return self._process.wait(timeout=max(self._deadline - time.monotonic(), 0))
        except subprocess.TimeoutExpired:
            sys.stderr.write(f"The run took longer than {self._limit:g} seconds and is being stopped.\n")
            self._process.send_signal(signal.SIGINT)  # pytest then cleans up, and tells where it was
            _end(self._process)
            return 1

    def _tell(self) -> None:
        if self._said is not None:
            self._said.seek(0)
            sys.stdout.write(self._said.read().decode(errors="replace"))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        _end(self._process)  # on Ctrl-C, the terminal told pytest as well
        if self._said is not None:
            self._said.close()
        self._folder.cleanup()


def _quick_folder() -> Path | None:
    """Where temporary files go; None for where they always go."""
    return MEMORY if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ENOUGH else None


def _end(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(timeout=GRACE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _counted(report: Path) -> Outcome:
    if not report.is_file():
        return Outcome(0, 0)
    # By test rather than by the suite's sums: those count a test that fails, and then again on its way out, twice.
    marks = [{mark.tag for mark in case} for case in ElementTree.parse(report).getroot().iter("testcase")]
    return Outcome(
        passed=sum(mark.isdisjoint({"failure", "error", "skipped"}) for mark in marks),
        failed=sum(not mark.isdisjoint({"failure", "error"}) for mark in marks),
    )


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
