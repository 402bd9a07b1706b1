"""1,000 calendars are due after an outage of a day; one member has 300 of them, the others have one each."""

import asyncio
import time
from datetime import timedelta
from pathlib import Path

from sqlmodel import select

from bench.due.watching import Latency, latencies, logged_in
from bench.faults.stage.content import Content
from bench.faults.stage.feeds import after
from bench.faults.stage.outcome import Outcome, Scale, broken
from bench.faults.stage.world import World
from oncall_ui.models import Calendar, now

OTHERS, LARGE = 700, 300
DELAY = 0.1
LIMIT = 240.0
EVENTS = 8
BROWSERS = 5
FAIR = 1.25
"""The member with one calendar in the middle waits at most so long, as a ratio of when the middle of all is read."""


def after_an_outage(folder: Path, scale: Scale) -> Outcome:
    others, large = scale.of(OTHERS, 20), scale.of(LARGE, 20)
    hosts = [f"127.0.3.{1 + at}" for at in range(100)]
    shares = [large] + [1] * others

    def content(number: int) -> Content:
        return Content(number, EVENTS)

    world = World(folder, members=len(shares), calendars=shares, content=content, hosts=hosts, is_running=False)
    with world:
        for fed in world.calendars:
            fed.feed.answer = after(DELAY)
            fed.feed.say_more()
        world.make_due(moment=now() - timedelta(days=1))
        began, clock = now(), time.monotonic()
        world.start()
        latency = asyncio.run(_opened_meanwhile(world))
        _, stuck = world.read_all(within=LIMIT)
        seconds = time.monotonic() - clock
        with world.db.read() as session:
            times = dict(session.exec(select(Calendar.id, Calendar.last_read_at)).all())
        waits = {fed.id: (at - began).total_seconds() for fed in world.calendars if (at := times[fed.id])}
        single = _middle([waits[fed.id] for fed in world.calendars[large:] if fed.id in waits])
        everybody = _middle(list(waits.values()))
        damage = world.damage()
        pages = ", ".join(f"{route} {found.p50:.0f} ms, at most {found.most:.0f}" for route, found in latency.items())
        return Outcome(
            f"{len(world.calendars):,} calendars due at once, {large} of one member",
            len(world.calendars),
            damage.lost,
            damage.doubled,
            stuck,
            seconds if not stuck else None,
            "; ".join(filter(None, (f"pages answered: {pages}", world.troubles()))),
            f"half of all read after {everybody:.1f} s, half of the members with one calendar after {single:.1f} s",
            broken(
                one_member_holds_up_nobody=f"{single:.1f} s against {everybody:.1f} s"
                if single > FAIR * everybody
                else ""
            ),
        )


async def _opened_meanwhile(world: World) -> dict[str, Latency]:
    """Pages of some members, opened until everything is read; raises AssertionError unless all answer 200."""
    over = asyncio.Event()
    async with logged_in(world.app.base_url, BROWSERS) as browsers:
        watching = asyncio.create_task(latencies(browsers, over))
        await asyncio.to_thread(world.read_all, within=LIMIT)
        over.set()
        return await watching


def _middle(seconds: list[float]) -> float:
    return sorted(seconds)[len(seconds) // 2] if seconds else 0.0
