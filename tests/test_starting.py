"""Starting on an installation that can't be opened: one sentence, exit status 2, and nothing made new."""

import io
import socket
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import text
from sqlmodel import col, select

from oncall_ui.app import App, open_app
from oncall_ui.cli.main import main
from oncall_ui.database.database import Database
from oncall_ui.migrations import migrate
from oncall_ui.models import Connection
from oncall_ui.reporting.log import configure as configure_log
from oncall_ui.security.vault import KEY_FILE, Vault, generate_key
from oncall_ui.services.accounts.members import add_member
from oncall_ui.settings import Settings
from oncall_ui.starting import start_app
from tests.conftest import QUICK_PASSWORDS
from tests.postgres import Cluster

pytestmark = pytest.mark.slow  # processes of their own

PASSWORD = "correct horse battery"
WRONG_KEY, OTHER_KEY = generate_key(), generate_key()


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "data"
    monkeypatch.setenv("ONCALL_DATA_DIR", str(folder))
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        monkeypatch.setenv("ONCALL_PORT", str(probe.getsockname()[1]))
    return folder


@pytest.fixture
def used(data: Path) -> Path:
    """The folder of an installation with a member and two connections."""
    set_up(Settings(_env_file=None, data_dir=data))
    return data


def set_up(settings: Settings) -> None:
    app = open_app(settings, passwords=QUICK_PASSWORDS)
    migrate(app.db)
    add_member(app, name="Ann", email="ann@example.org", password=PASSWORD, zone="UTC", is_admin=True)
    for number in (1, 2):
        connect(app, number, app.vault)
    app.close()


def connect(app: App, number: int, vault: Vault) -> None:
    sealed = vault.seal('{"url": "https://example.org/a.ics"}')
    with app.db.write() as session:
        session.add(
            Connection(
                member_id=1,
                product="ics",
                nickname=f"Work {number}",
                account="",
                fingerprint=str(number),
                sealed=sealed,
            )
        )


def run(*arguments: str) -> tuple[int, str]:
    """The exit status, and what is on standard error."""
    with logged() as said, redirect_stdout(io.StringIO()):
        status = main(arguments)
    return status, said.getvalue()


@contextmanager
def logged() -> Iterator[io.StringIO]:
    """What goes to standard error inside the block, the log with it."""
    said = io.StringIO()
    try:
        with redirect_stderr(said):
            configure_log("debug")
            yield said
    finally:
        configure_log("debug")


def refused(*arguments: str) -> str:
    status, said = run(*arguments)
    assert status == 2
    assert said.count("\n") == 1, "one line"
    assert "Traceback" not in said
    return said


def newer(data: Path) -> None:
    with closing(sqlite3.connect(data / "oncall.db")) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")


def damaged_inside(data: Path) -> None:
    """One page, of a table that a start doesn't read."""
    path = data / "oncall.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (size,) = connection.execute("PRAGMA page_size").fetchone()
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'availability'").fetchone()
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)


def a_folder(data: Path) -> None:
    (data / "oncall.db").unlink()
    (data / "oncall.db").mkdir()


def gone(data: Path) -> None:
    for path in data.glob("oncall.db*"):
        path.unlink()


def emptied(data: Path) -> None:
    gone(data)
    (data / "oncall.db").touch()


BROKEN: Mapping[str, tuple[Callable[[Path], object], str]] = {
    "newer": (newer, "upgraded by a newer version"),
    "no database": (lambda data: (data / "oncall.db").write_bytes(b"nothing of the kind " * 500), "is damaged"),
    "damaged inside": (damaged_inside, "is damaged"),
    "not a file": (a_folder, "can’t be opened"),
    "missing": (gone, "is missing, but"),
    "empty": (emptied, "is empty, but"),
    "no key": (lambda data: (data / KEY_FILE).unlink(), "secret.key is missing"),
    "another key": (lambda data: (data / KEY_FILE).write_text(WRONG_KEY), "No key in secret.key opens"),
}


@pytest.mark.parametrize("command", [("serve",), ("user", "add", "b@example.org", "--name", "B", "--password-stdin")])
@pytest.mark.parametrize("how", BROKEN)
def test_a_broken_installation_is_refused_in_a_sentence_and_left_alone(
    used: Path, how: str, command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))
    damage, words = BROKEN[how]
    damage(used)
    before = {path.name for path in used.iterdir()}
    assert words in refused(*command)
    assert {path.name for path in used.iterdir()} - before <= {"oncall.db-wal", "oncall.db-shm"}, "nothing made new"


@pytest.mark.parametrize("how", BROKEN)
def test_the_doctor_reports_what_would_not_start_and_creates_nothing(used: Path, how: str) -> None:
    damage, _ = BROKEN[how]
    damage(used)
    status, said = run("doctor")
    assert (status, "Traceback" in said) == (2, False)
    assert (used / KEY_FILE).exists() == (how != "no key")


