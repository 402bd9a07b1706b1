"""kill -9 of a process while it notices that leave landed on a shift, and while it uses a fix, again and again."""

from dataclasses import dataclass
from pathlib import Path

from bench.faults.stage.forks import Forks, damage_of
from bench.faults.stage.outcome import Outcome, Scale, broken
from bench.faults.stage.published import DAYS
from bench.faults.stage.repaired import Repaired
from oncall_ui.services.schedules.conflicts.applying import use_repair
from oncall_ui.services.schedules.conflicts.repairing import read_broken
from oncall_ui.services.schedules.conflicts.watching import sweep
from oncall_ui.solving.repair.repairing import repairs
from tests.postgres import running_cluster

SHORT = 1


@dataclass(slots=True)
class Count:
    """What the kills did."""

    kills: int = 0
    unseen: int = 0
    """Leave that was stored and had no conflict when the process died."""
    before: int = 0
    """Came before a fix was stored."""
    lost: int = 0
    """Fixes that weren’t there although that was said."""
    stuck: int = 0
    """Conflicts that the next look didn’t find, or no fix ended."""


def sqlite(folder: Path, scale: Scale) -> Outcome:
    return _play(folder, "kill -9 while finding and repairing conflicts, SQLite", scale)


def postgresql(folder: Path, scale: Scale) -> Outcome:
    with running_cluster() as cluster:
        return _play(
            folder, "kill -9 while finding and repairing conflicts, PostgreSQL", scale, cluster.fresh_database()
        )


def _play(folder: Path, name: str, scale: Scale, database_url: str | None = None) -> Outcome:
    world, count, faults = Repaired(folder, database_url), Count(), set[str]()
    try:
        with Forks(folder, world.url, seed=14) as forks:
            takes = forks.act(*_block(world, 0)), forks.act(*_repair(world))
            faults.update(world.faults())
            for number in scale.each(min(scale.of(scale.kills // 2, SHORT), DAYS - 2)):
                day = number + 1
                count.kills += 2
                forks.kill(takes[0], *_block(world, day))
                faults.update(world.faults())
                _find(world, forks, day, count)
                faults.update(world.faults())
                said_done = forks.kill(takes[1], *_repair(world))
                faults.update(world.faults())
                _go_on(world, said_done, count)
                faults.update(world.faults())
        return Outcome(
            name,
            count.kills,
            lost=count.lost,
            stuck=count.stuck,
            operator=f"{count.unseen} kills came between leave and its conflict, {count.before} before the fix",
            broken=broken(
                each_conflict_and_fix_is_there_once_and_whole="; ".join(sorted(faults)),
                database_is_whole=damage_of(world.app),
            ),
        )
    finally:
        world.app.close()


def _find(world: Repaired, forks: Forks, day: int, count: Count) -> None:
    """What the process that starts afterwards does: it imports again what wasn’t stored, and looks at everything."""
    if not world.is_blocked(day):
        forks.act(*_block(world, day))
    elif not world.open_conflicts():
        count.unseen += 1
    sweep(world.app)
    sweep(world.app)
    count.stuck += world.open_conflicts() != 1


def _go_on(world: Repaired, said_done: bool, count: Count) -> None:
    is_repaired = not world.open_conflicts()
    count.lost += said_done and not is_repaired
    count.before += not is_repaired
    if not is_repaired:
        broken = read_broken(world.app, world.manager, world.schedule)
        fix = repairs(broken.problem, broken.roster, broken.needed)[0]
        use_repair(world.app, world.manager, world.schedule, broken, fix)
    count.stuck += world.open_conflicts() != 0


def _block(world: Repaired, day: int) -> tuple[str, int, int, int, str]:
    holder = world.holder(day)
    return "block", holder, world.schedule, world.calendars[holder], world.at(day).isoformat()


def _repair(world: Repaired) -> tuple[str, int, int]:
    return "repair", world.manager, world.schedule
