"""The database hangs, restarts or is gone (PostgreSQL), or is locked, full or read-only (SQLite), as the app runs."""

import errno
import sqlite3
from collections.abc import Callable
from pathlib import Path

from bench.faults.outage import Outage, play
from bench.faults.stage.cluster import Postgres, postgres
from bench.faults.stage.outcome import Outcome, Scale
from bench.faults.stage.shim import Shim
from bench.faults.stage.world import World

LASTS = 30
LASTS_SHORT = 8


def hung(folder: Path, scale: Scale) -> Outcome:
    """Its processes are stopped: connections are accepted, and nothing ever comes."""
    return _postgresql(
        folder, lambda server: Outage("PostgreSQL hangs", server.hang, server.go_on, scale.of(LASTS, LASTS_SHORT))
    )


def restarted(folder: Path, scale: Scale) -> Outcome:
    """Every connection of the pool breaks, and the server is back at once."""

    def restart(server: Postgres) -> None:
        server.vanish()
        server.come_back()

    return _postgresql(
        folder,
        lambda server: Outage("PostgreSQL restarts", lambda: restart(server), lambda: None, 0, red_within=0, pages=()),
        tries=scale.of(3, 1),
    )


def gone(folder: Path, scale: Scale) -> Outcome:
    return _postgresql(
        folder,
        lambda server: Outage("PostgreSQL is gone", server.vanish, server.come_back, scale.of(LASTS, LASTS_SHORT)),
    )


def locked(folder: Path, scale: Scale) -> Outcome:
    """Another program holds the write lock. A lock of some seconds is ordinary, so red may come later."""
    with World(folder) as world:
        other = sqlite3.connect(world.file, isolation_level=None, timeout=20)
        return play(
            world,
            Outage(
                "SQLite locked for long",
                lambda: other.execute("BEGIN IMMEDIATE"),
                lambda: other.execute("ROLLBACK"),
                scale.of(LASTS, 20),
                red_within=12,
            ),
        )


def full(folder: Path, scale: Scale) -> Outcome:
    return _disk(folder, scale, "disk full", errno.ENOSPC, is_nearly_full=True)


def read_only(folder: Path, scale: Scale) -> Outcome:
    return _disk(folder, scale, "database read-only", errno.EROFS)


def _disk(folder: Path, scale: Scale, name: str, error: int, *, is_nearly_full: bool = False) -> Outcome:
    shim = Shim(folder / "shim")

    def refuse() -> None:
        shim.set(write_error=error, is_nearly_full=is_nearly_full)

    with World(folder, settings=shim.settings) as world:
        return play(world, Outage(name, refuse, shim.set, scale.of(LASTS, LASTS_SHORT), red_within=12))


def _postgresql(folder: Path, outage: Callable[[Postgres], Outage], tries: int = 1) -> Outcome:
    with postgres() as server, World(folder, database_url=server.url) as world:
        return play(world, outage(server), tries)
