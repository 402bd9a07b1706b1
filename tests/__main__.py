"""`python -m tests`: every test, first without a browser, then in Chromium. Arguments go on to pytest, both times.

Every core has its share of both. They are two runs because Playwright's event loop, once started, gets in the way of
every asynchronous test after it; in the second one the tests of a file that share an app stay together. `--fast` as the
first argument leaves out the browser and what is marked slow. The last line sums up all runs, `312 passed, 0 failed`; a
run that fails, collects nothing or never ends counts as failed, and makes the exit status 1.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent
CORES = min(os.cpu_count() or 1, 4)
# Two more than there are cores: tests wait for servers and processes. Four on two cores leave a twelfth of the time.
PLAIN = ("tests", "--ignore=tests/e2e", "--numprocesses", str(CORES + 2), "--dist", "worksteal")
# Each process first reads all files, which takes longer than what a third one here gains by waiting less.
FAST = ("tests", "--ignore=tests/e2e", "--numprocesses", str(CORES + 1), "--dist", "worksteal", "-m", "not slow")
# One more: a test in a browser waits a third of its time. How they are shared out: tests/e2e/conftest.py.
BROWSER = ("tests/e2e", "--numprocesses", str(CORES + 1))
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
    runs = [(*FAST, *arguments[1:])] if is_fast else [(*each, *arguments) for each in (PLAIN, BROWSER)]
    outcomes = [run(each, root, limit) for each in runs]
    failed = sum(outcome.failed for outcome in outcomes)
    sys.stdout.write(f"{sum(outcome.passed for outcome in outcomes)} passed, {failed} failed\n")
    return 1 if failed else 0


def run(arguments: Sequence[str], root: Path, limit: float) -> Outcome:
    """One pytest process. Whatever else went wrong, an exit status other than 0 is at least one failure."""
    with tempfile.TemporaryDirectory(dir=_quick_folder()) as folder:
        report = Path(folder) / "report.xml"
        # A test that hangs shows where, long before the run is given up.
        command = [sys.executable, "-m", "pytest", f"--junitxml={report}", "-o", "faulthandler_timeout=120", *arguments]
        status = _status(command, root, limit, Path(folder))
        counted = _counted(report)
    return Outcome(counted.passed, max(counted.failed, 1 if status else 0))


def _quick_folder() -> Path | None:
    """Where temporary files go; None for where they always go."""
    return MEMORY if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ENOUGH else None


def _status(command: Sequence[str], root: Path, limit: float, scratch: Path) -> int:
    # What is compiled once is kept: tests start the app two dozen times, and its workers as often.
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    settings = {"PYTHONUNBUFFERED": "1", "TMPDIR": str(scratch)}
    with subprocess.Popen(command, cwd=root, env=kept | settings) as process:
        try:
            return process.wait(timeout=limit)
        except subprocess.TimeoutExpired:
            sys.stderr.write(f"The run took longer than {limit:g} seconds and is being stopped.\n")
            process.send_signal(signal.SIGINT)  # pytest then cleans up, and tells where it was
            _end(process)
            return 1
        except KeyboardInterrupt:
            _end(process)  # the terminal told pytest as well
            raise


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
