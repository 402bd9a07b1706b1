"""From one database into another and back: every row, compared; never into one with rows, nor while the app runs."""

from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect

from oncall_ui.app import App
from oncall_ui.cli.main import main
from oncall_ui.keeping import copying
from oncall_ui.keeping.failing import CannotKeep
from oncall_ui.keeping.move import move
from oncall_ui.models import Member
from oncall_ui.services.accounts.members import add_member
from oncall_ui.settings import Settings
from oncall_ui.starting import start_app
from tests.conftest import PASSWORD
from tests.keeping.conftest import rows_at, rows_of
from tests.postgres import Cluster

pytestmark = pytest.mark.slow  # whole databases


async def test_there_and_back_every_row_is_the_same_and_counting_goes_on(
    full: App, tmp_path: Path, postgres_cluster: Cluster
) -> None:
    with full.db.write() as session:
        session.get_one(Member, 1).name = "\\N\t\\.\r\n“Zoë”"  # what COPY would read as something else
    before = rows_of(full.db)
    settings = full.settings
    full.db.close()
    for url in (postgres_cluster.fresh_database(), f"sqlite:///{tmp_path / 'moved.db'}"):
        moved = move(settings, url)
        assert (moved.rows, moved.tables) == (sum(map(len, before.values())), len(before))
        assert rows_at(settings.database) == rows_at(url) == before
        settings = settings.model_copy(update={"database_url": url})
    app = start_app(settings)
    try:
        assert add_member(app, name="Carol", email="carol@example.org", password=PASSWORD, zone="UTC") not in {1, 2}
    finally:
        app.close()


async def test_it_moves_nothing_while_the_app_runs_or_into_what_has_rows(
    full: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path / 'moved.db'}"
    with pytest.raises(CannotKeep, match="Stop it first"):
        move(full.settings, url)
    full.db.close()
    with monkeypatch.context() as patched, pytest.raises(CannotKeep, match="didn’t arrive"):
        patched.setattr(copying, "content_of", lambda _connection, _table: None)
        move(full.settings, url)
    assert inspect(create_engine(url)).get_table_names() == [], "an app would start on its tables, as a new one"
    move(full.settings, url)
    before = rows_at(url)
    with pytest.raises(CannotKeep, match="has rows already"):
        move(full.settings, url)
    assert rows_at(url) == before
    with pytest.raises(CannotKeep, match="uses already"):
        move(full.settings, full.settings.database)
    with pytest.raises(CannotKeep, match="The URL after --to can’t be used"):
        move(full.settings, "mysterious://db")


def test_the_commands_say_what_they_did_and_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ONCALL_DATA_DIR", str(tmp_path / "data"))
    start_app(Settings(_env_file=None)).close()
    backup = str(tmp_path / "oncall.backup")
    assert main(["backup", backup, "--with-keys"]) == 0
    assert "anyone who has this file can read every credential" in capsys.readouterr().out
    assert main(["backup", backup]) == 2
    assert "exists already" in capsys.readouterr().err
    assert main(["restore", backup]) == 0
    out = capsys.readouterr().out
    assert "Start the app now." in out and "before-restore" in out
    assert main(["move", "--to", f"sqlite:///{tmp_path / 'other.db'}"]) == 0
    assert "Set ONCALL_DATABASE_URL=sqlite:///" in capsys.readouterr().out
