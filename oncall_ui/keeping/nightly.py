"""Backups in the folder that the operator named: one each night, others on request, and no more than asked for."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog

from oncall_ui.keeping.backup import Backup, back_up
from oncall_ui.keeping.failing import CannotKeep
from oncall_ui.settings import Settings

log = structlog.get_logger()

HOUR = 3
"""Of the machine's own clock: most are asleep."""
NIGHTLY = re.compile(r"oncall-\d{4}-\d\d-\d\d\.backup")
REQUESTED = re.compile(r"oncall-\d{4}-\d\d-\d\d-\d{6}\.backup")
"""Other files in the folder are never touched."""


@dataclass(frozen=True, slots=True)
class Kept:
    """The backups in the folder; `at` and `size`, in bytes, are those of the newest, if there is one."""

    number: int
    at: datetime | None
    size: int


def back_up_nightly(settings: Settings, at: datetime) -> Path | None:
    """Makes the backup of the night before the moment `at` unless it is there, then deletes the oldest ones.

    A night that was missed is made up for. Returns the new file; None if there is nothing to do. Raises CannotKeep.
    """
    folder = settings.backup_dir
    if folder is None:
        return None
    night = (at.astimezone() - timedelta(hours=HOUR)).date()
    path = folder / f"oncall-{night:%Y-%m-%d}.backup"
    if path.exists():
        return None
    _make(folder)
    made = back_up(settings, path)
    log.info("backed up", file=str(path), rows=made.manifest.rows, bytes=made.size)
    _rotate(folder, NIGHTLY, settings.backups)
    return path


def back_up_now(settings: Settings, folder: Path, at: datetime) -> Backup:
    """Makes a backup of the moment `at`, beside those of the nights, which it never displaces. Raises CannotKeep."""
    _make(folder)
    made = back_up(settings, folder / f"oncall-{at.astimezone():%Y-%m-%d-%H%M%S}.backup")
    log.info("backed up", file=str(made.path), rows=made.manifest.rows, bytes=made.size)
    _rotate(folder, REQUESTED, settings.backups)
    return made


def kept(folder: Path) -> Kept:
    """What is there. An unreadable folder holds nothing."""
    try:
        found = sorted(
            (each.stat().st_mtime, each.stat().st_size) for name in (NIGHTLY, REQUESTED) for each in _ours(folder, name)
        )
    except OSError:
        found = []
    if not found:
        return Kept(0, None, 0)
    modified, size = found[-1]
    return Kept(len(found), datetime.fromtimestamp(modified, UTC), size)


def _make(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise CannotKeep(
            f"{folder} can’t be created ({error.strerror}). Create it, or set ONCALL_BACKUP_DIR."
        ) from error


def _rotate(folder: Path, name: re.Pattern[str], keep: int) -> None:
    for path in sorted(_ours(folder, name))[:-keep]:
        path.unlink(missing_ok=True)


def _ours(folder: Path, name: re.Pattern[str]) -> Iterator[Path]:
    return (path for path in folder.iterdir() if name.fullmatch(path.name))
