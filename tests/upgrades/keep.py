"""`python -m tests.upgrades.keep`: keeps a database of this release, as the demo fills it, for the upgrades to come.

`python -m tests.upgrades.keep FILE KEYS` takes the one that an earlier release's demo made, and its key file.
"""

import asyncio
import sqlite3
import sys
import tempfile
from contextlib import closing
from pathlib import Path

from oncall_ui.app import open_app
from oncall_ui.demo import demo_settings
from oncall_ui.demo.feeds import FeedServer
from oncall_ui.demo.seeding import seed
from oncall_ui.demo.team import served
from oncall_ui.migrations import migrate
from oncall_ui.security.vault import KEY_FILE
from tests.upgrades.samples import fill

HERE = Path(__file__).parent
FEWER = (
    "DELETE FROM availability WHERE id NOT IN (SELECT id FROM (SELECT id, row_number() OVER "
    "(PARTITION BY calendar_id ORDER BY id) AS nth FROM availability) WHERE nth <= 8)",
    "DELETE FROM calendar_digest WHERE calendar_id > (SELECT min(calendar_id) FROM calendar_digest)",
    "DELETE FROM audit_entry WHERE id > 15",
    "DELETE FROM shift WHERE id > 12",
)
"""What there is a lot of: these rows say as much."""


def keep(file: Path, keys: str, folder: Path = HERE) -> Path:
    """Writes the fixture of a database that nobody else uses, which is changed. Raises FileExistsError."""
    with closing(sqlite3.connect(file)) as database:
        (revision,) = database.execute("SELECT version_num FROM alembic_version").fetchone()
        database.execute("PRAGMA foreign_keys = ON")
        there = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        for statement in FEWER:
            if statement.split()[2] in there:
                database.execute(statement)
        fill(database)
        database.commit()
        path = folder / f"{revision}.sql"
        with path.open("x", encoding="utf-8") as written:
            written.write("".join(f"-- key {key}\n" for key in keys.split()))
            written.writelines(f"{statement}\n" for statement in database.iterdump())
    return path


async def _demo(folder: Path) -> None:
    with FeedServer(served()) as server:
        app = open_app(demo_settings(folder, server.address))
        try:
            await asyncio.to_thread(migrate, app.db)
            await seed(app, server, "correct horse battery")
        finally:
            app.close()


def main(arguments: list[str]) -> None:
    if arguments:
        file, keys = map(Path, arguments)
        print(keep(file, keys.read_text()))  # noqa: T201
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        asyncio.run(_demo(folder))
        print(keep(folder / "oncall.db", (folder / KEY_FILE).read_text()))  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1:])
