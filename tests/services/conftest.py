"""Services are tested on both databases: the same tests, SQLite and PostgreSQL."""

from pathlib import Path

import pytest

from oncall_ui.settings import Settings
from tests.postgres import Cluster, postgres_cluster

__all__ = ["postgres_cluster"]


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    address = ""
    if request.param == "postgresql":
        cluster: Cluster = request.getfixturevalue("postgres_cluster")
        address = cluster.fresh_database()
    return Settings(_env_file=None, data_dir=tmp_path / "data", database_url=address, allowed_private_hosts="127.0.0.1")
