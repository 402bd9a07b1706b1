"""The schema the migrations make is the one the models describe, on both databases."""

import re
from pathlib import Path

import pytest
from alembic import command
from alembic.runtime.migration import MigrationContext
from alembic.util import CommandError

from oncall_ui.database.database import Database
from oncall_ui.migrations import alembic_config, migrate
from tests.economies import RUN_MIGRATIONS
from tests.postgres import Cluster

pytestmark = pytest.mark.slow  # every migration

AS_IN_OTHER_TESTS = MigrationContext.run_migrations


@pytest.fixture(autouse=True)
def as_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each migration is run, which other tests are spared."""
    monkeypatch.setattr(MigrationContext, "run_migrations", RUN_MIGRATIONS)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def db(request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    if request.param == "sqlite":
        return Database(f"sqlite:///{tmp_path / 'test.db'}")
    cluster: Cluster = request.getfixturevalue("postgres_cluster")
    return Database(cluster.fresh_database())


def test_models_and_migrations_agree(db: Database) -> None:
    migrate(db)
    try:
        command.check(alembic_config(db))
    except CommandError as error:
        pytest.fail(str(error))
    finally:
        db.close()


def test_migrating_twice_changes_nothing_and_down_leads_back_up(db: Database) -> None:
    migrate(db)
    migrate(db)
    command.downgrade(alembic_config(db), "base")
    migrate(db)
    assert db.answers()
    db.close()


def test_what_other_tests_are_given_has_the_same_schema(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    for name, run in (("as ever", RUN_MIGRATIONS), ("heard", AS_IN_OTHER_TESTS), ("said again", AS_IN_OTHER_TESTS)):
        monkeypatch.setattr(MigrationContext, "run_migrations", run)
        db = Database(f"sqlite:///{tmp_path / name}")
        migrate(db)
        with db.engine.connect() as connection:
            rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master").all()
            version = connection.exec_driver_sql("SELECT version_num FROM alembic_version").all()
        # In which order a table that was made again has its foreign keys is up to Alembic, each time.
        made.append((version, {name: sorted(re.split(r",?\s*\n", sql or "")) for name, sql in rows}))
        db.close()
    assert made[0] == made[1] == made[2]
