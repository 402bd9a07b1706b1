"""kill -9 of `backup` while the app works, and of `restore` and `move` while it is stopped, again and again."""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import inspect

from bench.faults.stage.content import Content as Feed
from bench.faults.stage.forks import Forks, damage_of_file
from bench.faults.stage.outcome import Outcome, Scale, broken
from bench.faults.stage.world import LOOPBACK, Damage, World
from bench.faults.stage.writing import Writing, logins_in
from oncall_ui.database.database import Database
from oncall_ui.keeping.backup import back_up
from oncall_ui.keeping.backup_file import verified, without_manifest
from oncall_ui.keeping.copying import TABLES, Content, content_of
from oncall_ui.keeping.failing import CannotKeep
from oncall_ui.keeping.leftovers import PREFIX, UNTOUCHED_SECONDS
from oncall_ui.keeping.move import move
from oncall_ui.keeping.restore import restore
from oncall_ui.settings import Settings
from tests.postgres import running_cluster

SHORT, MOST = 1, 100
"""Kills of each of the three."""
EVENTS, BALLAST = 200, 1_000
RECOVERED_WITHIN = 40
Whole = dict[str, Content]
Examine = Callable[[Path], AbstractContextManager[None]]


@dataclass(slots=True)
class Count:
    kills: int = 0
    before: int = 0
    """Came before it was done."""
    lost: int = 0
    """Had said that it was done, and wasn’t; or something that was there before it is gone."""
    stuck: int = 0
    """Couldn’t be done afterwards."""
    half: int = 0
    """Files or databases that are only partly there, and that a later command takes for whole."""
    damage: Damage = field(default_factory=Damage)
    """Of calendars in backups."""


def sqlite(folder: Path, scale: Scale) -> Outcome:
    """Moves go to PostgreSQL, or to another file where it has to be short."""
    if scale.short:
        return _play(folder, "kill -9 of backup, restore and move, SQLite", scale, None, files(folder))
    with running_cluster() as cluster:
        return _play(folder, "kill -9 of backup, restore and move, SQLite", scale, None, cluster.fresh_database)


def postgresql(folder: Path, scale: Scale) -> Outcome:
    """Moves go to SQLite."""
    with running_cluster() as cluster:
        url = cluster.fresh_database()
        return _play(folder, "kill -9 of backup, restore and move, PostgreSQL", scale, url, files(folder))


def files(folder: Path) -> Callable[[], str]:
    """Addresses of databases in files that aren’t there yet."""
    numbers = iter(range(10_000))
    return lambda: f"sqlite:///{folder / f'moved{next(numbers)}.db'}"


