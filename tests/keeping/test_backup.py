"""A backup holds what was committed, is there whole or not at all, and comes back only where it fits."""

import errno
import os
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest
from alembic import command
from pydantic import SecretStr
from sqlalchemy import text

from oncall_ui.app import App
from oncall_ui.database.database import Database
from oncall_ui.keeping import backup
from oncall_ui.keeping.backup import back_up
from oncall_ui.keeping.backup_file import MANIFEST, seal, verified
from oncall_ui.keeping.failing import CannotKeep
from oncall_ui.keeping.leftovers import PREFIX, UNTOUCHED_SECONDS
from oncall_ui.keeping.restore import restore
from oncall_ui.migrations import alembic_config
from oncall_ui.security.vault import KEY_FILE, generate_key
from oncall_ui.services.accounts.members import add_member
from oncall_ui.settings import Settings
from oncall_ui.starting import start_app
from tests.conftest import PASSWORD
from tests.keeping.conftest import rows_at, rows_of
from tests.postgres import Cluster

pytestmark = pytest.mark.slow  # whole backups

Elsewhere = Callable[..., Settings]


def keys_of(settings: Settings) -> str:
    return (settings.data_dir / KEY_FILE).read_text()


def use_keys_of(there: Settings, here: Settings) -> None:
    here.data_dir.mkdir(parents=True)
    (here.data_dir / KEY_FILE).touch(mode=0o600)
    (here.data_dir / KEY_FILE).write_text(keys_of(there))


async def test_everything_comes_back_into_a_new_installation(
    full: App, tmp_path: Path, elsewhere: Elsewhere, postgres_cluster: Cluster
) -> None:
    """From the database under test into each of both, while the app runs."""
    made = back_up(full.settings, tmp_path / "oncall.backup")
    before = rows_of(full.db)
    assert made.manifest.rows == sum(map(len, before.values()))
    assert made.path.stat().st_mode & 0o777 == 0o600
    use_keys_of(full.settings, elsewhere())
    for url in ("", postgres_cluster.fresh_database()):
        settings = elsewhere(url)
        found = restore(settings, made.path)
        assert (found.unreadable, found.kept) == (0, ())
        assert rows_at(settings.database) == before
        app = start_app(settings)
        try:
            assert add_member(app, name="Carol", email="carol@example.org", password=PASSWORD, zone="UTC") not in {1, 2}
        finally:
            app.close()


async def test_a_backup_is_of_one_moment_while_members_come_and_go(full: App, tmp_path: Path) -> None:
    """Each writer commits a member and an audit entry together: a backup has both or neither."""
    end = threading.Event()

    def write() -> None:
        number = 0
        while not end.is_set():
            number += 1
            add_member(full, name=f"M{number}", email=f"m{number}@example.org", password=PASSWORD, zone="UTC")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        counts = [_members(back_up(full.settings, tmp_path / f"{number}.backup").path) for number in range(3)]
    finally:
        end.set()
        writer.join()
    assert all(members == entries for members, entries in counts)
    assert counts[-1].members > counts[0].members, "nobody was kept waiting until the end"


async def test_keys_are_in_it_only_if_they_are_asked_for(full: App, tmp_path: Path, elsewhere: Elsewhere) -> None:
    plain = back_up(full.settings, tmp_path / "plain.backup")
    whole = back_up(full.settings, tmp_path / "whole.backup", with_keys=True)
    key = keys_of(full.settings).strip()
    assert key.encode() not in plain.path.read_bytes()
    with pytest.raises(CannotKeep, match=r"There is no key.*made without its keys"):
        restore(elsewhere(), plain.path)
    assert not Path(elsewhere().database.removeprefix("sqlite:///")).exists()
    restore(elsewhere(), whole.path)
    assert keys_of(elsewhere()).strip() == key
    start_app(elsewhere()).close()


