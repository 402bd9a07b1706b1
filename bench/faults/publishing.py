"""kill -9 of a process while it publishes a plan, again and again."""

from dataclasses import dataclass
from pathlib import Path

from bench.faults.stage.forks import Forks, damage_of
from bench.faults.stage.outcome import Outcome, Scale, broken
from bench.faults.stage.published import Published
from oncall_ui.errors import PlanNotReady, PlanOutdated
from oncall_ui.services.schedules.published.publish import publish
from tests.postgres import running_cluster

SHORT, MOST = 3, 100
"""After each kill all plans so far are looked at again."""


@dataclass(slots=True)
class Count:
    """What the kills did."""

    kills: int = 0
    before: int = 0
    """Came before the plan was stored."""
    lost: int = 0
    """Plans that weren’t published although that was said."""
    stuck: int = 0
    """Plans that couldn’t be published afterwards, or could be twice."""


def sqlite(folder: Path, scale: Scale) -> Outcome:
    return _play(folder, "kill -9 while publishing, SQLite", scale)


def postgresql(folder: Path, scale: Scale) -> Outcome:
    with running_cluster() as cluster:
        return _play(folder, "kill -9 while publishing, PostgreSQL", scale, cluster.fresh_database())


def _play(folder: Path, name: str, scale: Scale, database_url: str | None = None) -> Outcome:
    world = Published(folder, database_url)
    try:
        with Forks(folder, world.url, seed=13) as forks:
            takes = forks.act(*_publish(world, world.draft()))
            faults = set(world.faults())
            count = Count()
            for _ in scale.each(scale.of(min(scale.kills, MOST), SHORT)):
                count.kills += 1
                number = world.draft()
                said_done = forks.kill(takes, *_publish(world, number))
                faults.update(world.faults())
                _go_on(world, number, said_done, count)
                faults.update(world.faults())
        return _outcome(world, name, count, sorted(faults))
    finally:
        world.app.close()


def _go_on(world: Published, number: int, said_done: bool, count: Count) -> None:
    """Publishes what the kill kept from being published; what was published can't be published twice."""
    is_published = world.is_published(number)
    count.lost += said_done and not is_published
    count.before += not is_published
    if not is_published:
        count.stuck += not _again(world, number)
    count.stuck += _again(world, number)


def _outcome(world: Published, name: str, count: Count, faults: list[str]) -> Outcome:
    return Outcome(
        name,
        count.kills,
        lost=count.lost,
        stuck=count.stuck,
        operator=f"{count.before} of the kills came before the plan was stored",
        broken=broken(
            each_plan_is_published_whole_or_not_at_all="; ".join(faults), database_is_whole=damage_of(world.app)
        ),
    )


def _publish(world: Published, number: int) -> tuple[str, int, int, int]:
    return "publish", world.manager, world.schedule, number


def _again(world: Published, number: int) -> bool:
    """Publishes it here. Whether that was possible."""
    try:
        publish(world.app, world.manager, world.schedule, number, 1)
    except (PlanNotReady, PlanOutdated):
        return False
    return True
