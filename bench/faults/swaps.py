"""kill -9 of a process in every step of a swap, of cover and of a hand-over, again and again."""

from collections import Counter
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path

from bench.faults.stage.forks import Forks, damage_of
from bench.faults.stage.outcome import Outcome, Scale, broken
from bench.faults.stage.steps import AGAIN, APPROVED, STEPS, Make, take
from bench.faults.stage.swapped import Facts, Swapped
from tests.postgres import running_cluster

SHORT = ("take a part", "swap", "undo")


def sqlite(folder: Path, scale: Scale) -> Outcome:
    return _play(folder, "kill -9 in swaps and cover, SQLite", scale)


def postgresql(folder: Path, scale: Scale) -> Outcome:
    with running_cluster() as cluster:
        return _play(folder, "kill -9 in swaps and cover, PostgreSQL", scale, cluster.fresh_database())


@dataclass(slots=True)
class Count:
    """What the kills did."""

    kills: int = 0
    before: int = 0
    """Came before the step was stored."""
    lost: int = 0
    """Steps that weren’t stored although that was said."""
    doubled: int = 0
    """Steps that could be taken a second time."""
    stuck: int = 0
    """Steps that couldn’t be taken afterwards."""
    faults: set[str] = field(default_factory=set)


def _play(folder: Path, name: str, scale: Scale, database_url: str | None = None) -> Outcome:
    world, count = Swapped(folder, database_url), Count()
    steps = {step: STEPS[step] for step in SHORT} if scale.short else STEPS
    try:
        with Forks(folder, world.url, seed=15) as forks:
            usual = {step: _Usual(world, forks, make) for step, make in steps.items()}
            kills = scale.of(max(scale.kills, len(usual)), len(usual))
            for step, _ in zip(cycle(usual), scale.each(kills), strict=False):
                _kill(world, forks, step, usual[step], count)
        return Outcome(
            name,
            count.kills,
            lost=count.lost,
            doubled=count.doubled,
            stuck=count.stuck,
            operator=f"{count.before} of the kills came before the step was stored; {len(usual)} kinds of steps",
            broken=broken(
                each_step_is_stored_once_and_whole="; ".join(sorted(count.faults)),
                database_is_whole=damage_of(world.app),
            ),
        )
    finally:
        world.app.close()


class _Usual:
    """A step as it is when nothing goes wrong: what it stores, and how long it takes."""

    def __init__(self, world: Swapped, forks: Forks, make: Make) -> None:
        self.make, day = make, world.next_day()
        with world.approving(is_on=make in APPROVED):
            act = make(world, day)
            before = world.facts()
            self.takes = forks.act(*act)
            self.stores = _difference(before, world.facts())
        world.tidy(day)
        assert self.stores, f"it stores nothing: {act}"


def _kill(world: Swapped, forks: Forks, step: str, usual: _Usual, count: Count) -> None:
    day = world.next_day()
    with world.approving(is_on=usual.make in APPROVED):
        act = usual.make(world, day)
        before = world.facts()
        said_done = forks.kill(usual.takes, *act)
        count.kills += 1
        count.faults.update(world.faults())
        stored = _difference(before, world.facts())
        if not stored:
            count.before += 1
            count.lost += said_done
            count.stuck += not take(world, act)
            stored = _difference(before, world.facts())
        if stored != usual.stores:
            count.faults.add(f"{step}: {_words(stored)} instead of {_words(usual.stores)}")
        if step not in AGAIN:
            after = world.facts()
            take(world, act)
            if twice := _difference(after, world.facts()):
                count.doubled += 1
                count.faults.add(f"{step} again: {_words(twice)}")
        count.faults.update(world.faults())
    world.tidy(day)


def _difference(before: Facts, after: Facts) -> Facts:
    """With what became less below zero."""
    found = Counter(after)
    found.subtract(before)
    return Counter({fact: number for fact, number in found.items() if number})


def _words(facts: Facts) -> str:
    return ", ".join(f"{number:+} {' '.join(fact)}" for fact, number in sorted(facts.items()))
