"""A backup each night into a folder that the operator named, and no more of them than asked for."""

import re
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from oncall_ui.keeping.backup import back_up
from oncall_ui.keeping.failing import CannotKeep
from oncall_ui.settings import Settings

log = structlog.get_logger()

HOUR = 3
"""Of the machine's own clock: most are asleep."""
NAME = re.compile(r"oncall-\d{4}-\d\d-\d\d\.backup")
"""Other files in the folder are never touched."""


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
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise CannotKeep(
            f"{folder} can’t be created ({error.strerror}). Create it, or set ONCALL_BACKUP_DIR."
        ) from error
    made = back_up(settings, path)
    log.info("backed up", file=str(path), rows=made.manifest.rows, bytes=made.size)
    _rotate(folder, settings.backups)
    return path


def _rotate(folder: Path, keep: int) -> None:
    ours = sorted(path for path in folder.iterdir() if NAME.fullmatch(path.name))
    for path in ours[:-keep]:
        path.unlink(missing_ok=True)
