"""What else /readyz must notice: workers that don't answer, a disk that is nearly full, missing migrations."""

import os
import signal
from contextlib import suppress
from pathlib import Path

from sqlalchemy import text

from bench.faults.outage import Outage, play
from bench.faults.stage.outcome import Outcome, Scale
from bench.faults.stage.shim import Shim
from bench.faults.stage.world import World

PROBED_WITHIN = 12
"""Seconds in which a probe has been sent, and given up."""
LASTS = 15


def workers_hang(folder: Path, _scale: Scale) -> Outcome:
    """Every worker, and what new ones would come from, is stopped."""
    stopped: list[int] = []

    def stop(world: World) -> None:
        parent = world.app.fork_server()
        stopped[:] = [*world.app.workers(), *([parent] if parent else [])]
        _signal(stopped, signal.SIGSTOP)

    with World(folder) as world:
        outage = Outage(
            "workers hang",
            lambda: stop(world),
            lambda: _signal(stopped, signal.SIGCONT),
            LASTS,
            red_within=PROBED_WITHIN,
            recovered_within=90,
        )
        return play(world, outage)


def nearly_full(folder: Path, _scale: Scale) -> Outcome:
    """Nothing fails yet."""
    shim = Shim(folder / "shim")
    with World(folder, settings=shim.settings) as world:
        return play(world, Outage("disk nearly full", lambda: shim.set(is_nearly_full=True), shim.set, 5))


def migrations_missing(folder: Path, _scale: Scale) -> Outcome:
    """The database is an older version's, as after a restored backup."""
    with World(folder) as world:
        right = _version(world)
        return play(
            world,
            Outage(
                "database of an older version",
                lambda: _version(world, "0001"),
                lambda: _version(world, right),
                5,
            ),
        )


def _version(world: World, new: str = "") -> str:
    with world.db.engine.begin() as connection:
        old = str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar())
        if new:
            connection.execute(text("UPDATE alembic_version SET version_num = :new"), {"new": new})
    return old


def _signal(pids: list[int], number: signal.Signals) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)
