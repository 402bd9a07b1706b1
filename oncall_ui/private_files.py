"""Keeps the data folder and what lies in it from other users of the machine."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from oncall_ui.settings import Settings

STORAGE = "nicegui"
"""In the data folder: what NiceGUI keeps for browsers."""
MARKER = ".set-up"
"""In the data folder of an installation whose keys are in the settings, as the key file is in others."""
SIDE_FILES = ("", "-wal", "-shm", "-journal")
OTHERS = 0o077


def create_private_files() -> None:
    """From now on, no file or folder that this process creates can be read by other users."""
    os.umask(OTHERS)


def tighten(settings: Settings) -> list[Path]:
    """Takes other users' access from the data folder, the SQLite file, and browser state. Returns what it couldn't.

    The key file isn't touched: one that others could read has to be noticed, and the start refuses it.
    """
    return [path for path in _ours(settings) if is_exposed(path) and not _made_private(path)]


def exposed(settings: Settings) -> list[Path]:
    """What other users of the machine have access to. Into a folder that is private, nobody else gets."""
    folder = settings.data_dir.absolute()
    is_open = is_exposed(folder)
    return [path for path in _ours(settings) if is_exposed(path) and (is_open or folder not in path.parents)]


def is_exposed(path: Path) -> bool:
    try:
        mode = path.lstat().st_mode
    except OSError:
        return False
    return not stat.S_ISLNK(mode) and bool(mode & OTHERS)


def _made_private(path: Path) -> bool:
    try:
        mode = path.lstat().st_mode
        if mode & stat.S_ISVTX:  # a folder that users share, such as /tmp
            return False
        path.chmod(stat.S_IMODE(mode) & ~OTHERS)
    except OSError:
        return False
    return not is_exposed(path)


def _ours(settings: Settings) -> Iterator[Path]:
    folder = settings.data_dir.absolute()
    yield folder
    yield folder / MARKER
    for database in {*folder.glob("*.db"), *_database(settings)}:
        yield from (database.with_name(database.name + suffix) for suffix in SIDE_FILES)
    storage = folder / STORAGE
    yield storage
    if storage.is_dir() and not storage.is_symlink():
        yield from storage.iterdir()


def _database(settings: Settings) -> Iterator[Path]:
    """The file of a SQLite database, wherever it is."""
    try:
        url = make_url(settings.database)
    except ArgumentError:
        return
    if url.get_backend_name() == "sqlite" and url.database not in {None, "", ":memory:"}:
        yield Path(str(url.database)).absolute()
