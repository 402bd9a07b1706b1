"""One consistent file with everything, while the app runs."""

import errno
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, text

from oncall_ui.database.database import Database
from oncall_ui.keeping.backup_file import Manifest, seal
from oncall_ui.keeping.copying import copy_rows
from oncall_ui.keeping.failing import CannotKeep, NoRoom
from oncall_ui.keeping.leftovers import PREFIX, sweep
from oncall_ui.keeping.usable import require_usable
from oncall_ui.migrations import migrate
from oncall_ui.security.vault import load_keys
from oncall_ui.settings import Settings

MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Backup:
    path: Path
    manifest: Manifest

    @property
    def size(self) -> int:
        """In bytes."""
        return self.path.stat().st_size


def back_up(settings: Settings, path: Path, *, with_keys: bool = False) -> Backup:
    """Writes what is committed by now into `path`, where no file may be yet; it is there whole or not at all.

    With the keys, anyone who has the file can read every credential in it. Raises CannotKeep and what databases raise.
    """
    path = path.absolute()
    if path.exists():
        raise CannotKeep(f"{path} exists already. Choose another name, so that no backup is lost.")
    if not path.parent.is_dir():
        raise CannotKeep(f"There is no folder {path.parent}. Create it first, or choose another one.")
    keys = load_keys(settings.data_dir, settings.secret_keys.get_secret_value(), create=False) if with_keys else ()
    db = Database(settings.database)
    try:
        require_usable(db, is_current=True)
        with in_the_making(path) as made:
            _write(db, made)
            manifest = seal(made, keys)
    finally:
        db.close()
    return Backup(path, manifest)


@contextmanager
def in_the_making(path: Path) -> Iterator[Path]:
    """A file beside `path`, which takes its place when the block ends, and is gone if it raises."""
    sweep(path.parent)
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=PREFIX, suffix=".part")  # mode 0600
    except OSError as error:
        raise CannotKeep(f"{path.parent} can’t be written to ({error.strerror}). Choose another folder.") from error
    os.close(handle)
    made = Path(name)
    try:
        yield made
        made.replace(path)
        _to_disk(path.parent)
    except (sqlite3.OperationalError, OSError) as error:
        is_full = getattr(error, "sqlite_errorname", "") == "SQLITE_FULL" or getattr(error, "errno", 0) == errno.ENOSPC
        if is_full:
            raise CannotKeep(f"The disk of {path.parent} is full. Make room, or choose another folder.") from error
        raise
    finally:
        for suffix in ("", "-wal", "-shm", "-journal"):
            made.with_name(made.name + suffix).unlink(missing_ok=True)


def _write(db: Database, made: Path) -> None:
    url = db.engine.url
    if url.get_backend_name() == "sqlite":
        _copy_file(url, made)
        return
    file = Database(f"sqlite:///{made}")
    try:
        migrate(file)
        # One moment for all tables, whatever is committed meanwhile.
        with db.engine.connect().execution_options(isolation_level="REPEATABLE READ") as source, source.begin():
            source.execute(text("SET TRANSACTION READ ONLY"))
            with file.engine.begin() as target:
                copy_rows(source, target)
    finally:
        file.close()


def _copy_file(url: URL, made: Path) -> None:
    source = Path(str(url.database))
    needed, free = _size((source, source.with_name(f"{source.name}-wal"))), shutil.disk_usage(made.parent).free
    if needed > free:
        raise NoRoom(
            f"{free / MEGABYTE:,.0f} MB are free in {made.parent}, and {needed / MEGABYTE:,.0f} MB are needed. Make "
            "room, or choose another folder.",
            free,
            needed,
        )
    with (
        closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as live,
        closing(sqlite3.connect(made)) as file,
    ):
        live.backup(file)  # in one go: a reader of one moment, which keeps no writer waiting


def _size(paths: Sequence[Path]) -> int:
    return sum(path.stat().st_size for path in paths if path.exists())


def _to_disk(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
