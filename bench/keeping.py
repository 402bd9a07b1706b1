"""`python -m bench.keeping [ROWS]`: backup and move of much data beside the databases’ own tools, in one run.

10,000 calendars, and 1,000,000 rows of availability unless another number is given.
"""

import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TypeVar

from sqlalchemy import insert
from sqlalchemy.engine import make_url

from oncall_ui.database.database import Database
from oncall_ui.keeping.backup import back_up
from oncall_ui.keeping.backup_file import verified
from oncall_ui.keeping.move import move
from oncall_ui.keeping.restore import restore
from oncall_ui.migrations import migrate
from oncall_ui.models import Availability, Calendar, Connection, Member, now
from oncall_ui.security.vault import Vault, load_keys
from oncall_ui.settings import Settings
from tests.postgres import running_cluster
from tests.provide import postgres_bin

MEMBERS, CALENDARS, ROWS, AT_ONCE = 1_000, 10_000, 1_000_000, 20_000
NO_PASSWORD = "none"  # noqa: S105 - nobody logs in
T = TypeVar("T")


def main(rows: int) -> None:
    with tempfile.TemporaryDirectory() as name, running_cluster() as cluster:
        folder, dump = Path(name), Path(name) / "dump"
        settings = Settings(_env_file=None, data_dir=folder, database_url=f"sqlite:///{folder / 'oncall.db'}")
        _fill(settings.database, rows, Vault(load_keys(folder, None)).seal("{}"))
        _say(f"{rows:,} rows of availability, {(folder / 'oncall.db').stat().st_size / 1e6:.0f} MB in SQLite")
        own = _timed("sqlite3.Connection.backup", lambda: _copy(folder / "oncall.db", folder / "copy.db"))
        _timed("run.py backup, from SQLite", lambda: back_up(settings, folder / "a.backup"), own)
        _timed("restore verifies it", lambda: verified(folder / "a.backup"), own)
        there = settings.model_copy(update={"database_url": cluster.fresh_database()})
        moved = _timed("run.py move, SQLite to PostgreSQL", lambda: move(settings, there.database))
        url = make_url(there.database)
        where = [f"--host={url.query['host']}", "--username=postgres"]
        _program("pg_dump", *where, f"--file={dump}", "--format=custom", str(url.database), told="pg_dump")
        _program("createdb", *where, "again", told="")
        own = _program("pg_restore", *where, "--dbname=again", str(dump), told="pg_restore")
        _say(f"run.py move takes {moved / own:.1f} times as long as pg_restore")
        own = _program("pg_dump", *where, f"--file={dump}", "--format=custom", str(url.database), told="pg_dump")
        _timed("run.py backup, from PostgreSQL", lambda: back_up(there, folder / "b.backup"), own)
        _timed("run.py restore, into PostgreSQL", lambda: restore(there, folder / "b.backup"), own)
        _timed("run.py move, PostgreSQL to SQLite", lambda: move(there, f"sqlite:///{folder / 'back.db'}"), own)


def _fill(url: str, rows: int, sealed: str) -> None:
    db = Database(url)
    migrate(db)
    each, moment = rows // CALENDARS, now()
    with db.write() as session:
        session.add_all(
            Member(id=number, name=f"M{number}", email=f"m{number}@example.org", password_hash=NO_PASSWORD, zone="UTC")
            for number in range(1, MEMBERS + 1)
        )
        session.flush()
        session.add_all(
            Connection(
                id=number, member_id=number, product="ics", nickname="", account="", fingerprint="f", sealed=sealed
            )
            for number in range(1, MEMBERS + 1)
        )
        session.flush()
        session.add_all(
            Calendar(id=number, connection_id=number % MEMBERS + 1, remote_id=str(number), name="Work")
            for number in range(1, CALENDARS + 1)
        )
    for first in range(0, rows, AT_ONCE):
        values = [
            {
                "member_id": (number // each + 1) % MEMBERS + 1,
                "calendar_id": number // each + 1,
                "start": moment,
                "end": moment,
                "action": "block",
                "key": number.to_bytes(8),
            }
            for number in range(first, min(first + AT_ONCE, each * CALENDARS))
        ]
        with db.write() as session:
            session.execute(insert(Availability), values)
    db.close()


def _copy(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(target)) as file:
        live.backup(file)


def _program(name: str, *arguments: str, told: str) -> float:
    def run() -> None:
        subprocess.run([postgres_bin() / name, *arguments], check=True)  # noqa: S603 - our own

    return _timed(told, run)


def _timed(name: str, call: Callable[[], T], own: float = 0.0) -> float:
    began = time.monotonic()
    call()
    seconds = time.monotonic() - began
    ratio = f", {seconds / own:.1f} times the tool’s own" if own else ""
    if name:
        _say(f"{name}: {seconds:.1f} s{ratio}")
    return seconds


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS)
