"""`python -m bench.pushes [SECONDS [PAGES]]`: from a stored import to every open page, see docs/performance.md.

The app is `python run.py` on SQLite. PAGES browsers of one member keep Calendars open while one of its calendars
changes every other second: first with nothing else going on, then while another member's feed of 20 MB is imported.
"""

import asyncio
import contextlib
import sys
import tempfile
import time
from pathlib import Path

from sqlmodel import col, select

from bench.due.watching import Latency
from bench.faults.stage.content import Content
from bench.faults.stage.world import Fed, World
from bench.processes.crowd import FIRST, Growing
from bench.processes.reader import Reader, opened
from oncall_ui.models import Calendar

PAUSE = 2.0
"""Seconds from one change to the next, if all pages have it by then."""
LARGE = 20_000_000
"""Bytes."""
PATIENCE = 60


class Large(Content):
    """From its second version on."""

    def __init__(self, number: int) -> None:
        super().__init__(number, 8, 1)
        self._all = self._ballast * (LARGE // len(self._ballast))

    def body(self, version: int) -> bytes:
        self._ballast = self._all if version else ""
        return super().body(version)


def content(number: int) -> Content:
    """The first member's calendar grows; the second one's is large."""
    return Large(number) if number else Growing(number)


async def changes(world: World, readers: list[Reader], seconds: float) -> Latency:
    """From each stored import to each page, as long as that; at least once."""
    fed, end = world.calendars[0], time.monotonic() + seconds
    taken: list[float] = []
    while not taken or time.monotonic() < end:
        began = time.monotonic()
        await asyncio.to_thread(world.say_more, [fed])
        async with asyncio.timeout(PATIENCE):
            await asyncio.gather(*(each.reached(FIRST + fed.feed.version) for each in readers))
        stored = await asyncio.to_thread(_stored_at, world, fed)
        taken += [each.shown_at - stored for each in readers]
        await asyncio.sleep(max(0.0, PAUSE - (time.monotonic() - began)))
    return Latency.of(taken)


async def importing(world: World) -> None:
    """The large feed again and again, until it is cancelled."""
    large = world.calendars[1]
    while True:
        await asyncio.to_thread(world.say_more, [large])
        await asyncio.to_thread(world.read_all, within=PATIENCE, which=[large])


def _stored_at(world: World, fed: Fed) -> float:
    """In `time.monotonic`, a little before its commit."""
    with world.db.read() as session:
        at = session.exec(select(Calendar.last_read_at).where(col(Calendar.id) == fed.id)).one()
    assert at is not None, "a calendar that is shown was imported"
    return at.timestamp() - time.time() + time.monotonic()


async def measured(world: World, pages: int, seconds: float) -> tuple[Latency, Latency]:
    readers = [Reader(0, world.app.base_url, place=place) for place in range(pages)]
    open_pages = await opened(readers)
    alone = await changes(world, readers, seconds)
    other = asyncio.create_task(importing(world))
    beside = await changes(world, readers, seconds)
    for task in [other, *open_pages]:
        task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await other
    await asyncio.gather(*open_pages, return_exceptions=True)
    for reader in readers:
        assert not reader.gaps and not reader.trouble, f"a page was lost: {reader.trouble}"
        await reader.close()
    return alone, beside


def main(seconds: float, pages: int) -> int:
    with tempfile.TemporaryDirectory() as folder:
        settings = {"ONCALL_MAX_PAGE_LOADS": "32"}
        with World(Path(folder), members=2, calendars=1, content=content, settings=settings) as world:
            alone, beside = asyncio.run(measured(world, pages, seconds))
    _say(f"| from the stored import to each of {pages} open pages, ms | median | 95 % | most |\n|---|---|---|---|")
    for name, found in {"nothing else going on": alone, "while a feed of 20 MB is imported": beside}.items():
        _say(f"| {name} | {found.p50:.0f} | {found.p95:.0f} | {found.most:.0f} |")
    return 0


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    given = [float(each) for each in sys.argv[1:]]
    seconds, pages = given + [60, 200][len(given) :]
    sys.exit(main(seconds, int(pages)))