async def test_keys_that_fit_nothing_are_kept_aside_or_named(full: App, tmp_path: Path, elsewhere: Elsewhere) -> None:
    plain = back_up(full.settings, tmp_path / "plain.backup").path
    whole = back_up(full.settings, tmp_path / "whole.backup", with_keys=True).path
    settings = elsewhere()
    settings.data_dir.mkdir()
    (settings.data_dir / KEY_FILE).touch(mode=0o600)
    (settings.data_dir / KEY_FILE).write_text(other := generate_key())
    with pytest.raises(CannotKeep, match="opens none of the backup’s credentials"):
        restore(settings, plain)
    configured = settings.model_copy(update={"secret_keys": SecretStr(generate_key())})
    with pytest.raises(CannotKeep, match="Unset it"):
        restore(configured, whole)
    (kept,) = restore(settings, whole).kept
    assert kept.read_text() == other and keys_of(settings) != other


async def test_what_was_there_is_kept_until_it_is_done_and_after(full: App, tmp_path: Path) -> None:
    made = back_up(full.settings, tmp_path / "oncall.backup").path
    saved = rows_of(full.db)
    add_member(full, name="Carol", email="carol@example.org", password=PASSWORD, zone="UTC")
    before = rows_of(full.db)
    with pytest.raises(CannotKeep, match="Stop it first"):
        restore(full.settings, made)
    full.db.close()
    found = restore(full.settings, made)
    assert rows_at(full.settings.database) == saved
    if full.settings.database.startswith("sqlite"):
        (kept,) = found.kept
        assert rows_at(f"sqlite:///{kept}") == before


def _flip(path: Path, content: bytes) -> None:
    """One bit, as a bad disk does."""
    whole = bytearray(path.read_bytes())
    whole[whole.rindex(content)] ^= 0b1000
    path.write_bytes(whole)


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-5000])


