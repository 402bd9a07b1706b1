"""The schema the migrations make is the one the models describe, on both databases."""

from pathlib import Path

import pytest
from alembic import command
from alembic.util import CommandError

from oncall_ui.database.database import Database
from oncall_ui.migrations import alembic_config, migrate
from tests.postgres import Cluster


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
