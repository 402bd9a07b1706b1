"""One app for all attacks that do it no lasting harm, in a process of its own, with the cast logged in by password."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.server import Server
from tests.postgres import Cluster

PASSWORD = "correct horse battery staple"


def pytest_itemcollected(item: pytest.Item) -> None:
    if Path(__file__).parent in item.path.parents:
        item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Known under three names and those of this machine. Alice is the administrator, Mallory a member."""
    settings = {"ONCALL_ALLOWED_HOSTS": "oncall.lan, 192.168.77.5, oncall.example.org"}
    address = None
    if request.param == "postgresql":
        cluster: Cluster = request.getfixturevalue("postgres_cluster")
        address = cluster.fresh_database()
    server = Server(tmp_path_factory.mktemp("attacked"), settings=settings, database_url=address, warm=True)
    for name in ("Alice", "Mallory"):
        server.add_member(f"{name.lower()}@example.org", name, PASSWORD, admin=name == "Alice")
    with server:
        yield server
