"""How the app ends, as a process of its own: soon, cleanly and with exit status 0, whatever is under way."""

import contextlib
import json
import os
import re
import signal
import socket
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from oncall_ui.app import open_app
from oncall_ui.database.database import Database
from oncall_ui.domain.imports.state import State
from oncall_ui.migrations import migrate
from oncall_ui.models import Calendar, Connection, now
from oncall_ui.services.accounts.members import add_member
from oncall_ui.settings import Settings
from tests.calendars import calendar, event
from tests.conftest import QUICK_PASSWORDS
from tests.e2e.server import Server
from tests.fakes.feeds import FeedServer
from tests.postgres import Cluster

pytestmark = pytest.mark.slow  # processes of their own

SOON = 10
"""Seconds: Docker kills after as many."""


class SilentServer:
    """Takes connections and never says a word, like a mail server that hangs."""

    def __init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]

    def reached(self) -> None:
        self._listening.settimeout(60)
        self._taken = self._listening.accept()[0]

    def close(self) -> None:
        self._listening.close()


@pytest.fixture
def mail_server() -> Iterator[SilentServer]:
    with closing(SilentServer()) as server:
        yield server


def settings_for(mail_server: SilentServer) -> dict[str, str]:
    return {
        "ONCALL_SMTP_HOST": "127.0.0.1",
        "ONCALL_SMTP_PORT": str(mail_server.port),
        "ONCALL_SMTP_SECURITY": "none",
        "ONCALL_MAIL_FROM": "oncall@example.org",
    }


def due(server: Server, url: str, database_url: str = "") -> None:
    """A member with a calendar to be imported now, and one that is broken for so long that an email is due."""
    settings = Settings(_env_file=None, data_dir=server.data, database_url=database_url)
    app = open_app(settings, passwords=QUICK_PASSWORDS)
    migrate(app.db)
    add_member(app, name="Ann", email="ann@example.org", password="correct horse battery", zone="UTC")
    sealed = app.vault.seal(json.dumps({"url": url}))
    with app.db.write() as session:
        for number, state in enumerate((State.WAITING, State.NEEDS_YOU), start=1):
            row = Connection(
                id=number, member_id=1, product="ics", nickname="", account="", fingerprint=str(number), sealed=sealed
            )
            session.add(row)
            session.flush()
            broken: dict[str, Any] = {"next_import_at": now()}
            if state is State.NEEDS_YOU:
                broken = {"broken_since": now() - timedelta(days=8)}
            session.add(Calendar(connection_id=number, remote_id="", name="Work", is_on=True, state=state, **broken))
    app.close()


def open_page(server: Server) -> socket.socket:
    """A browser that was suspended: its websocket is open, and it answers nothing."""
    browser = socket.create_connection(("127.0.0.1", server.port), timeout=60)
    browser.sendall(
        b"GET /_nicegui_ws/socket.io/?EIO=4&transport=websocket HTTP/1.1\r\n"
        + f"Host: 127.0.0.1:{server.port}\r\nOrigin: {server.base_url}\r\n".encode()
        + b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        + b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    assert browser.recv(12) == b"HTTP/1.1 101"
    return browser


def test_everything_under_way_at_once_does_not_hold_it_up(
    tmp_path: Path, feeds: FeedServer, mail_server: SilentServer
) -> None:
    server = Server(tmp_path, settings=settings_for(mail_server))
    due(server, feeds.serve("/work.ics", calendar(event("noc"))))
    with feeds.hold("/work.ics") as held:
        server.start()
        held.reached()
        mail_server.reached()
        with closing(open_page(server)):
            status, seconds = server.end(signal.SIGTERM)
    said = server.log_text()
    assert (status, seconds < SOON) == (0, True), said
    assert [len(re.findall(rf"\] {line}\b", said)) for line in ("started", "stopping", "stopped")] == [1, 1, 1], said
    assert "Traceback" not in said
    assert not leased(f"sqlite:///{server.data / 'oncall.db'}"), "the import is due at once"


def test_threads_that_wait_for_a_locked_file_do_not_hold_it_up(tmp_path: Path, feeds: FeedServer) -> None:
    server = Server(tmp_path, warm=True)
    due(server, feeds.serve("/work.ics", calendar(event("noc"))))
    with feeds.hold("/work.ics") as held:
        server.start()
        held.reached()
        with closing(sqlite3.connect(server.data / "oncall.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            assert until(lambda: waits_for_a_lock(server)), "a thread waits in SQLite"
            status, seconds = server.end(signal.SIGHUP)
    assert (status, seconds < SOON) == (0, True), server.log_text()


def test_a_hung_postgresql_does_not_hold_it_up(tmp_path: Path, feeds: FeedServer, postgres_cluster: Cluster) -> None:
    url = postgres_cluster.fresh_database()
    server = Server(tmp_path, database_url=url, warm=True)
    due(server, feeds.serve("/work.ics", calendar(event("noc"))), url)
    with feeds.hold("/work.ics") as held:
        server.start()
        held.reached()
        with postgres_cluster.hung():
            server.wait_until_not_ready()
            status, seconds = server.end(signal.SIGINT)
    assert (status, seconds < SOON) == (0, True), server.log_text()


def test_a_second_ctrl_c_ends_it_at_once(tmp_path: Path) -> None:
    server = Server(tmp_path, warm=True)
    server.start()
    with closing(open_page(server)):
        os.kill(server.pid, signal.SIGINT)
        assert until(lambda: "stopping" in server.log_text())
        status, seconds = server.end(signal.SIGINT)
    assert (status, seconds < SOON) == (130, True), server.log_text()
    assert "stopped" not in server.log_text()


def test_a_signal_during_the_start_ends_it_as_well(tmp_path: Path) -> None:
    server = Server(tmp_path)
    server.launch()
    assert until((server.data / "oncall.db").exists)
    status, seconds = server.end(signal.SIGTERM)
    assert (status, seconds < SOON) == (0, True), server.log_text()
    assert "Traceback" not in server.log_text()


def leased(url: str) -> bool:
    db = Database(url)
    try:
        with db.read() as session:
            return any(lease is not None for lease in session.exec(select(Calendar.lease)))
    finally:
        db.close()


def waits_for_a_lock(server: Server) -> bool:
    """SQLite sleeps between its attempts, in a thread of the app's."""
    for task in Path(f"/proc/{server.pid}/task").iterdir():
        with contextlib.suppress(OSError):
            if (task / "comm").read_text() and "nanosleep" in (task / "wchan").read_text():
                return True
    return False


def until(condition: Callable[[], bool], seconds: float = 30) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return False
