"""The wall clock jumps: an hour back, or 61 days ahead for a while, as a machine does until NTP corrects its clock."""

import time
from datetime import timedelta
from pathlib import Path

from sqlmodel import select

from bench.faults.stage.outcome import Outcome, Scale, broken
from bench.faults.stage.shim import Shim
from bench.faults.stage.watch import Watch
from bench.faults.stage.world import Damage, World
from oncall_ui.models import Calendar, now

BACK, AHEAD = timedelta(hours=-1), timedelta(days=61)
INTERVAL = {"ONCALL_IMPORT_INTERVAL": "1"}
BY_ITSELF = 85
"""Seconds: the interval of a minute and a tenth, and the reading."""
AT_ONCE = 20


def back(folder: Path, scale: Scale) -> Outcome:
    """First the schedule goes on by itself, then Sync now works, then the clock is right again."""
    shim = Shim(folder / "shim")
    with World(folder, settings={**shim.settings, **INTERVAL}) as world, Watch(world.app.base_url) as watch:
        began = time.monotonic()
        shim.set(clock=BACK)
        taken, stuck = 0.0, 0
        if not scale.short:
            for fed in world.calendars:
                fed.feed.say_more()
            taken, stuck = world.read_all(within=BY_ITSELF)
        for fed in world.calendars:
            fed.feed.say_more()
        world.make_due(moment=now() + BACK)
        synced, left = world.read_all(within=AT_ONCE)
        shim.set()
        world.say_more()
        again, behind = world.read_all(within=AT_ONCE)
        damage = world.damage()
        return Outcome(
            "clock an hour back",
            1,
            damage.lost,
            damage.doubled,
            max(stuck, left, behind),
            max(taken, synced, again) if not stuck + left + behind else None,
            world.troubles(),
            watch.told(began),
            broken(
                the_schedule_goes_on=f"{stuck} not read in {BY_ITSELF} s" if stuck else "",
                sync_now_works=f"{left} not read in {AT_ONCE} s" if left else "",
            ),
        )


def ahead(folder: Path, scale: Scale) -> Outcome:
    """Everything is read once while the clock is wrong. It is right again in a running app, then at a start."""
    shim = Shim(folder / "shim")
    damage, most, stuck, future = Damage(), 0.0, 0, 0
    with World(folder, settings={**shim.settings, **INTERVAL}) as world:
        for is_restarted in (False, True)[: scale.of(2, 1)]:
            shim.set(clock=AHEAD)
            world.make_due(moment=now() + AHEAD - timedelta(minutes=1))
            _wait_until_ahead(world)
            if is_restarted:
                world.app.stop()
            shim.set()
            for fed in world.calendars:
                fed.feed.say_more()
            began = time.monotonic()
            if is_restarted:
                world.app.start()
            _, left = world.read_all(within=BY_ITSELF)
            most, stuck = max(most, time.monotonic() - began), max(stuck, left)
            future = max(future, _ahead(world))
            damage += world.damage()
        return Outcome(
            "clock 61 days ahead once",
            scale.of(2, 1),
            0 if stuck else damage.lost,  # the window of then has ended days later; what is stuck says so
            damage.doubled,
            stuck,
            most if not stuck else None,
            world.troubles() or "; ".join(sorted(set(world.states().values()))),
            f"{future} calendars read in the future",
            broken(no_time_lies_in_the_future=f"{future} calendars" if future else ""),
        )


def _wait_until_ahead(world: World) -> None:
    deadline = time.monotonic() + world.patiently(AT_ONCE)
    while _ahead(world) < len(world.calendars):
        assert time.monotonic() < deadline, f"not read with the clock ahead: {world.states()}"
        time.sleep(0.2)


def _ahead(world: World) -> int:
    """Calendars that were read tomorrow or later."""
    with world.db.read() as session:
        times = session.exec(select(Calendar.last_read_at)).all()
    return sum(each is not None and each > now() + timedelta(days=1) for each in times)
