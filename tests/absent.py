"""What is here for development only, and no installation has: tests and the processes they start do without."""

import atexit
import os
import shutil
import sys
import tempfile
from pathlib import Path


def without(module: str) -> str:
    """Where processes are to look first, as this one does from now on: importing it fails as if it weren't there."""
    folder = Path(tempfile.mkdtemp(prefix="oncall-test-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    (folder / f"{module}.py").write_text(f"raise ImportError({module!r})\n", encoding="utf-8")
    sys.path.insert(0, str(folder))
    return os.pathsep.join(filter(None, (str(folder), os.environ.get("PYTHONPATH"))))
