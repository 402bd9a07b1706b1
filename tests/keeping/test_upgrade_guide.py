"""An administrator follows docs/guides/upgrade.md, from the backup to the way back.

Their repository has every file of this one, and the release before it lacks the newest migration. After the way back
that release isn't started again: most of its code is today's.
"""

import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import httpx
import pytest

from oncall_ui.security.vault import KEY_FILE
from tests.ports import free_port
from tests.test_repository import ROOT, tracked
from tests.upgrades.released import REVISIONS, keys_of, load

BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NEEDED = {"oncall_ui", "pages", "providers", "docs", "run.py", "Makefile", "pyproject.toml", "requirements.lock"}
START = "make run\n"
OLD, NEW = REVISIONS[-2:]
READY_SECONDS = 120


@pytest.mark.slow
def test_the_guide_leads_to_the_new_version_and_back(tmp_path: Path) -> None:
    guide = (ROOT / "docs" / "guides" / "upgrade.md").read_text("utf-8")
    prepare, look, _ = "".join(BLOCK.findall(guide)).split(START)
    look, back = look.split("git checkout", 1)
    origin, installed = _origin(tmp_path / "origin"), tmp_path / "oncall"
    _run(tmp_path, f"git clone --quiet {origin} {installed}")
    _run(origin, "git mv kept oncall_ui/migrations/versions/newest.py && git commit --quiet --message new")
    database = _of_the_release_before(installed)
    assert "rows" in _run(installed, prepare)
    before = _members(database)
    with _started(installed):
        assert "GOOD" in _run(installed, look)
        assert _schema(database) == NEW
    assert _members(database) == before
    _run(installed, f"git checkout{back}")
    assert (_schema(database), _members(database)) == (OLD, before)


def _origin(folder: Path) -> Path:
    for path in tracked():
        name = path.relative_to(ROOT)
        if name.parts[0] in NEEDED:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, folder / name)
    (newest,) = (folder / "oncall_ui" / "migrations" / "versions").glob(f"{NEW}_*.py")
    newest.rename(folder / "kept")
    _run(folder, "git init --quiet --initial-branch main . && git add . && git commit --quiet --message old")
    return folder


def _of_the_release_before(installed: Path) -> Path:
    """Its database, and everything installed that `make run` would install."""
    data, own = installed / "data", installed / ".venv"
    data.mkdir(mode=0o700)
    (data / KEY_FILE).touch(mode=0o600)
    (data / KEY_FILE).write_text("".join(f"{key}\n" for key in keys_of(OLD)))
    load(OLD, data / "oncall.db").close()
    own.mkdir()
    for name in ("bin", "lib", "pyvenv.cfg"):
        (own / name).symlink_to(Path(sys.prefix) / name)
    (own / ".runtime").touch()
    return data / "oncall.db"


def _environment(**more: str) -> dict[str, str]:
    usual = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    who = {
        f"GIT_{role}_{what}": "someone@example.org" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
    }
    return usual | who | more


def _run(folder: Path, script: str) -> str:
    """Returns what was printed; a command that fails raises with it."""
    done = subprocess.run(
        ["sh", "-eu", "-c", script], cwd=folder, env=_environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{script}: {done.stdout}\n{done.stderr}"
    return done.stdout


@contextmanager
def _started(installed: Path) -> Iterator[None]:
    port, log = free_port(), installed.with_suffix(".log")
    with log.open("wb") as output:
        process = subprocess.Popen(
            ["sh", "-c", START],
            cwd=installed,
            env=_environment(ONCALL_PORT=str(port), ONCALL_BASE_URL=f"http://127.0.0.1:{port}"),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            process_group=0,
        )
    try:
        deadline = time.monotonic() + READY_SECONDS
        while not _is_ready(port):
            assert process.poll() is None and time.monotonic() < deadline, log.read_text()
            time.sleep(0.2)
        yield
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=60)


def _is_ready(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/readyz", trust_env=False, timeout=5).is_success
    except httpx.TransportError:
        return False


def _schema(database: Path) -> str:
    return str(_all(database, "SELECT version_num FROM alembic_version")[0][0])


def _members(database: Path) -> list[tuple[object, ...]]:
    return _all(database, "SELECT id, email, password_hash, created_at FROM member ORDER BY id")


def _all(database: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(database)) as file:
        return file.execute(query).fetchall()
