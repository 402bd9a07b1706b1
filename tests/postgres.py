"""A PostgreSQL server for one test session, gone without a trace afterwards.

from tests.postgres import postgres_cluster  # in a conftest

def test_it(postgres_cluster: Cluster) -> None:
    engine = create_engine(postgres_cluster.fresh_database())
"""

import contextlib
import itertools
import os
import pwd
import secrets
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from tests import kept
from tests.provide import postgres_bin

# A test's database need not outlive the power cut, and nobody reaches it but through the socket in its folder.
SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "listen_addresses": "",
    "port": "5432",
    "timezone": "UTC",
}


EMPTY = """
DO $$ DECLARE each record; BEGIN
    SET LOCAL session_replication_role = replica;  -- looks at no foreign key: all tables become empty
    FOR each IN SELECT oid::regclass AS name FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'alembic_version'
        AND pg_relation_size(oid) > 0  -- most never had a row
    LOOP
        EXECUTE format('DELETE FROM %s', each.name);
    END LOOP;
    PERFORM setval(format('%I.%I', schemaname, sequencename), start_value, false) FROM pg_sequences
        WHERE schemaname = 'public' AND last_value IS NOT NULL;
END $$"""
"""Half the time of TRUNCATE, which makes new files for every table and index, as ALTER SEQUENCE does."""


class Cluster:
    """A running server. Every address it gives is an empty database that nobody is using."""

    def __init__(self, folder: Path, server: int) -> None:
        self._folder = folder
        self._server = server
        self._numbers = itertools.count(1)
        self._used: str | None = None
        self._emptying: psycopg.Connection | None = None
        self._emptying_at = ""

    def fresh_database(self, like: str = "template1") -> str:
        """The SQLAlchemy address of a new database: empty, or a copy of the one named `like`, which nobody is using."""
        name = f"fresh_{next(self._numbers)}"
        with self.connect() as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {like}")
        return f"postgresql+psycopg://postgres@/{name}?host={self._folder}&port={SETTINGS['port']}"

    def emptied_database(self, like: str) -> str:
        """As `fresh_database`, but the one given before if it can be emptied at once: a quarter of the time.

        The test that had it is done with it. A connection left open holds a lock, and costs a new database.
        """
        if self._used is None or not self._empty(self._used):
            self._used = self.fresh_database(like)
        kept.keep_only(self._used)
        return self._used

    def _empty(self, address: str) -> bool:
        """Over one connection that stays: a new one first reads the catalog, which takes longer than emptying."""
        for _ in range(2):  # a test may have ended all connections
            if self._emptying is None or self._emptying.closed or self._emptying_at != address:
                self.close()
                self._emptying, self._emptying_at = psycopg.connect(_plain(address), autocommit=True), address
                self._emptying.execute("SET lock_timeout = '1s'")
            try:
                self._emptying.execute(EMPTY)
            except psycopg.errors.LockNotAvailable:
                break
            except psycopg.OperationalError:
                self.close()
            else:
                return True
        self.close()
        return False

    def close(self) -> None:
        if self._emptying is not None:
            self._emptying.close()
            self._emptying = None

    @contextmanager
    def hung(self) -> Iterator[None]:
        """Inside the block the server is there and does nothing: connections are accepted and never answered."""
        # Its own process first, so that it starts no other meanwhile.
        os.kill(self._server, signal.SIGSTOP)
        stopped = [self._server, *_children(self._server)]
        try:
            for process in stopped[1:]:
                os.kill(process, signal.SIGSTOP)
            yield
        finally:
            for process in stopped:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process, signal.SIGCONT)

    @contextmanager
    def asking_for_passwords(self, user: str) -> Iterator[None]:
        """Inside the block there is a user whose password nobody knows."""
        rules = self._folder / "data" / "pg_hba.conf"
        before = rules.read_text()
        with self.connect() as connection:
            connection.execute(f"CREATE ROLE {user} LOGIN PASSWORD '{secrets.token_hex()}'".encode())
            rules.write_text(f"local all {user} scram-sha-256\n{before}")
            connection.execute("SELECT pg_reload_conf()")
            try:
                yield
            finally:
                rules.write_text(before)
                connection.execute("SELECT pg_reload_conf()")
                connection.execute(f"DROP ROLE {user}".encode())

    def connect(self) -> psycopg.Connection:
        """A connection to the server's own database, each statement committed at once."""
        return psycopg.connect(
            host=str(self._folder), port=SETTINGS["port"], user="postgres", dbname="postgres", autocommit=True
        )


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[Cluster]:
    with running_cluster() as cluster:
        yield cluster


@contextmanager
def running_cluster() -> Iterator[Cluster]:
    """Starts the server, and stops and removes it at the end, whatever happens."""
    programs = postgres_bin()
    with tempfile.TemporaryDirectory(prefix="oncall-pg-", dir=_temporary()) as name:
        folder = Path(name)
        owner = _owner()
        if owner:
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        log = folder / "log"
        initdb: list[str | Path] = [
            programs / "initdb",
            f"--pgdata={folder}/data",
            "--username=postgres",
            "--auth=trust",
        ]
        initdb += ["--encoding=UTF8", "--locale=C", "--no-sync"]
        if _start(initdb, folder, owner, log).wait(timeout=60):
            raise RuntimeError(f"initdb failed:\n{log.read_text()}")
        settings = [f"--{name}={value}" for name, value in SETTINGS.items()]
        server = _start([programs / "postgres", "-D", f"{folder}/data", "-k", folder, *settings], folder, owner, log)
        try:
            cluster = Cluster(folder, server.pid)
            _wait(cluster, server, log)
            yield cluster
            cluster.close()
        finally:
            kept.forget()
            _stop(server)


def _children(parent: int) -> list[int]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            # After the name, which may hold anything, in brackets: the state, then the parent (proc(5)).
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            if int(fields[1]) == parent:
                found.append(int(folder.name))
    return found


def _plain(address: str) -> str:
    return address.replace("+psycopg", "")


def _owner() -> pwd.struct_passwd | None:
    # PostgreSQL refuses to run as root, so root lends it another name.
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    return names.get("postgres") or names["nobody"]


def _temporary() -> Path:
    # root's own temporary folder may lie where the lent name cannot go.
    candidates = [Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp")]
    return next((folder for folder in candidates if _open_to_all(folder)), candidates[0])


def _open_to_all(folder: Path) -> bool:
    resolved = folder.resolve()
    return all(step.is_dir() and step.stat().st_mode & 0o001 for step in (resolved, *resolved.parents))


def _start(
    command: Sequence[str | Path], folder: Path, owner: pwd.struct_passwd | None, log: Path
) -> subprocess.Popen[bytes]:
    # PGPORT, PGDATA and their like belong to the person who runs the tests.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    with log.open("ab") as output:
        return subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            user=owner.pw_uid if owner else None,
            group=owner.pw_gid if owner else None,
            extra_groups=[] if owner else None,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )


def _wait(cluster: Cluster, server: subprocess.Popen[bytes], log: Path, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            cluster.connect().close()
        except psycopg.OperationalError as error:
            if server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text()}") from error
            time.sleep(0.02)
        else:
            return


def _stop(server: subprocess.Popen[bytes]) -> None:
    server.send_signal(signal.SIGQUIT)  # at once: nothing in it is worth writing down
    try:
        server.wait(timeout=10)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
