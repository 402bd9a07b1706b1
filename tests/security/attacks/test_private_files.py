"""Other users of the machine read no file of the app, however the folder was left before."""

import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.e2e.server import Server


@pytest.fixture
def careless(tmp_path: Path, migrated: Path) -> Iterator[Server]:
    """An installation of an earlier version: everything can be read by everybody."""
    server = Server(tmp_path, warm=True)
    storage = server.data / "nicegui"
    storage.mkdir(parents=True)
    shutil.copy(migrated, server.data)
    (storage / "storage-user-1.json").write_text("{}", encoding="utf-8")
    for path in (server.data, *server.data.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    yield server
    server.kill()


def exposed(folder: Path) -> list[str]:
    paths = [folder, *folder.rglob("*")]
    return [f"{path.name} {path.stat().st_mode:o}" for path in paths if path.stat().st_mode & 0o077]


def test_a_start_takes_others_access_away_and_follows_no_links(careless: Server, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("not ours", encoding="utf-8")
    elsewhere.chmod(0o644)
    link = careless.data / "nicegui" / "link.json"
    link.symlink_to(elsewhere)
    assert len(exposed(careless.data)) >= 4
    careless.start()
    httpx.get(f"{careless.base_url}/login", trust_env=False)
    names = {path.name for path in careless.data.rglob("*")}
    assert {"oncall.db", "oncall.db-wal", "oncall.db-shm", "storage-user-1.json"} <= names
    assert stat.S_IMODE(elsewhere.stat().st_mode) == 0o644
    link.unlink()
    assert exposed(careless.data) == []


def test_what_a_first_start_creates_is_private(tmp_path: Path) -> None:
    with Server(tmp_path) as server:
        httpx.get(f"{server.base_url}/login", trust_env=False)
        assert exposed(server.data) == []


def test_a_folder_that_cannot_be_tightened_is_a_line_in_the_log_and_no_crash(careless: Server) -> None:
    careless.data.chmod(0o777 | stat.S_ISVTX)  # shared, like /tmp: not ours to close
    careless.start()
    assert "other users of this machine can read data" in careless.log_text()
    found = careless.command("doctor").stdout
    assert f"Other users here can read {careless.data}" in found
