"""The app is asked to stop while imports run."""

import signal
import time
from pathlib import Path

from bench.faults.stage.content import Content
from bench.faults.stage.feeds import give, stay_silent
from bench.faults.stage.outcome import Outcome, Scale, broken
from bench.faults.stage.world import Damage, World
from oncall_ui.domain.imports.state import State

LIMIT = 10.0
AT_ONCE = 15.0
"""Seconds from ready to everything read: no lease has to run out first."""
BALLAST = 6_000


def sigterm(folder: Path, scale: Scale) -> Outcome:
    return _play(folder, signal.SIGTERM, scale)


def sighup(folder: Path, scale: Scale) -> Outcome:
    return _play(folder, signal.SIGHUP, scale)


def _play(folder: Path, number: signal.Signals, scale: Scale) -> Outcome:
    tries = scale.of(3, 1)
    damage, stuck, slowest, most, wrong, held = Damage(), 0, 0.0, 0.0, set[str](), 0
    with World(folder, content=lambda at: Content(at, ballast=BALLAST if at < 2 else 0), warm=scale.short) as world:
        for _ in range(tries):
            # The last ones wait for their servers, the first ones are read in a worker.
            for fed in world.calendars[2:]:
                fed.feed.answer = stay_silent
            world.say_more(world.calendars[2:])
            _wait_for_imports(world, len(world.calendars) - 2)
            world.say_more(world.calendars[:2])
            time.sleep(0.7)
            ended = world.app.end_by(number)
            slowest = max(slowest, ended.seconds)
            if not ended.is_clean:
                wrong.add(f"{ended.status}")
            held += world.leased()
            damage += world.damage()
            for fed in world.calendars:
                fed.feed.answer = give
            world.app.start()
            taken, left = world.read_all(within=AT_ONCE)
            most, stuck = max(most, taken), stuck + left
        return Outcome(
            f"{number.name} with imports running",
            tries,
            damage.lost,
            damage.doubled,
            stuck,
            most if not stuck else None,
            world.troubles(),
            f"gone after {slowest:.1f} s at most",
            broken(
                exit_status_is_0=", ".join(wrong),
                ends_in_10_s=f"{slowest:.1f} s" if slowest >= world.patiently(LIMIT) else "",
                leases_are_given_back=f"{held} were held" if held else "",
            ),
        )


def _wait_for_imports(world: World, count: int) -> None:
    deadline = time.monotonic() + 20
    while world.count_in(State.IMPORTING) < count:
        assert time.monotonic() < deadline, f"imports didn’t start: {world.states()}"
        time.sleep(0.1)