def test_a_locked_database_is_refused_after_a_moment(used: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("oncall_ui.starting.PATIENCE_SECONDS", 3)
    with closing(sqlite3.connect(used / "oncall.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert "is locked" in refused("serve")


def test_a_database_that_cannot_be_written_is_refused(used: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONCALL_DATABASE_URL", f"sqlite:///file:{used / 'oncall.db'}?mode=ro&uri=true")
    assert "is read-only" in refused("serve")


def test_a_folder_that_cannot_be_made_is_refused(data: Path) -> None:
    data.parent.joinpath("data").write_text("a file")
    assert "data can’t be used" in refused("serve")


@pytest.mark.parametrize("url", ["nonsense", "mysql://root:hunter2@db/oncall", "postgresql+nothing://u:hunter2@db/x"])
def test_a_url_of_no_known_kind_is_refused_without_its_password(
    data: Path, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("ONCALL_DATABASE_URL", url)
    said = refused("serve")
    assert "ONCALL_DATABASE_URL can’t be used" in said
    assert "hunter2" not in said


def test_no_server_is_refused_without_the_password(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONCALL_DATABASE_URL", "postgresql+psycopg://oncall:hunter2@127.0.0.1:1/oncall")
    said = refused("serve")
    assert "The database can’t be reached: postgresql+psycopg://oncall:***@127.0.0.1:1/oncall" in said
    assert "hunter2" not in said


@pytest.mark.slow
def test_a_server_that_refuses_hangs_or_lost_its_tables_is_named(
    data: Path, monkeypatch: pytest.MonkeyPatch, postgres_cluster: Cluster
) -> None:
    url = postgres_cluster.fresh_database()
    with postgres_cluster.asking_for_passwords("stranger"):
        monkeypatch.setenv("ONCALL_DATABASE_URL", url.replace("postgres@", "stranger:hunter2@"))
        said = refused("serve")
        assert "refuses this app" in said
        assert "hunter2" not in said
    monkeypatch.setenv("ONCALL_DATABASE_URL", url.replace("/fresh", "/nosuch"))
    assert "refuses this app" in refused("serve")
    monkeypatch.setenv("ONCALL_DATABASE_URL", url)
    monkeypatch.setattr("oncall_ui.starting.PATIENCE_SECONDS", 0.5)
    with postgres_cluster.hung():
        assert "doesn’t answer" in refused("serve")
    monkeypatch.setattr("oncall_ui.starting.PATIENCE_SECONDS", 5)
    set_up(Settings(_env_file=None, data_dir=data, database_url=url))
    monkeypatch.setenv("ONCALL_DATABASE_URL", postgres_cluster.fresh_database())
    assert "is empty, but" in refused("serve")


def test_a_first_start_that_was_interrupted_anywhere_can_be_repeated(data: Path) -> None:
    settings = Settings(_env_file=None, data_dir=data)
    for prepare in (untouched, Path.mkdir, emptied_of, migrated):
        prepare(data)
        with started(settings) as app:
            assert app.db.answers()
        for path in data.iterdir():
            path.unlink()
        data.rmdir()


def untouched(data: Path) -> None:
    assert not data.exists()


def emptied_of(data: Path) -> None:
    data.mkdir()
    (data / "oncall.db").touch()


def migrated(data: Path) -> None:
    data.mkdir()
    db = Database(f"sqlite:///{data / 'oncall.db'}")
    migrate(db)
    db.close()


def test_the_keys_of_the_settings_also_mark_an_installation(data: Path) -> None:
    settings = Settings(_env_file=None, data_dir=data, secret_keys=SecretStr(OTHER_KEY))
    with started(settings):
        assert not (data / KEY_FILE).exists()
    gone(data)
    with pytest.raises(ValueError, match="is missing, but"):
        start_app(settings)


def test_some_credentials_that_no_key_opens_are_reported_and_stop_nobody(used: Path) -> None:
    settings = Settings(_env_file=None, data_dir=used)
    with started(settings) as app:
        connect(app, 3, Vault([OTHER_KEY]))
    with logged() as said, started(settings) as app:
        assert app.db.answers()
    assert "their key is missing" in said.getvalue()
    assert "connections=[3]" in said.getvalue()


def test_a_damaged_row_does_not_keep_the_others_from_starting(used: Path) -> None:
    old, new = (used / KEY_FILE).read_text(), generate_key()
    settings = Settings(_env_file=None, data_dir=used)
    with started(settings) as app, app.db.write() as session:
        session.execute(text("UPDATE connection SET addresses = 'no JSON' WHERE id = 1"))
        session.execute(
            text("UPDATE connection SET sealed = :sealed WHERE id = 1"), {"sealed": app.vault.seal("no JSON")}
        )
    (used / KEY_FILE).write_text(f"{new}\n{old}")
    with started(settings) as app, app.db.read() as session:
        sealed = session.exec(select(Connection.sealed).order_by(col(Connection.id))).all()
    assert [Vault([new]).opens(each) for each in sealed] == [False, True]


def test_a_key_that_is_lost_for_good_can_be_given_up_and_may_come_back(used: Path) -> None:
    settings = Settings(_env_file=None, data_dir=used)
    old = (used / KEY_FILE).read_text()
    (used / KEY_FILE).unlink()
    assert run("new-key")[0] == 0
    assert (used / KEY_FILE).read_text() != old
    with started(settings) as app:
        assert readable(app) == [False, False]
    new = (used / KEY_FILE).read_text()
    (used / KEY_FILE).write_text(f"{new}{old}")
    with started(settings) as app:
        assert readable(app) == [True, True]


def test_a_lost_key_that_is_restored_opens_everything_again(used: Path) -> None:
    old = (used / KEY_FILE).read_text()
    (used / KEY_FILE).write_text(WRONG_KEY)
    refused("serve")
    (used / KEY_FILE).write_text(old)
    with started(Settings(_env_file=None, data_dir=used)) as app:
        assert readable(app) == [True, True]


def readable(app: App) -> list[bool]:
    with app.db.read() as session:
        return [app.vault.opens(sealed) for sealed in session.exec(select(Connection.sealed))]


@contextmanager
def started(settings: Settings) -> Iterator[App]:
    app = start_app(settings)
    try:
        with app.db.read() as session:
            session.execute(text("SELECT 1"))
        yield app
    finally:
        app.close()
