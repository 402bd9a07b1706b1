"""kill -9 of a process while it publishes a plan, again and again."""

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

from sqlalchemy import text

from bench.faults.stage.outcome import Outcome, Scale, broken
from bench.faults.stage.published import Published
from oncall_ui.errors import PlanNotReady, PlanOutdated
from oncall_ui.services.schedules.published.publish import publish
from tests.e2e.server import ROOT
from tests.postgres import running_cluster

SHORT, MOST = 3, 40
"""After each kill all plans so far are looked at again."""
LONGEST = 1.2
"""The latest kill, in times that publishing takes: some come after it."""
MOMENTS = random.Random(13)  # noqa: S311 - moments, not a secret


@dataclass(slots=True)
class Count:
    """What the kills did."""

    before: int = 0
    """Came before the plan was stored."""
    lost: int = 0
    """Plans that weren’t published although that was said."""
    stuck: int = 0
    """Plans that couldn’t be published afterwards, or could be twice."""


def sqlite(folder: Path, scale: Scale) -> Outcome:
    return _play(folder, "kill -9 while publishing, SQLite", scale)


def postgresql(folder: Path, scale: Scale) -> Outcome:
    with running_cluster() as cluster:
        return _play(folder, "kill -9 while publishing, PostgreSQL", scale, cluster.fresh_database())


def _play(folder: Path, name: str, scale: Scale, database_url: str | None = None) -> Outcome:
    world = Published(folder, database_url)
    try:
        with Publisher(world) as publisher:
            takes = publisher.publish(world.draft())
            faults = set(world.faults())
            kills, count = scale.of(min(scale.kills, MOST), SHORT), Count()
            for _ in range(kills):
                number = world.draft()
                said_done = publisher.kill(number, MOMENTS.uniform(0, LONGEST * takes))
                faults.update(world.faults())
                _go_on(world, number, said_done, count)
                faults.update(world.faults())
        return _outcome(world, name, kills, count, sorted(faults))
    finally:
        world.app.close()


def _go_on(world: Published, number: int, said_done: bool, count: Count) -> None:
    """Publishes what the kill kept from being published; what was published can't be published twice."""
    is_published = world.is_published(number)
    count.lost += said_done and not is_published
    count.before += not is_published
    if not is_published:
        count.stuck += not _again(world, number)
    count.stuck += _again(world, number)


def _outcome(world: Published, name: str, kills: int, count: Count, faults: list[str]) -> Outcome:
    return Outcome(
        name,
        kills,
        lost=count.lost,
        stuck=count.stuck,
        operator=f"{count.before} of the kills came before the plan was stored",
        broken=broken(
            each_plan_is_published_whole_or_not_at_all="; ".join(faults), database_is_whole=_faults_of(world)
        ),
    )


class Publisher:
    """Starts forks that publish, and kills them. Everything is gone after `with`."""

    def __init__(self, world: Published) -> None:
        self._world = world
        self._process = subprocess.Popen(  # noqa: S603 - our own
            [sys.executable, "-m", "bench.faults.stage.publisher", world.folder, world.url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        self._process.communicate()  # without more lines it ends by itself

    def publish(self, number: int) -> float:
        """Seconds that publishing takes when nothing goes wrong."""
        self._begin(number)
        began = time.monotonic()
        assert self._read() == "done", "it didn’t publish"
        seconds = time.monotonic() - began
        self._is_done()
        return seconds

    def kill(self, number: int, after: float) -> bool:
        """Begins to publish, and ends that after so many seconds. Whether it said that it was done."""
        pid = self._begin(number)
        time.sleep(after)
        with suppress(ProcessLookupError):  # it was quicker
            os.kill(pid, signal.SIGKILL)
        return self._is_done()

    def _is_done(self) -> bool:
        """Waits until the fork is gone."""
        is_done = False
        while (word := self._read()) != "ended":
            assert word, "the publisher ended"
            is_done = is_done or word == "done"
        return is_done

    def _begin(self, number: int) -> int:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{self._world.manager} {self._world.schedule} {number}\n")
        self._process.stdin.flush()
        word, _, pid = self._read().partition(" ")
        assert word == "begun", "it didn’t begin"
        return int(pid)

    def _read(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()


def _again(world: Published, number: int) -> bool:
    """Publishes it here. Whether that was possible."""
    try:
        publish(world.app, world.manager, world.schedule, number, 1)
    except (PlanNotReady, PlanOutdated):
        return False
    return True


def _faults_of(world: Published) -> str:
    if world.app.db.engine.dialect.name != "sqlite":
        return ""
    with world.app.db.engine.connect() as connection:
        found = str(connection.execute(text("PRAGMA integrity_check")).scalar())
    return "" if found == "ok" else found
