"""kill -9 of an upgrade at each of its steps, from every released schema, with rows in every table."""

import random
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.faults.stage.migrating import Migrations
from bench.faults.stage.outcome import Outcome, Scale, broken
from oncall_ui.database.database import Database
from tests.postgres import Cluster, running_cluster
from tests.upgrades.released import REVISIONS, Rows, carry, content, load, name_of, upgraded

SHORT = 3
"""Kills of one upgrade."""


@dataclass(frozen=True, slots=True)
class Old:
    """A database of an earlier release, of which copies are upgraded."""

    revision: str
    copy: Callable[[], str]
    """The address of a new one."""


@dataclass(slots=True)
class Count:
    kills: int = 0
    lost: int = 0
    """Upgrades after which rows were missing, or others than those of one that wasn’t killed."""
    between: int = 0
    """Databases that were neither as before the kill nor as after the upgrade."""
    slowest: float = 0.0
    """Seconds of the upgrade that follows a kill."""


def sqlite(folder: Path, scale: Scale) -> Outcome:
    def old(revision: str) -> Old:
        file, copied = folder / f"{revision}.db", folder / "copied.db"
        load(revision, file).close()

        def copy() -> str:
            for beside in folder.glob(f"{copied.name}*"):
                beside.unlink()
            shutil.copyfile(file, copied)
            return f"sqlite:///{copied}"

        return Old(revision, copy)

    return _play("kill -9 of an upgrade at each step, SQLite", old, scale)


def postgresql(folder: Path, scale: Scale) -> Outcome:
    with running_cluster() as cluster:
        return _play(
            "kill -9 of an upgrade at each step, PostgreSQL",
            lambda revision: _carried(folder, cluster, revision),
            scale,
        )


def _carried(folder: Path, cluster: Cluster, revision: str) -> Old:
    source, template = load(revision, folder / f"{revision}.db"), Database(cluster.fresh_database())
    upgraded(template.url, revision)
    carry(source, template)
    source.close()
    template.close()
    return Old(revision, lambda: cluster.fresh_database(like=name_of(template)))


def _play(name: str, old: Callable[[str], Old], scale: Scale) -> Outcome:
    """The longest upgrade is killed at each of its steps, as far as kills allow, the others at three of theirs."""
    count = Count()
    revisions = REVISIONS[:1] if scale.short else REVISIONS[:-1]
    with Migrations() as migrations:
        for revision in revisions:
            most = scale.of(scale.kills, SHORT) if revision == revisions[0] else SHORT
            _kill(old(revision), migrations, scale.each(most), count)
    return Outcome(
        name,
        count.kills,
        lost=count.lost,
        recovered=count.slowest,
        operator=f"from {len(revisions)} schemas; the next start did the upgrade",
        broken=broken(never_in_between=f"{count.between} were neither as before nor as after" if count.between else ""),
    )


def _kill(old: Old, migrations: Migrations, kills: Iterator[int], count: Count) -> None:
    url = old.copy()
    before = _content(url)
    steps = migrations.run(url)
    after = _content(url)
    for step in _steps(steps, kills):
        url = old.copy()
        migrations.run(url, kill_at=step)
        count.kills += 1
        count.between += _content(url) != before
        began = time.monotonic()
        migrations.run(url)
        count.slowest = max(count.slowest, time.monotonic() - began)
        count.lost += _content(url) != after


def _steps(number: int, kills: Iterator[int]) -> Iterator[int]:
    """First the last one, which is the commit, then any others, each once."""
    others = random.Random(number).sample(range(1, number), number - 1)  # noqa: S311 - moments, not a secret
    for _, step in zip(kills, [number, *others], strict=False):
        yield step


def _content(url: str) -> Rows:
    """In any order that depends on the rows alone."""
    db = Database(url)
    try:
        return {table: sorted(rows, key=repr) for table, rows in content(db).items()}
    finally:
        db.close()
