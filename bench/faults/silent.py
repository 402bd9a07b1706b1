"""Servers that accept and don't answer, or never finish, beside healthy ones of other members."""

import time
from collections.abc import Sequence
from pathlib import Path

from sqlmodel import col, func, select

from bench.faults.stage.feeds import Answer, after, drip, stay_silent, stop_after_the_head
from bench.faults.stage.outcome import Outcome, Scale, broken
from bench.faults.stage.world import Fed, World
from oncall_ui.models import Calendar, now

EACH = 50
ROUND = 10.0
"""Seconds in which every healthy calendar is due once."""
BEFORE, MEANWHILE = 2, 6
KEPT = 0.9
DELAY = 0.1
"""Seconds a healthy server takes to answer."""


def one_member(folder: Path, scale: Scale) -> Outcome:
    """All silent ones are one member's."""
    return _play(folder, scale, "silent servers, all of one member", (stay_silent, stop_after_the_head), hostile=1)


def many_members(folder: Path, scale: Scale) -> Outcome:
    """Each silent one is another member's, on another host: no share of anybody's is used up."""
    name = "silent servers, each of another member"
    return _play(folder, scale, name, (stay_silent, stop_after_the_head), hostile=scale.of(EACH, 10))


def dripping(folder: Path, scale: Scale) -> Outcome:
    """A few bytes a second, so that they never count as silent."""
    return _play(folder, scale, "servers that drip, each of another member", (drip,), hostile=scale.of(EACH, 10))


def _play(folder: Path, scale: Scale, name: str, answers: Sequence[Answer], *, hostile: int) -> Outcome:
    each, length = scale.of(EACH, 10), scale.of(int(ROUND), 5)
    hosts = [f"127.0.{1 + at // 200}.{1 + at % 200}" for at in range(2 * each)]
    shares = [1] * each + [each // hostile] * hostile
    with World(folder, members=len(shares), calendars=shares, hosts=hosts) as world:
        healthy, silent = world.calendars[:each], world.calendars[each:]
        for fed in healthy:
            fed.feed.answer = after(DELAY)
        alone = _kept(world, healthy, scale.of(BEFORE, 1), length)
        for at, fed in enumerate(silent):
            fed.feed.answer = answers[at % len(answers)]
        world.make_due(silent)
        beside = _kept(world, healthy, scale.of(MEANWHILE, 2), length)
        world.make_due(healthy)
        _, stuck = world.read_all(within=2 * ROUND, which=healthy)
        damage = world.damage()
        share, usual = sum(beside) / len(beside), sum(alone) / len(alone)
        told = ", ".join(f"{each:.0%}" for each in beside)
        return Outcome(
            name,
            each,
            damage.lost,
            damage.doubled,
            stuck,
            None,
            world.troubles(),
            f"{share:.0%} of the healthy ones that were due were read in time, {usual:.0%} before "
            f"(in turns of {length} s: {told})",
            broken(healthy_ones_keep_90_percent=f"{share:.0%}" if share < KEPT * usual else ""),
        )


def _kept(world: World, healthy: Sequence[Fed], rounds: int, seconds: float) -> list[float]:
    """Share of the healthy calendars read in each round."""
    kept = []
    for _ in range(rounds):
        began, clock = now(), time.monotonic()
        world.say_more(healthy)
        while time.monotonic() - clock < seconds:
            time.sleep(min(1.0, seconds))
            world.states()
        ids = [fed.id for fed in healthy]
        with world.db.read() as session:
            is_read = (col(Calendar.last_read_at) >= began, col(Calendar.id).in_(ids))
            kept.append(session.exec(select(func.count()).select_from(Calendar).where(*is_read)).one() / len(ids))
    return kept
