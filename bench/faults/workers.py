"""A worker process is killed, as the OOM killer does: idle, in the middle of a reading, or the fork server itself."""

import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from bench.due.watching import cpu_seconds
from bench.faults.stage.content import Content
from bench.faults.stage.outcome import Outcome, Scale, broken
from bench.faults.stage.watch import Watch
from bench.faults.stage.world import Damage, World

WITHIN = 75
"""Seconds: an import that was ended is tried again after a minute."""
AT_ONCE = 20
BALLAST = 6_000
"""Events that make a reading long enough to be killed in it."""
FALSEHOODS = ("more memory", "more time", "too large")


def idle(folder: Path, scale: Scale) -> Outcome:
    """Whatever waits for work: workers where there are some, and what they are forked from."""
    return _play(folder, "worker processes killed, idle", scale.of(10, 2), _kill_everything, within=AT_ONCE)


def busy(folder: Path, scale: Scale) -> Outcome:
    """The worker that is reading a calendar. Only that import may notice."""
    return _play(folder, "worker killed while reading", scale.of(8, 1), _kill_the_busiest, ballast=BALLAST)


def fork_server(folder: Path, scale: Scale) -> Outcome:
    """What workers are forked from, while one of them reads."""
    return _play(folder, "fork server killed while reading", scale.of(5, 1), _kill_the_fork_server, ballast=BALLAST)


Kill = Callable[[World], int]


def _play(folder: Path, name: str, tries: int, kill: Kill, *, within: float = WITHIN, ballast: int = 0) -> Outcome:
    damage, most, stuck, killed = Damage(), 0.0, 0, 0
    with World(folder, content=lambda number: Content(number, ballast=ballast)) as world:
        with Watch(world.app.base_url) as watch:
            began = time.monotonic()
            for _ in range(tries):
                if ballast:
                    world.say_more()
                killed += kill(world)
                if not ballast:
                    world.say_more()
                taken, left = world.read_all(within=within)
                most, stuck = max(most, taken), stuck + left
                damage += world.damage()
                if left:
                    break  # nothing more would be read
            told = watch.told(began)
        lies = "; ".join(each for each in world.seen if any(word in each for word in FALSEHOODS))
        return Outcome(
            name,
            tries,
            damage.lost,
            damage.doubled,
            stuck,
            most if not stuck else None,
            world.troubles(),
            f"{told}; {killed} processes killed",
            broken(the_member_is_told_the_truth=lies, something_was_killed="" if killed else "no process was found"),
        )


def _kill_everything(world: World) -> int:
    server = world.app.fork_server()
    return sum(_kill(pid) for pid in (*world.app.workers(), *([server] if server else [])))


def _kill_the_fork_server(world: World) -> int:
    """Once a worker is at work."""
    if not _busiest(world):
        return 0
    server = world.app.fork_server()
    return _kill(server) if server else _kill_everything(world)


def _kill_the_busiest(world: World) -> int:
    busiest = _busiest(world)
    return _kill(busiest) if busiest else 0


def _busiest(world: World, seconds: float = 15) -> int | None:
    """The worker that used the most processor time just now, once one of them works."""
    deadline = time.monotonic() + world.patiently(seconds)
    before = {pid: cpu_seconds([pid]) for pid in world.app.workers()}
    while time.monotonic() < deadline:
        time.sleep(0.02)
        used = {pid: cpu_seconds([pid]) - before.get(pid, 0.0) for pid in world.app.workers()}
        busiest = max(used, key=used.__getitem__, default=None)
        if busiest is not None and used[busiest] > 0.03:
            return busiest
    return None


def _kill(pid: int) -> int:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
        return 1
    return 0
