"""A database the app can't start on: one sentence and exit status 2, and all is well once it is put right."""

import errno
import sqlite3
from collections.abc import Callable, Mapping
from pathlib import Path

from bench.faults.stage.outcome import Outcome, Scale, broken
from bench.faults.stage.shim import Shim
from bench.faults.stage.world import World

LIMIT = 30
AT_ONCE = 20

Repair = Callable[[], object]
Break = Callable[[World], Repair]
"""Returns what puts it right."""


def newer(folder: Path, _scale: Scale) -> Outcome:
    return _play(folder, "newer database at start", _newer)


def damaged(folder: Path, _scale: Scale) -> Outcome:
    return _play(folder, "damaged database at start", _damaged)


def missing(folder: Path, _scale: Scale) -> Outcome:
    """Key and folder are there, so this is no first start."""
    return _play(folder, "missing database at start", _missing)


def locked(folder: Path, _scale: Scale) -> Outcome:
    return _play(folder, "locked database at start", _locked)


def unwritable(folder: Path, _scale: Scale) -> Outcome:
    shim = Shim(folder / "shim")

    def refuse(_world: World) -> Repair:
        shim.set(write_error=errno.EROFS)
        return shim.set

    return _play(folder, "unwritable database at start", refuse, shim.settings)


def _play(folder: Path, name: str, spoil: Break, settings: Mapping[str, str] | None = None) -> Outcome:
    with World(folder, settings=settings) as world:
        world.app.stop()
        world.say_more()
        world.db.close()
        _into_one_file(world.file)
        repair = spoil(world)
        ended = world.app.start_refused(within=world.patiently(LIMIT))
        repair()
        return world.start_again(
            name,
            AT_ONCE,
            f"exit status {ended.status} after {ended.seconds:.1f} s: {ended.sentence}",
            broken(one_sentence_and_exit_status_2="" if ended.is_refusal else _told(ended.status, ended.printed)),
        )


def _told(status: int | None, printed: str) -> str:
    how = "it started all the same" if status is None else f"exit status {status}"
    return f"{how}, {len(printed.splitlines())} lines"


def _newer(world: World) -> Repair:
    old = _sql(world.file, "SELECT version_num FROM alembic_version")
    _sql(world.file, "UPDATE alembic_version SET version_num = '9999'")
    return lambda: _sql(world.file, f"UPDATE alembic_version SET version_num = '{old}'")  # noqa: S608 - our own value


def _damaged(world: World) -> Repair:
    whole = world.file.read_bytes()
    world.file.write_bytes(b"\0" * 4096 + whole[4096:])
    return lambda: world.file.write_bytes(whole)


def _missing(world: World) -> Repair:
    aside = world.file.with_suffix(".aside")
    world.file.rename(aside)

    def put_back() -> None:
        for made in world.file.parent.glob(f"{world.file.name}*"):
            made.unlink()
        aside.rename(world.file)

    return put_back


def _locked(world: World) -> Repair:
    other = sqlite3.connect(world.file, isolation_level=None)
    other.execute("PRAGMA locking_mode = EXCLUSIVE")
    other.execute("BEGIN EXCLUSIVE")
    return other.close


def _into_one_file(path: Path) -> None:
    """Nothing of it is left in a log beside it."""
    _sql(path, "PRAGMA wal_checkpoint(TRUNCATE)")


def _sql(path: Path, statement: str) -> str:
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        row = connection.execute(statement).fetchone()
        return str(row[0]) if row else ""
    finally:
        connection.close()
