"""What the log says about ordinary things: an import that worked, one that failed, a start and a stop."""

import re
import time
from pathlib import Path

from bench.faults.stage.feeds import refuse
from bench.faults.stage.outcome import Outcome, Scale, broken
from bench.faults.stage.world import World

AT_ONCE = 20
STARTED = re.compile(r"start\w*\b.*seconds=[\d.]+")
STOPPED = re.compile(r"stop\w*\b.*seconds=[\d.]+")
IMPORTED = re.compile(r"imported\b.*host=127\.0\.0\.1.*seconds=[\d.]+")
FAILED = re.compile(r"import failed\b.*cause=\w+.*host=127\.0\.0\.1|import failed\b.*host=127\.0\.0\.1.*cause=\w+")


def written(folder: Path, _scale: Scale) -> Outcome:
    """One feed answers 503; everything else is well."""
    with World(folder, members=2, calendars=2) as world:
        failing, others = world.calendars[0], world.calendars[1:]
        failing.feed.answer = refuse
        world.say_more()
        _, stuck = world.read_all(within=AT_ONCE, which=others)
        _wait_for_failure(world, failing.id)
        state = world.states()[failing.id]
        world.app.stop()
        lines = world.app.log_text().splitlines()
        damage = world.damage()
        missing = {
            "a_start_leaves_a_line_with_its_seconds": STARTED,
            "a_stop_leaves_a_line_with_its_seconds": STOPPED,
            "an_import_leaves_a_line_with_host_and_seconds": IMPORTED,
            "a_failed_import_names_host_and_cause": FAILED,
        }
        found = {promise: any(map(pattern.search, lines)) for promise, pattern in missing.items()}
        return Outcome(
            "ordinary log lines",
            len(world.calendars),
            damage.lost,
            damage.doubled,
            stuck,
            member=state,
            operator=f"{len(lines)} log lines for a start, {len(world.calendars)} imports twice and a stop",
            broken=broken(**{promise: "" if is_there else "no such line" for promise, is_there in found.items()}),
        )


def _wait_for_failure(world: World, calendar_id: int) -> None:
    deadline = time.monotonic() + world.patiently(AT_ONCE)
    while not world.states()[calendar_id].startswith("Retrying"):
        assert time.monotonic() < deadline, world.states()[calendar_id]
        time.sleep(0.1)
