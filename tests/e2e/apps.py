"""What a module's tests in a browser run against: a feed server and an app, on each database.

Modules in `ONE_APP` of tests/e2e/order.py share one: each has members of its own, and none changes what is everybody's.
"""

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.e2e.order import ONE_APP
from tests.e2e.server import Server
from tests.fakes.feeds import FeedServer
from tests.ports import free_port
from tests.postgres import Cluster


class Shared:
    """The app that runs on from one module to the next, until one comes that doesn't share it: all have one port."""

    def __init__(self) -> None:
        self._running: Server | None = None
        self._name: str | None = None

    def only(self, name: str | None) -> Server | None:
        """The one that runs if it is that of `name`; any other is stopped."""
        if self._name != name:
            self.stop()
        return self._running

    def keep(self, server: Server, name: str) -> None:
        if not server.running:
            server.start()
        self._running, self._name = server, name

    def stop(self) -> None:
        server, self._running, self._name = self._running, None, None
        if server is not None and server.running:
            server.stop()


@pytest.fixture(scope="session")
def shared() -> Iterator[Shared]:
    shared = Shared()
    yield shared
    shared.stop()


@pytest.fixture(scope="session")
def postgres_cluster(postgres_cluster: Cluster, shared: Shared) -> Iterator[Cluster]:
    """That of all tests; what runs on it ends before it."""
    yield postgres_cluster
    shared.stop()


@pytest.fixture(scope="module")
def feeds() -> Iterator[FeedServer]:
    with FeedServer() as server:
        yield server


@pytest.fixture(scope="module")
def app_settings() -> Mapping[str, str]:
    """Settings of the module's app; a module overrides it to have a vendor's sign-in, say."""
    return {}


@pytest.fixture(scope="module")
def app_host() -> str:
    """What browsers call the module's app; a module overrides it where the address matters to them."""
    return "127.0.0.1"


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, starts_warm: bool) -> str | None:
    """Of a database without a row; None for the file that the app makes itself. A module runs on each."""
    if request.param == "sqlite":
        return None
    cluster: Cluster = request.getfixturevalue("postgres_cluster")
    return cluster.fresh_database(*([request.getfixturevalue("migrated_postgres")] if starts_warm else []))


@pytest.fixture(scope="module")
def starts_warm() -> bool:
    """Whether the app is forked from what has imported it, and finds its tables made: see tests/e2e/warm.py."""
    return True


@pytest.fixture(scope="session")
def port() -> int:
    """Of one app after the other: what the browser has loaded from there it needn't load again."""
    return free_port()


@pytest.fixture(scope="module")
def stopped_app(
    tmp_path_factory: pytest.TempPathFactory,
    database_url: str | None,
    app_settings: Mapping[str, str],
    app_host: str,
    starts_warm: bool,
    migrated: Path,
    port: int,
    shared: Shared,
    request: pytest.FixtureRequest,
) -> Server:
    """The module's app before it is started; one that is shared may be running."""
    if running := shared.only(_shared_by(request, database_url)):
        return running
    server = Server(
        tmp_path_factory.mktemp("app"),
        database_url=database_url,
        settings=app_settings,
        host=app_host,
        warm=starts_warm,
        port=port,
    )
    if starts_warm and database_url is None:
        shutil.copy(migrated, server.data)
    return server


@pytest.fixture(scope="module")
def app(
    stopped_app: Server, shared: Shared, database_url: str | None, request: pytest.FixtureRequest
) -> Iterator[Server]:
    if name := _shared_by(request, database_url):
        shared.keep(stopped_app, name)
        yield stopped_app
        return
    with stopped_app:
        yield stopped_app


def _shared_by(request: pytest.FixtureRequest, database_url: str | None) -> str | None:
    """A name of those whose app is the module's; None for one with an app of its own."""
    if request.path.stem.removeprefix("test_") not in ONE_APP:
        return None
    return "on SQLite" if database_url is None else "on PostgreSQL"
