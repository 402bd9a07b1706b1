"""kill -9 of the whole app in the middle of imports, again and again."""

import random
import time
from pathlib import Path

from sqlalchemy import text

from bench.faults.stage.content import Content
from bench.faults.stage.outcome import Outcome, Scale, broken
from bench.faults.stage.world import Damage, World
from tests.postgres import running_cluster

EVENTS, BALLAST = 300, 1_500
LONGEST = 1.2
"""Seconds from the moment everything is due to the kill; reading it all takes about as long."""
RECOVERED_WITHIN = 40
"""Seconds: leases of the dead process run out first."""
SHORT = 3
FEWER_ON_POSTGRESQL = 10


def sqlite(folder: Path, scale: Scale) -> Outcome:
    kills = min(scale.kills, SHORT) if scale.short else scale.kills
    return _play(folder, "kill -9 of the app, SQLite", kills, scale)


def postgresql(folder: Path, scale: Scale) -> Outcome:
    """A tenth of the kills."""
    kills = min(scale.kills, SHORT) if scale.short else max(scale.kills // FEWER_ON_POSTGRESQL, 1)
    with running_cluster() as cluster:
        return _play(folder, "kill -9 of the app, PostgreSQL", kills, scale, cluster.fresh_database())


def _play(folder: Path, name: str, kills: int, scale: Scale, database_url: str | None = None) -> Outcome:
    damage, in_the_middle, versions, killed = Damage(), 0, 0, 0
    deadline = time.monotonic() + 60 * scale.minutes

    def content(number: int) -> Content:
        return Content(number, EVENTS, BALLAST)

    with World(folder, content=content, database_url=database_url, warm=scale.short) as world:
        while killed < kills and (not killed or time.monotonic() < deadline):
            if killed:
                world.end_leases()
                world.app.start()
            versions += len(world.calendars)
            world.say_more()
            time.sleep(random.uniform(0.05, LONGEST))  # noqa: S311 - a moment, not a secret
            world.app.kill()
            in_the_middle += world.leased() > 0
            damage += world.damage()
            killed += 1
        began = time.monotonic()
        world.make_due()  # also what was read, before the kill, just before its feed changed
        world.app.start()
        _, stuck = world.read_all(within=RECOVERED_WITHIN)
        seconds = time.monotonic() - began
        damage += world.damage()
        return Outcome(
            name,
            killed,
            damage.lost,
            damage.doubled,
            stuck,
            seconds if not stuck else None,
            world.troubles(),
            f"{in_the_middle} of the kills hit an import; {versions:,} versions were served",
            broken(database_is_whole=_faults_of(world)),
        )


def _faults_of(world: World) -> str:
    if not world.url.startswith("sqlite"):
        return ""
    with world.db.engine.connect() as connection:
        found = str(connection.execute(text("PRAGMA integrity_check")).scalar())
    return "" if found == "ok" else found
