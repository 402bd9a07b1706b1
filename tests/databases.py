"""A test on both databases: where a conftest or a file imports `settings` from here, its tests run twice.

`postgres_cluster` and `migrated_postgres` are there for every test, see tests/conftest.py.
"""

from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from oncall_ui.database.database import Database
from oncall_ui.migrations import migrate
from oncall_ui.settings import Settings
from tests.economies import usual_settings
from tests.postgres import Cluster, postgres_cluster

__all__ = ["postgres_cluster"]


@pytest.fixture(scope="session")
def migrated_postgres(postgres_cluster: Cluster) -> str:
    """The name of a database with every table and no row, to be copied."""
    db = Database(postgres_cluster.fresh_database())
    migrate(db)
    db.close()
    return str(make_url(db.url).database)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    address = ""
    if request.param == "postgresql":
        cluster: Cluster = request.getfixturevalue("postgres_cluster")
        address = cluster.emptied_database(like=request.getfixturevalue("migrated_postgres"))
    return usual_settings(data_dir=tmp_path / "data", database_url=address)
