"""Previews that members cancel, beside other members' imports: a call may only ever end itself."""

import asyncio
import contextlib
import random
import time
from datetime import timedelta
from pathlib import Path

from bench.faults.stage.content import Content
from bench.faults.stage.outcome import Outcome, Scale, broken
from bench.faults.stage.world import World
from oncall_ui.app import App
from oncall_ui.jobs import Jobs
from oncall_ui.services.imports.preview import preview

BALLAST = 3_000
LONGEST = 0.25
"""Seconds a member looks at a preview before leaving; reading it takes about as long."""
AT_ONCE = 20
LATER = 150
ROUNDS_SHORT = 30


def cancelled(folder: Path, scale: Scale) -> Outcome:
    """The services and worker processes of the app, without its pages: cancelling is what a closed page does."""
    rounds = min(scale.previews, ROUNDS_SHORT) if scale.short else scale.previews
    with World(folder, content=lambda number: Content(number, ballast=BALLAST), is_running=False) as world:
        seconds, slow, stuck = asyncio.run(_rounds(world, rounds))
        damage, troubles = world.damage(), world.troubles()
        return Outcome(
            "previews cancelled beside imports",
            rounds,
            damage.lost,
            damage.doubled,
            stuck,
            seconds if not stuck else None,
            troubles,
            broken=broken(nobody_else_is_ended=troubles, imports_end_within_20_s=f"{slow} did not" if slow else ""),
        )


async def _rounds(world: World, rounds: int) -> tuple[float, int, int]:
    app = world.open_app()
    jobs = Jobs(app, every=timedelta(seconds=0.2))
    jobs.start()
    try:
        await asyncio.to_thread(world.read_first)
        imported, previewed = world.calendars[:-1], world.calendars[-1]
        for number in range(rounds):
            await asyncio.to_thread(world.say_more, [imported[number % len(imported)]])
            await _left_early(app, previewed.member_id, previewed.id)
            if number % 5 == 0:
                await asyncio.to_thread(world.states)
        began = time.monotonic()
        await asyncio.to_thread(world.make_due)  # also what was read just before its feed changed
        _, slow = await asyncio.to_thread(world.read_all, within=AT_ONCE)
        _, stuck = await asyncio.to_thread(world.read_all, within=LATER) if slow else (0.0, 0)
        return time.monotonic() - began, slow, stuck
    finally:
        stopped = jobs.stop()
        if asyncio.iscoroutine(stopped):
            await stopped
        app.close()


async def _left_early(app: App, member_id: int, calendar_id: int) -> None:
    looking = asyncio.create_task(preview(app, member_id, calendar_id, lambda _: None))
    await asyncio.wait([looking], timeout=random.uniform(0, LONGEST))  # noqa: S311 - a moment, not a secret
    looking.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await looking
