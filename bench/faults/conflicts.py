"""kill -9 of a process while it notices that leave landed on a shift, and while it uses a fix, again and again."""

import os
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from bench.faults.stage.outcome import Outcome, Scale, broken
from bench.faults.stage.published import DAYS
from bench.faults.stage.repaired import Repaired
from oncall_ui.services.schedules.conflicts.applying import use_repair
from oncall_ui.services.schedules.conflicts.repairing import read_broken
from oncall_ui.services.schedules.conflicts.watching import sweep
from oncall_ui.solving.repairing import repairs
from tests.e2e.server import ROOT
from tests.postgres import running_cluster

SHORT, MOST = 1, 40
LONGEST = 1.2
"""The latest kill, in times that it takes: some come after it."""
MOMENTS = random.Random(14)  # noqa: S311 - moments, not a secret


@dataclass(slots=True)
class Count:
    """What the kills did."""

    unseen: int = 0
    """Leave that was stored and had no conflict when the process died."""
    before: int = 0
    """Came before a fix was stored."""
    lost: int = 0
    """Fixes that weren’t there although that was said."""
    stuck: int = 0
    """Conflicts that the next look didn’t find, or no fix ended."""


def sqlite(folder: Path, scale: Scale) -> Outcome:
    return _play(folder, "kill -9 while finding and repairing conflicts, SQLite", scale)


def postgresql(folder: Path, scale: Scale) -> Outcome:
    with running_cluster() as cluster:
        return _play(
            folder, "kill -9 while finding and repairing conflicts, PostgreSQL", scale, cluster.fresh_database()
        )


def _play(folder: Path, name: str, scale: Scale, database_url: str | None = None) -> Outcome:
    world, count, faults = Repaired(folder, database_url), Count(), set[str]()
    try:
        with Repairer(world) as repairer:
            takes = repairer.act(_block(world, 0)), repairer.act(_repair(world))
            faults.update(world.faults())
            kills = min(scale.of(min(scale.kills, MOST), SHORT), DAYS - 2)
            for day in range(1, kills + 1):
                repairer.kill(_block(world, day), MOMENTS.uniform(0, LONGEST * takes[0]))
                faults.update(world.faults())
                _find(world, repairer, day, count)
                faults.update(world.faults())
                said_done = repairer.kill(_repair(world), MOMENTS.uniform(0, LONGEST * takes[1]))
                faults.update(world.faults())
                _go_on(world, said_done, count)
                faults.update(world.faults())
        return Outcome(
            name,
            2 * kills,
            lost=count.lost,
            stuck=count.stuck,
            operator=f"{count.unseen} kills came between leave and its conflict, {count.before} before the fix",
            broken=broken(each_conflict_and_fix_is_there_once_and_whole="; ".join(sorted(faults))),
        )
    finally:
        world.app.close()


def _find(world: Repaired, repairer: "Repairer", day: int, count: Count) -> None:
    """What the process that starts afterwards does: it imports again what wasn’t stored, and looks at everything."""
    if not world.is_blocked(day):
        repairer.act(_block(world, day))
    elif not world.open_conflicts():
        count.unseen += 1
    sweep(world.app)
    sweep(world.app)
    count.stuck += world.open_conflicts() != 1


def _go_on(world: Repaired, said_done: bool, count: Count) -> None:
    is_repaired = not world.open_conflicts()
    count.lost += said_done and not is_repaired
    count.before += not is_repaired
    if not is_repaired:
        broken = read_broken(world.app, world.manager, world.schedule)
        fix = repairs(broken.problem, broken.roster, broken.needed)[0]
        use_repair(world.app, world.manager, world.schedule, broken, fix)
    count.stuck += world.open_conflicts() != 0


def _block(world: Repaired, day: int) -> str:
    holder = world.holder(day)
    return f"block {holder} {world.schedule} {world.calendars[holder]} {world.at(day).isoformat()}"


def _repair(world: Repaired) -> str:
    return f"repair {world.manager} {world.schedule}"


class Repairer:
    """Starts forks that write, and kills them. Everything is gone after `with`."""

    def __init__(self, world: Repaired) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own
            [sys.executable, "-m", "bench.faults.stage.repairer", world.folder, world.url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        self._process.communicate()  # without more lines it ends by itself

    def act(self, line: str) -> float:
        """Seconds that it takes when nothing goes wrong."""
        self._begin(line)
        began = time.monotonic()
        assert self._read() == "done", f"it didn’t do it: {line}"
        seconds = time.monotonic() - began
        self._is_done()
        return seconds

    def kill(self, line: str, after: float) -> bool:
        """Begins, and ends that after so many seconds. Whether it said that it was done."""
        pid = self._begin(line)
        time.sleep(after)
        with suppress(ProcessLookupError):  # it was quicker
            os.kill(pid, signal.SIGKILL)
        return self._is_done()

    def _is_done(self) -> bool:
        is_done = False
        while (word := self._read()) != "ended":
            assert word, "the process ended"
            is_done = is_done or word == "done"
        return is_done

    def _begin(self, line: str) -> int:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()
        word, _, pid = self._read().partition(" ")
        assert word == "begun", f"it didn’t begin: {line}"
        return int(pid)

    def _read(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()