def _play(folder: Path, name: str, scale: Scale, url: str | None, fresh: Callable[[], str]) -> Outcome:
    count, backups = Count(), folder / "backups"
    backups.mkdir()
    with World(folder / "world", content=lambda at: Feed(at, EVENTS, BALLAST), database_url=url) as world:
        keeper = Keeper(
            Settings(_env_file=None, data_dir=world.app.data, database_url=world.url), backups, fresh, count
        )
        with Forks(world.app.data, world.url, seed=15, allowed_private_hosts=LOOPBACK) as forks:
            kills = scale.of(min(scale.kills // 2, MOST), SHORT)
            with Writing(world) as writing:
                keeper.back_up(forks, scale.each(kills), lambda path: _examine(world, writing, path, count))
            world.app.stop()
            world.db.close()
            newest = keeper.restore(forks, scale.each(kills))
            keeper.move(forks, scale.each(kills))
        keeper.count_leftovers()
        began = time.monotonic()
        world.db = Database(world.url)
        world.make_due()  # also what was read just before its feed changed
        world.app.start()
        _, stuck = world.read_all(within=RECOVERED_WITHIN)
        seconds = time.monotonic() - began
        return Outcome(
            name,
            count.kills,
            count.lost + count.damage.lost,
            count.damage.doubled,
            count.stuck + stuck,
            None if stuck else seconds,
            operator=f"{count.before} of the kills came before it was done; {newest:,} rows",
            broken=broken(
                nothing_half_is_taken_for_whole=f"{count.half} were" if count.half else "",
                database_is_whole=damage_of_file(world.db),
            ),
        )


class Keeper:
    """Kills the three commands of one installation, and looks at what there is afterwards."""

    def __init__(self, settings: Settings, backups: Path, fresh: Callable[[], str], count: Count) -> None:
        self._settings, self._backups, self._fresh, self._count = settings, backups, fresh, count

    def back_up(self, forks: Forks, kills: Iterator[int], examine: Examine) -> None:
        """A file under the name that was given is whole; `examine` looks into it."""
        takes = forks.act("backup", str(self._backups / "first.backup"))
        for number in kills:
            path = self._backups / f"{number}.backup"
            with examine(path):
                said_done = forks.kill(takes, "backup", str(path))
            self._note(said_done, path.exists())
            self._count.half += path.exists() and _is_refused(path)
            for half in self._backups.glob(f"{PREFIX}*.part"):
                self._count.half += not _is_refused(half) and not verified(half).rows

    def restore(self, forks: Forks, kills: Iterator[int]) -> int:
        """Afterwards there is what was there before or what is in the first backup. Returns the rows that there are."""
        saved, now = self._backups / "first.backup", self._backups / "now.backup"
        made = back_up(self._settings, now)
        of_saved, of_now = self._content_of_backup(saved), self._content()
        restore(self._settings, now)  # as often as it is done below
        takes = forks.act("restore", str(saved))
        for _ in kills:
            restore(self._settings, now)
            said_done = forks.kill(takes, "restore", str(saved))
            found = self._content()
            self._note(said_done, found == of_saved)
            self._count.lost += found not in (of_saved, of_now)
            restore(self._settings, saved)
            self._count.stuck += self._content() != of_saved
        restore(self._settings, now)
        self._count.lost += self._content() != of_now
        for kept in self._settings.data_dir.glob("*.before-restore-*"):
            kept.unlink()
        return made.manifest.rows

    def move(self, forks: Forks, kills: Iterator[int]) -> None:
        """Afterwards there are no tables, or every row; and the old database is as it was."""
        whole, url = self._content(), self._fresh()
        takes = forks.act("move", url)
        self._count.lost += _content_at(url) != whole
        for _ in kills:
            url = self._fresh()
            said_done = forks.kill(takes, "move", url)
            is_whole = _has_tables(url) and _content_at(url) == whole
            self._note(said_done, is_whole)
            self._count.half += _has_tables(url) and not is_whole
            if not is_whole:
                move(self._settings, url)
                self._count.stuck += _content_at(url) != whole
            self._count.lost += self._content() != whole
        back = f"sqlite:///{self._backups / 'back.db'}"
        move(self._settings.model_copy(update={"database_url": url}), back)
        self._count.lost += _content_at(back) != whole

    def count_leftovers(self) -> None:
        """What killed commands left behind goes with the next one, once it is old."""
        for folder in (self._backups, self._settings.data_dir):
            for path in folder.glob(f"{PREFIX}*"):
                for each in (path, *path.rglob("*")):
                    os.utime(each, (time.time() - 2 * UNTOUCHED_SECONDS,) * 2)
        restore(self._settings, back_up(self._settings, self._backups / "last.backup").path)
        left = [*self._backups.glob(f"{PREFIX}*"), *self._settings.data_dir.glob(f"{PREFIX}*")]
        self._count.half += len(left)

    def _note(self, said_done: bool, is_done: bool) -> None:
        self._count.kills += 1
        self._count.before += not is_done
        self._count.lost += said_done and not is_done

    def _content(self) -> Whole:
        return _content_at(self._settings.database)

    def _content_of_backup(self, path: Path) -> Whole:
        with _Opened(path) as db:
            return _content(db)


@contextmanager
def _examine(world: World, writing: Writing, path: Path, count: Count) -> Iterator[None]:
    """Of a backup that is begun inside: it holds what was stored before, and each calendar as its feed once had it."""
    stored = writing.logins
    yield
    most = writing.logins + 1  # one may be stored and not counted yet
    if path.exists() and not _is_refused(path):
        with _Opened(path) as db:
            count.lost += not stored <= logins_in(db) <= most
            live, world.db = world.db, db
            try:
                count.damage += world.damage()
            finally:
                world.db = live


class _Opened:
    """A copy of a backup as a usual database."""

    def __init__(self, path: Path) -> None:
        self._copy = path.with_suffix(".opened")
        shutil.copyfile(path, self._copy)
        without_manifest(self._copy)
        self._db = Database(f"sqlite:///{self._copy}")

    def __enter__(self) -> Database:
        return self._db

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        self._db.close()
        self._copy.unlink()


def _is_refused(path: Path) -> bool:
    """With a sentence."""
    try:
        verified(path)
    except CannotKeep:
        return True
    return False


def _content_at(url: str) -> Whole:
    db = Database(url)
    try:
        return _content(db)
    finally:
        db.close()


def _content(db: Database) -> Whole:
    with db.engine.connect() as connection:
        return {table.name: content_of(connection, table) for table in TABLES}


def _has_tables(url: str) -> bool:
    db = Database(url)
    try:
        return bool(inspect(db.engine).get_table_names())
    finally:
        db.close()
