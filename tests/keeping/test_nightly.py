"""One backup a night, made up for if the night was missed, and only our own old ones are deleted."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from oncall_ui import jobs
from oncall_ui.app import App, open_app
from oncall_ui.jobs import Jobs
from oncall_ui.keeping.backup_file import verified
from oncall_ui.keeping.failing import CannotKeep
from oncall_ui.keeping.nightly import Kept, back_up_nightly, back_up_now, kept
from oncall_ui.settings import Settings
from oncall_ui.worker import Workers
from tests.conftest import QUICK_PASSWORDS

NOON = datetime(2026, 11, 29, 12).astimezone()


@pytest.fixture
def nightly(app: App, tmp_path: Path) -> Settings:
    """Not on both databases: how a backup is made is tested beside this."""
    return app.settings.model_copy(update={"backup_dir": tmp_path / "backups", "backups": 2})


@pytest.mark.once_on_postgresql
def test_each_night_has_one_and_the_oldest_go(nightly: Settings) -> None:
    folder = nightly.backup_dir or Path()
    for hours, name in ((0, "2026-11-29"), (14, ""), (15, "2026-11-30"), (24, ""), (100, "2026-12-03")):
        made = back_up_nightly(nightly, NOON + timedelta(hours=hours))
        assert (made.name if made else "") == (f"oncall-{name}.backup" if name else "")
        (folder / "ours.txt").touch()
    assert sorted(path.name for path in folder.iterdir()) == [
        "oncall-2026-11-30.backup",
        "oncall-2026-12-03.backup",
        "ours.txt",
    ]
    verified(folder / "oncall-2026-12-03.backup")


def test_without_a_folder_nothing_happens_and_one_that_cant_be_is_said(nightly: Settings, tmp_path: Path) -> None:
    assert back_up_nightly(nightly.model_copy(update={"backup_dir": None}), NOON) is None
    (tmp_path / "file").touch()
    with pytest.raises(CannotKeep, match="Create it, or set ONCALL_BACKUP_DIR"):
        back_up_nightly(nightly.model_copy(update={"backup_dir": tmp_path / "file" / "below"}), NOON)


def test_those_on_request_displace_none_of_a_night(nightly: Settings) -> None:
    folder = nightly.backup_dir or Path()
    assert kept(folder) == Kept(0, None, 0)
    back_up_nightly(nightly, NOON)
    for seconds in range(3):
        made = back_up_now(nightly, folder, NOON + timedelta(seconds=seconds))
    assert sorted(path.name for path in folder.iterdir()) == [
        "oncall-2026-11-29-120001.backup",
        "oncall-2026-11-29-120002.backup",
        "oncall-2026-11-29.backup",
    ]
    assert (kept(folder).number, kept(folder).size) == (3, made.size)


async def test_the_app_does_it_by_itself_and_tries_again(
    nightly: Settings, workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "BACKING_UP", timedelta(seconds=0.05))
    folder = nightly.backup_dir or Path()
    folder.touch()  # a file where the folder should be
    app = open_app(nightly, workers=workers, passwords=QUICK_PASSWORDS)
    work = Jobs(app)
    work.start()
    try:
        async with asyncio.timeout(30):
            while "backup" not in {each.source for each in app.outages.current()}:
                await asyncio.sleep(0.02)
            folder.unlink()
            while not list(folder.glob("oncall-*.backup")):
                await asyncio.sleep(0.02)
            while app.outages.current():
                await asyncio.sleep(0.02)
    finally:
        await work.stop()
        app.db.close()
