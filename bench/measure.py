"""Seconds and megabytes of a program or a function."""

import gc
import os
import subprocess
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple


class Cost(NamedTuple):
    """CPU seconds (user and system), seconds on the clock, peak memory in MB, and what was printed."""

    cpu: float
    clock: float
    memory: float
    printed: str


def program(command: Sequence[str], *, times: int = 1) -> Cost:
    """The cheapest of some runs of a program, its start included. Raises CalledProcessError where it fails."""
    return min((_once(command) for _ in range(times)), key=lambda cost: cost.cpu)


def _once(command: Sequence[str]) -> Cost:
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603 - the commands are written in bench
    printed = process.stdout.read() if process.stdout else ""
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    clock = time.perf_counter() - began
    return Cost(used.ru_utime + used.ru_stime, clock, used.ru_maxrss / 1024, printed.strip())


def function(work: Callable[[], object], *, times: int = 3) -> float:
    """CPU seconds of the cheapest of some calls; what they return is thrown away outside."""
    best = float("inf")
    for _ in range(times):
        gc.collect()
        before = time.process_time()
        made = work()
        best = min(best, time.process_time() - before)
        del made
    return best