def _change_a_name(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        file.execute("UPDATE member SET name = 'Mallory' WHERE id = 1")


def _forget_a_row(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        file.execute("DELETE FROM audit_entry")
        file.execute("DELETE FROM ledger_line")


def _say_of_its_contents(path: Path, *contents: object) -> None:
    """None: it was killed between making the list and writing it."""
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        file.execute(f"DELETE FROM {MANIFEST}")
        file.executemany(f"INSERT INTO {MANIFEST} VALUES (?)", [(each,) for each in contents])


def _of_the_future(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        file.execute(f"""UPDATE {MANIFEST} SET content = replace(content, '"format": 1', '"format": 2')""")


def _of_a_newer_schema(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        file.execute(f"DROP TABLE {MANIFEST}")
        file.execute("UPDATE alembic_version SET version_num = '9999'")
    seal(path, ())


def _usual_database(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        file.execute(f"DROP TABLE {MANIFEST}")


SPOILED: tuple[tuple[Callable[[Path], object], str], ...] = (
    (_cut, "is damaged"),
    (lambda path: _flip(path, b"alice@example.org"), "is damaged"),
    (lambda path: _flip(path, b"CREATE TABLE member"), "is damaged"),
    (_change_a_name, "is damaged .member differs"),
    (_forget_a_row, "is damaged .audit_entry, ledger_line differs"),
    (_say_of_its_contents, "is damaged .its list of contents"),
    (lambda path: _say_of_its_contents(path, "{}", "{}"), "is damaged .its list of contents"),
    (lambda path: _say_of_its_contents(path, b"\xff"), "is damaged .its list of contents"),
    (lambda path: _say_of_its_contents(path, "[1]"), "is damaged .its list of contents"),
    (_of_the_future, "written by a newer version"),
    (_of_a_newer_schema, "made by a newer version"),
    (_usual_database, "is not a backup"),
    (lambda path: path.write_text("x" * 9000), "is not a backup"),
    (lambda path: path.write_text(""), "is not a backup"),
    (Path.unlink, "can’t be read"),
)


async def test_what_is_damaged_newer_or_something_else_is_refused_and_nothing_changes(
    full: App, tmp_path: Path
) -> None:
    made = back_up(full.settings, tmp_path / "oncall.backup").path
    verified(made)
    whole, before = made.read_bytes(), rows_of(full.db)
    full.db.close()
    for spoil, said in SPOILED:
        made.write_bytes(whole)
        spoil(made)
        with pytest.raises(CannotKeep, match=said) as refused:
            restore(full.settings, made)
        assert "\n" not in str(refused.value)
    assert rows_at(full.settings.database) == before
    assert not [path for path in full.settings.data_dir.rglob("*") if ".part" in path.name or "before" in path.name]


async def test_a_backup_of_an_earlier_version_is_brought_up_to_date(settings: Settings, tmp_path: Path) -> None:
    old = Database(f"sqlite:///{tmp_path / 'old.db'}")
    command.upgrade(alembic_config(old), "0003")
    with old.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO member (id, email, name, password_hash, zone, is_admin, theme, created_at, country, "
                "region, holidays_block) VALUES (7, 'a@example.org', 'Ada', 'x', 'UTC', true, '', "
                "'2026-11-22 08:00:00', '', '', false)"
            )
        )
    old.close()
    with closing(sqlite3.connect(tmp_path / "old.db", isolation_level=None)) as file:
        file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    seal(tmp_path / "old.db", (generate_key(),))
    restore(settings, tmp_path / "old.db")
    app = start_app(settings)
    try:
        with app.db.read() as session:
            assert session.execute(text("SELECT name FROM member WHERE id = 7")).scalar_one() == "Ada"
    finally:
        app.close()


async def test_on_the_way_back_a_database_of_a_newer_version_is_replaced_or_left_alone(
    full: App, tmp_path: Path
) -> None:
    made = back_up(full.settings, tmp_path / "oncall.backup").path
    with full.db.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    full.db.close()
    if full.settings.database.startswith("sqlite"):
        assert len(restore(full.settings, made).kept) == 1
        return
    with pytest.raises(CannotKeep, match="Create an empty one, set ONCALL_DATABASE_URL"):
        restore(full.settings, made)
    with Database(full.settings.database).engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :newest"), {"newest": verified(made).schema})


@pytest.mark.once_on_postgresql
@pytest.mark.parametrize(
    ("name", "said"), [("there.backup", "exists already"), ("no/folder.backup", "There is no folder")]
)
async def test_a_backup_overwrites_nothing_and_makes_no_folders(
    full: App, tmp_path: Path, name: str, said: str
) -> None:
    (tmp_path / "there.backup").write_text("precious")
    with pytest.raises(CannotKeep, match=said):
        back_up(full.settings, tmp_path / name)
    assert (tmp_path / "there.backup").read_text() == "precious"


def test_what_a_killed_one_left_goes_with_a_later_one(settings: Settings, tmp_path: Path) -> None:
    start_app(settings).close()
    old, folder, young = tmp_path / f"{PREFIX}1.part", tmp_path / f"{PREFIX}2", tmp_path / f"{PREFIX}3.part"
    folder.mkdir()
    for path in (old, folder / "restored.db", young):
        path.touch()
    for path in (old, folder / "restored.db", folder):
        os.utime(path, (time.time() - UNTOUCHED_SECONDS - 60,) * 2)
    back_up(settings, tmp_path / "oncall.backup")
    assert young.exists() and not old.exists() and not folder.exists()


async def test_one_that_fails_half_way_leaves_no_file(
    full: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(path: Path, keys: object) -> None:
        assert path.stat().st_size > 0 and keys == ()
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(backup, "seal", fail)
    folder = tmp_path / "backups"
    folder.mkdir()
    with pytest.raises(CannotKeep, match="is full"):
        back_up(full.settings, folder / "oncall.backup")
    assert list(folder.iterdir()) == []


def test_without_a_database_there_is_no_backup(settings: Settings, tmp_path: Path) -> None:
    settings.data_dir.mkdir()
    gone = settings.model_copy(update={"database_url": f"sqlite:///{tmp_path}/gone/oncall.db"})
    with pytest.raises(CannotKeep, match="so nothing was done"):
        back_up(gone, tmp_path / "oncall.backup")
    assert not (tmp_path / "oncall.backup").exists()


def test_the_time_of_a_backup_is_said(settings: Settings, tmp_path: Path) -> None:
    start_app(settings).close()
    made = back_up(settings, tmp_path / "oncall.backup")
    assert abs((verified(made.path).made_at - datetime.now(UTC)).total_seconds()) < 60


class _Counts(NamedTuple):
    members: int
    entries: int


def _members(path: Path) -> _Counts:
    with closing(sqlite3.connect(path)) as file:
        (members,) = file.execute("SELECT count(*) FROM member WHERE email LIKE 'm%'").fetchone()
        query = "SELECT count(*) FROM audit_entry JOIN member ON member.id = subject_id WHERE email LIKE 'm%'"
        (entries,) = file.execute(query).fetchone()
    return _Counts(members, entries)
