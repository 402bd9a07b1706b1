"""A backup takes the place of what is there, once it is known to be whole and its keys to fit."""

import contextlib
import os
import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlmodel import SQLModel

from oncall_ui.database.database import Database
from oncall_ui.keeping.backup import in_the_making
from oncall_ui.keeping.backup_file import Manifest, verified, without_manifest
from oncall_ui.keeping.copying import copy_rows, delete_rows
from oncall_ui.keeping.failing import CannotKeep
from oncall_ui.keeping.leftovers import PREFIX, sweep
from oncall_ui.keeping.usable import require_stopped, require_usable
from oncall_ui.migrations import alembic_config, migrate, schema
from oncall_ui.security.vault import KEY_FILE, Vault, load_keys
from oncall_ui.settings import Settings

SEALED = "sealed"
"""The column of every table with something encrypted in it."""


@dataclass(frozen=True, slots=True)
class Restored:
    manifest: Manifest
    kept: tuple[Path, ...]
    """What was there before, under other names."""
    unreadable: int
    """Credentials that no key here opens: their connections have to be reconnected."""


def restore(settings: Settings, path: Path) -> Restored:
    """Raises CannotKeep; then what was there is there, untouched."""
    manifest = verified(path)
    db = Database(settings.database)
    try:
        if manifest.schema not in schema(alembic_config(db)).known:
            raise CannotKeep(f"{path} was made by a newer version of the app. Install that version, then restore.")
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        require_stopped(db)
        keys = _Keys(settings, manifest, _sealed(path))
        moment = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
        kept = _put_back(db, path, settings, moment)
        kept += keys.put_back(moment)
    finally:
        db.close()
    return Restored(manifest, kept, keys.unreadable)


class _Keys:
    """Which keys open the backup's credentials: those that are here, or else its own."""

    def __init__(self, settings: Settings, manifest: Manifest, sealed: Sequence[str]) -> None:
        """Raises CannotKeep if neither do."""
        self._file = settings.data_dir / KEY_FILE
        configured = settings.secret_keys.get_secret_value()
        here = load_keys(settings.data_dir, configured, create=False)
        self._new: Sequence[str] = ()
        if not here or (sealed and not _opened(here, sealed)):
            if not manifest.keys and sealed:
                raise CannotKeep(_no_key(self._file, bool(configured), bool(here)))
            if configured and manifest.keys:
                raise CannotKeep(
                    "ONCALL_SECRET_KEYS opens none of the backup’s credentials. Unset it: the keys in the backup then "
                    f"go to {self._file}."
                )
            self._new = manifest.keys
        self.unreadable = len(sealed) - _opened(self._new or here, sealed) if sealed else 0

    def put_back(self, moment: str) -> tuple[Path, ...]:
        """Writes the backup's keys into the key file if they are needed. Returns where the previous ones are now."""
        if not self._new:
            return ()
        kept: tuple[Path, ...] = ()
        if self._file.exists():
            before = self._file.with_name(f"{KEY_FILE}.before-restore-{moment}")
            self._file.rename(before)
            kept = (before,)
        with in_the_making(self._file) as made:
            made.write_text("".join(f"{key}\n" for key in self._new))
        return kept


def _put_back(db: Database, path: Path, settings: Settings, moment: str) -> tuple[Path, ...]:
    url = db.engine.url
    if url.get_backend_name() == "sqlite":
        return _replace_file(Path(str(url.database)), path, moment)
    require_usable(db, is_replaced=True)
    sweep(settings.data_dir)
    with TemporaryDirectory(dir=settings.data_dir, prefix=PREFIX) as folder:
        made = Path(folder) / "restored.db"
        _as_database(path, made)
        file = Database(f"sqlite:///{made}")
        try:
            migrate(db)
            with file.engine.connect() as source, db.engine.begin() as target:
                delete_rows(target)
                copy_rows(source, target)
        finally:
            file.close()
    return ()


def _replace_file(database: Path, path: Path, moment: str) -> tuple[Path, ...]:
    database.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    kept: tuple[Path, ...] = ()
    with in_the_making(database) as made:
        _as_database(path, made)
        if database.exists():
            before = database.with_name(f"{database.name}.before-restore-{moment}")
            _keep_as(database, before)
            kept = (before,)
    return kept


def _keep_as(database: Path, before: Path) -> None:
    with contextlib.suppress(sqlite3.DatabaseError):  # it may be damaged, which is why it is restored
        _into_one_file(database)
    for suffix in ("-wal", "-shm"):
        beside = database.with_name(database.name + suffix)
        if beside.exists():
            beside.rename(before.with_name(before.name + suffix))
    try:
        os.link(database, before)  # there is a database at any moment
    except OSError:  # not on every file system
        shutil.copyfile(database, before)


def _as_database(path: Path, made: Path) -> None:
    """A database of this version at `made`, with the content of the backup."""
    shutil.copyfile(path, made)
    without_manifest(made)
    db = Database(f"sqlite:///{made}")
    try:
        migrate(db)
    finally:
        db.close()
    _into_one_file(made)


def _into_one_file(path: Path) -> None:
    """Takes what SQLite keeps beside a database into it."""
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with path.open("rb") as file_on_disk:
        os.fsync(file_on_disk.fileno())


def _sealed(path: Path) -> list[str]:
    found: list[str] = []
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as file:
        there = {name for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        for table in SQLModel.metadata.sorted_tables:
            if SEALED in table.columns and table.name in there:
                found += [each for (each,) in file.execute(f"SELECT {SEALED} FROM {table.name}")]  # noqa: S608
    return found


def _opened(keys: Sequence[str], sealed: Sequence[str]) -> int:
    vault = Vault(keys)
    return sum(vault.opens(each) for each in sealed)


def _no_key(file: Path, is_configured: bool, has_keys: bool) -> str:
    where = "ONCALL_SECRET_KEYS" if is_configured else str(file)
    what = f"{where} opens none of the backup’s credentials" if has_keys else f"There is no key: {file} is missing"
    return (
        f"{what}, and the backup was made without its keys. Put the {KEY_FILE} of that installation there, or set "
        "ONCALL_SECRET_KEYS."
    )
