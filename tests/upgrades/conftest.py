"""Databases of earlier releases, on both databases."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from oncall_ui.database.database import Database
from tests.postgres import Cluster
from tests.upgrades.released import carry, load, upgraded

Released = Callable[[str], Database]


class Empty:
    """PostgreSQL databases of a revision without rows: each is migrated from the one before, once."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._newest: tuple[str, str] | None = None

    def at(self, revision: str) -> str:
        if self._newest is None or self._newest[0] > revision:
            self._newest = revision, self._cluster.fresh_database()
        url = self._newest[1]
        upgraded(url, revision)
        self._newest = revision, url
        return self._cluster.fresh_database(like=str(make_url(url).database))


@pytest.fixture(scope="module")
def empty(request: pytest.FixtureRequest) -> Callable[[str], str]:
    made: list[Empty] = []

    def at(revision: str) -> str:
        if not made:
            made.append(Empty(request.getfixturevalue("postgres_cluster")))
        return made[0].at(revision)

    return at


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def released(request: pytest.FixtureRequest, empty: Callable[[str], str], tmp_path: Path) -> Iterator[Released]:
    """A database as a release left it, by its revision."""
    opened: list[Database] = []

    def at(revision: str) -> Database:
        opened.append(load(revision, tmp_path / "released.db"))
        if request.param == "postgresql":
            opened.append(Database(empty(revision)))
            carry(opened[0], opened[1])
        return opened[-1]

    yield at
    for db in opened:
        db.close()
