"""The shell blocks of the guides, run in the order of the page by somebody who has only a machine with nothing on it.

What would change the machine is a substitute (tests/deploying/substitutes.py), and the folders of the guides are below
one of the test's. Everything else runs as it is written.
"""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.deploying.substitutes import NAMES, PIDS, SHELL
from tests.ports import free_port
from tests.test_repository import ROOT

BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FOLDERS = ("/opt/", "/var/lib/", "/srv/", "/etc/systemd/", "/volume1/")
"""Of the machine; in the test they are elsewhere."""


def commands(guide: str) -> str:
    """All of a guide, as one script."""
    return "".join(BLOCK.findall((ROOT / "docs" / "guides" / f"{guide}.md").read_text("utf-8")))


class Machine:
    """Where guides are followed. Nothing of it is running after `with`."""

    def __init__(self, folder: Path, *, thorough: bool = False) -> None:
        self.folder = folder
        self.port = free_port()
        self._thorough = thorough
        for name in ("bin", "home", "etc/systemd/system"):
            (folder / name).mkdir(parents=True)
        module = f'exec "{sys.executable}" -m tests.deploying.substitutes'
        for name, line in (SHELL | {name: f'{module} {name} "$@"' for name in NAMES}).items():
            path = folder / "bin" / name
            path.write_text(f"#!/bin/sh\n{line}\n")
            path.chmod(0o755)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        for path in (self.folder / PIDS).glob("*"):
            os.killpg(int(path.read_text()), signal.SIGKILL)

    def follow(self, guide: str, *, at: str = "home", replacing: Sequence[tuple[str, str]] = ()) -> str:
        """Runs every command, from the folder `at`. Returns what was printed; a command that fails raises with it."""
        script = commands(guide)
        for old, new in (*replacing, ("REPOSITORY", str(ROOT)), (":8080", f":{self.port}")):
            script = script.replace(old, new)
        for folder in FOLDERS:
            script = script.replace(f" {folder}", f" {self.folder}{folder}").replace(
                f"={folder}", f"={self.folder}{folder}"
            )
        environment = {
            "PATH": f"{self.folder}/bin:/usr/local/bin:/usr/bin:/bin",
            "HOME": str(self.folder / "home"),
            "LANG": "C.UTF-8",
            "PYTHONPATH": str(ROOT),  # of the substitutes
            "ONCALL_PORT": str(self.port),
            "MACHINE": str(self.folder),
        } | ({"THOROUGH": "1"} if self._thorough else {})
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            cwd=self.folder / at,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert done.returncode == 0, f"{guide}: {done.stdout}\n{done.stderr}"
        return done.stdout
