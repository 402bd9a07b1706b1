"""What a backup or a restore left behind that was killed: as large as the database, and nothing else deletes it."""

import shutil
import time
from contextlib import suppress
from pathlib import Path

PREFIX = ".oncall-"
"""Of every file and folder that is in the making."""
UNTOUCHED_SECONDS = 3600
"""Whatever still works writes more often."""


def sweep(folder: Path) -> None:
    """Deletes them. Those of a process that still works are younger."""
    since = time.time() - UNTOUCHED_SECONDS
    with suppress(OSError):  # the folder may be on a disk that fails, which the caller will notice
        for path in folder.glob(f"{PREFIX}*"):
            if max(each.stat().st_mtime for each in (path, *path.rglob("*"))) < since:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
