"""Starts acts in a process of their own, see `forked`, and kills them in the middle."""

import atexit
import functools
import json
import os
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

from sqlalchemy import text

from oncall_ui.app import App
from oncall_ui.database.database import Database
from tests.e2e.server import ROOT

LONGEST = 1.2
"""The latest kill, in times that the act takes: some come after it."""


class Forks:
    """On one installation; no act is running after `with`. An act is a name in `acts` and its arguments."""

    def __init__(self, folder: Path, database_url: str, *, seed: int, **settings: Any) -> None:
        self._moments = random.Random(seed)  # noqa: S311 - moments, not a secret
        self._place = str(folder), database_url, settings
        self._process = _parent()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if error is not None:  # the next one shall not read what this one left
            _parent.cache_clear()
            self._process.communicate()

    def act(self, *act: Any) -> float:
        """Seconds that it takes when nothing goes wrong."""
        self._begin(act)
        began = time.monotonic()
        assert self._read() == "done", f"it didn’t do it: {act}"
        seconds = time.monotonic() - began
        self._is_done()
        return seconds

    def kill(self, takes: float, *act: Any) -> bool:
        """Begins, and ends it at any moment of what it takes. Whether it said that it was done."""
        after = self._moments.uniform(0, LONGEST * takes)
        pid = self._begin(act)
        time.sleep(after)
        with suppress(ProcessLookupError):  # it was quicker
            os.kill(pid, signal.SIGKILL)
        return self._is_done()

    def _is_done(self) -> bool:
        """Waits until the fork is gone."""
        is_done = False
        while (word := self._read()) != "ended":
            assert word, "the process ended"
            is_done = is_done or word == "done"
        return is_done

    def _begin(self, act: tuple[Any, ...]) -> int:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{json.dumps([*self._place, *act])}\n")
        self._process.stdin.flush()
        word, _, pid = self._read().partition(" ")
        assert word == "begun", f"it didn’t begin: {act}"
        return int(pid)

    def _read(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()


@functools.cache
def _parent() -> "subprocess.Popen[str]":
    """One for all plays: what it imports takes it longer than most acts. Without more lines it ends by itself."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.faults.stage.forked"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    atexit.register(_end, process)
    return process


def _end(process: "subprocess.Popen[str]") -> None:
    if process.poll() is None:
        process.communicate()


def damage_of(app: App) -> str:
    """Of the database's file; empty: none."""
    return damage_of_file(app.db)


def damage_of_file(db: Database) -> str:
    """As `damage_of`."""
    if db.engine.dialect.name != "sqlite":
        return ""
    with db.engine.connect() as connection:
        found = str(connection.execute(text("PRAGMA integrity_check")).scalar())
    return "" if found == "ok" else found
