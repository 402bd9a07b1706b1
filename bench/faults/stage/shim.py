"""The app's wall clock and disk, in our hands: a small library that the app is started with. Needs cc and Linux."""

import shutil
import struct
import subprocess
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

SOURCE = Path(__file__).with_name("shim.c")
_LAYOUT = struct.Struct("lll")


class Shim:
    """Nothing is wrong until something is set; what is set holds at once, also in an app that runs."""

    def __init__(self, folder: Path) -> None:
        """Raises AssertionError without a C compiler."""
        assert shutil.which("cc"), "it needs a C compiler (cc)"
        folder.mkdir(parents=True, exist_ok=True)
        self._library, self._control = folder / "shim.so", folder / "control"
        command = ["cc", "-shared", "-fPIC", "-O1", "-o", str(self._library), str(SOURCE), "-ldl"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)  # noqa: S603
        assert not done.returncode, f"the shim didn’t compile: {done.stderr}"
        self._control.write_bytes(_LAYOUT.pack(0, 0, 0))

    @property
    def settings(self) -> Mapping[str, str]:
        """For the environment of the app."""
        return {"LD_PRELOAD": str(self._library), "FAULTS_CONTROL": str(self._control)}

    def set(self, *, clock: timedelta = timedelta(), write_error: int = 0, is_nearly_full: bool = False) -> None:
        """`clock` is added to the time of day; `write_error` is the errno of every write of the database."""
        packed = _LAYOUT.pack(int(clock.total_seconds()), write_error, int(is_nearly_full))
        with self._control.open("r+b") as file:  # the app has mapped this file, so it must stay the same one
            file.write(packed)
