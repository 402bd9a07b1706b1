"""A backup: a SQLite database with every row of the installation, and in a table of its own what must be in it."""

import json
import os
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from oncall_ui.keeping.failing import CannotKeep

FORMAT = 1
MANIFEST = "oncall_backup"
VERSIONS = "alembic_version"


@dataclass(frozen=True, slots=True)
class Manifest:
    schema: str
    """Revision of the tables."""
    made_at: datetime
    tables: Mapping[str, str]
    """By name: the number of rows, and a digest of them in their order."""
    keys: Sequence[str] = ()
    """Those that open its credentials, newest first; empty unless they were asked for."""
    format: int = FORMAT

    @property
    def rows(self) -> int:
        """Without the revision."""
        return sum(int(each.split(":")[0]) for name, each in self.tables.items() if name != VERSIONS)


def seal(path: Path, keys: Sequence[str]) -> Manifest:
    """Makes a backup of a SQLite file that nobody else uses: writes into it what it holds, and to the disk."""
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        file.execute("PRAGMA journal_mode=DELETE")  # one file, wherever it is copied
        (schema,) = file.execute(f"SELECT version_num FROM {VERSIONS}").fetchone()  # noqa: S608 - a name of ours
        manifest = Manifest(str(schema), datetime.now(UTC), _tables(file), tuple(keys))
        written = json.dumps(asdict(manifest) | {"made_at": manifest.made_at.isoformat()})
        file.execute("BEGIN")  # both or nothing, if this is killed
        file.execute(f"CREATE TABLE {MANIFEST} (content TEXT NOT NULL)")
        file.execute(f"INSERT INTO {MANIFEST} VALUES (?)", (written,))  # noqa: S608
        file.execute("COMMIT")
    with path.open("rb") as written_file:
        os.fsync(written_file.fileno())
    return manifest


def verified(path: Path) -> Manifest:
    """What a backup holds, which is all there and unchanged. Raises CannotKeep, with a sentence about this file."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as file:
            return _verified(path, file)
    except sqlite3.DatabaseError as error:
        if not path.is_file():
            raise CannotKeep(f"{path} can’t be read. Name a file that “run.py backup” wrote.") from error
        raise CannotKeep(_not_ours(path) if _is_other(path) else _damaged(path, str(error))) from error


def without_manifest(path: Path) -> None:
    """Makes a usual database of a copy of a backup."""
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        file.execute(f"DROP TABLE {MANIFEST}")


def _verified(path: Path, file: sqlite3.Connection) -> Manifest:
    if not file.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (MANIFEST,)).fetchone():
        raise CannotKeep(_not_ours(path))
    contents = file.execute(f"SELECT content FROM {MANIFEST}").fetchall()  # noqa: S608
    try:
        ((content,),) = contents
        values = json.loads(content)
        if values["format"] > FORMAT:
            raise CannotKeep(f"{path} was written by a newer version of the app. Install that version, then restore.")
        manifest = Manifest(**values | {"made_at": datetime.fromisoformat(values["made_at"])})
        expected = dict(manifest.tables)
    except (ValueError, TypeError, KeyError) as error:
        if isinstance(error, CannotKeep):
            raise
        raise CannotKeep(_damaged(path, "its list of contents can’t be read")) from error
    (found,) = file.execute("PRAGMA integrity_check(1)").fetchone()
    if found != "ok":
        raise CannotKeep(_damaged(path, str(found).splitlines()[-1]))
    tables = _tables(file)
    if tables != expected:
        changed = sorted(name for name in tables.keys() | expected.keys() if tables.get(name) != expected.get(name))
        raise CannotKeep(_damaged(path, f"{', '.join(changed)} differs from what was written"))
    return manifest


def _tables(file: sqlite3.Connection) -> dict[str, str]:
    names = file.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite^_%' ESCAPE '^' ORDER BY name"
    )
    return {name: _digest(file, name) for (name,) in names.fetchall() if name != MANIFEST}


def _digest(file: sqlite3.Connection, table: str) -> str:
    rows, digest = 0, sha256()
    for row in file.execute(f'SELECT * FROM "{table}" ORDER BY rowid'):  # noqa: S608 - a name from the file, quoted
        rows += 1
        digest.update(repr(row).encode())
    return f"{rows}:{digest.hexdigest()}"


def _is_other(path: Path) -> bool:
    """Whether it never was a SQLite file."""
    with path.open("rb") as file:
        return not file.read(16).startswith(b"SQLite format 3")


def _not_ours(path: Path) -> str:
    return f"{path} is not a backup of On-Call Optimizer. Name a file that “run.py backup” wrote."


def _damaged(path: Path, how: str) -> str:
    return f"{path} is damaged ({how}), so nothing was changed. Restore another backup."
