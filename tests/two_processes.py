"""A second process on the first one's PostgreSQL, as far as a test can tell: nothing in memory is shared.

from tests.two_processes import other, settings  # in a file whose tests need it
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from oncall_ui.app import App, open_app
from oncall_ui.settings import Settings
from tests.conftest import QUICK_PASSWORDS
from tests.postgres import Cluster


@pytest.fixture
def settings(tmp_path: Path, postgres_cluster: Cluster, migrated_postgres: str) -> Settings:
    address = postgres_cluster.emptied_database(like=migrated_postgres)
    return Settings(_env_file=None, data_dir=tmp_path / "data", database_url=address, allowed_private_hosts="127.0.0.1")


@pytest.fixture
def other(app: App) -> Iterator[App]:
    second = open_app(app.settings, workers=app.workers, planner=app.planner, passwords=QUICK_PASSWORDS)
    yield second
    second.db.close()
