"""`python -m bench.pages [OPENINGS] [SECONDS]`: what open pages cost, see docs/performance.md. Needs Linux, for /proc.

The app is `python run.py`, with one member and 40 calendars. Home is opened OPENINGS times without a browser behind it;
then 200 browsers keep it open while something changes every second, for SECONDS. Exit status 1 if a page failed.
"""

import asyncio
import contextlib
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path

import httpx
import websockets
from sqlmodel import col, select, update

from bench.due.__main__ import Rows, World
from bench.due.watching import Latency, cpu_seconds, logged_in
from bench.open_page import messages_of
from oncall_ui.database.database import Database
from oncall_ui.models import Calendar, now
from tests.e2e.server import Server

AT_ONCE = 4
STEPS = (0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1)
"""Shares of the openings after which the memory is looked at."""
RELEASE_SECONDS = 100
"""NiceGUI keeps a page without a browser for 70."""
PAGES = 200
LOG_INS = 4
"""Of the same member: one session may have 60 websockets."""
LOOKS = 30
LOST = "lost"
"""What a page has received last when the server hung up."""


class Opened:
    """Openings so far: answers, seconds each."""

    def __init__(self) -> None:
        self.statuses: Counter[int] = Counter()
        self.seconds: list[float] = []

    async def home(self, browser: httpx.AsyncClient) -> str:
        began = time.perf_counter()
        answer = await browser.get("/")
        self.seconds.append(time.perf_counter() - began)
        self.statuses[answer.status_code] += 1
        return answer.text


async def without_browsers(browser: httpx.AsyncClient, pid: int, openings: int, opened: Opened) -> None:
    """Prints the memory on the way, and once it is given back."""
    first = megabytes(pid)
    _say(f"| openings | MB of the app | of the start |\n|---|---|---|\n| 0 | {first:.0f} | 1.0× |")
    for share in STEPS:
        while (missing := int(openings * share) - len(opened.seconds)) > 0:
            await asyncio.gather(*(opened.home(browser) for _ in range(min(AT_ONCE, missing))))
        _say(f"| {len(opened.seconds):,} | {megabytes(pid):.0f} | {megabytes(pid) / first:.1f}× |")
    await asyncio.sleep(RELEASE_SECONDS)
    _say(f"| {RELEASE_SECONDS} s later | {megabytes(pid):.0f} | {megabytes(pid) / first:.1f}× |\n")


async def with_browsers(
    browsers: Sequence[httpx.AsyncClient], server: Server, change: "Change", seconds: float
) -> Opened:
    """Prints what opening one more page takes, with none open and with all of them."""
    browser = browsers[0]
    alone, among = Opened(), Opened()
    for _ in range(LOOKS):
        await alone.home(browser)
    first = megabytes(server.pid)
    async with AsyncExitStack() as stack:
        received = [
            await stack.enter_async_context(looking(browsers[number % len(browsers)], server, among))
            for number in range(PAGES)
        ]
        among.seconds.clear()
        before, cpu, end = sum(map(len, received)), cpu_seconds([server.pid]), time.monotonic() + seconds
        while time.monotonic() < end:
            await asyncio.to_thread(change.make)
            await asyncio.gather(among.home(browser), asyncio.sleep(1))
        cpu = cpu_seconds([server.pid]) - cpu
        messages = sum(map(len, received)) - before
        lost = sum(LOST in each for each in received)
        full = megabytes(server.pid)
    one, many = Latency.of(alone.seconds), Latency.of(among.seconds)
    _say(f"| {PAGES} pages open, a change every second, for {seconds:.0f} s | |\n|---|---|")
    _say(f"| opening Home, median and 95th percentile | {many.p50 / one.p50:.1f}×, {many.p95 / one.p95:.1f}× of idle |")
    _say(f"| slowest | {many.most / 1000:.1f} s |\n| answers | {dict(among.statuses)} |")
    _say(f"| messages to each page, per change | {messages / PAGES / seconds:.1f} |")
    _say(f"| CPU of the app | {cpu / seconds:.2f} of a core |")
    _say(f"| memory per page | {(full - first) / PAGES:.1f} MB |")
    _say(f"| pages that lost the server meanwhile | {lost} |")
    among.statuses += alone.statuses
    return among


@asynccontextmanager
async def looking(browser: httpx.AsyncClient, server: Server, opened: Opened) -> AsyncIterator[list[str]]:
    """An open page: what it has received so far."""
    received: list[str] = []
    async with messages_of(await opened.home(browser), server.base_url, browser.cookies) as messages:

        async def listen() -> None:
            with contextlib.suppress(websockets.ConnectionClosed):
                async for message in messages:
                    received.append(message[:2])
            received.append(LOST)

        listening = asyncio.create_task(listen())
        yield received
        listening.cancel()


class Change:
    """Makes one calendar after the other due: each import is a change on the pages of its member."""

    def __init__(self, path: Path) -> None:
        self._db = Database(f"sqlite:///{path}")
        with self._db.read() as session:
            self._ids = list(session.exec(select(Calendar.id)))

    def make(self) -> None:
        self._ids.append(self._ids.pop(0))
        with self._db.write() as session:
            session.exec(update(Calendar).where(col(Calendar.id) == self._ids[0]).values(next_import_at=now()))


def megabytes(pid: int) -> float:
    """Of one process, pages it shares with others in part."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


async def _measured(server: Server, openings: int, seconds: float) -> bool:
    async with AsyncExitStack() as stack:
        browsers = [(await stack.enter_async_context(logged_in(server.base_url, 1)))[0] for _ in range(LOG_INS)]
        browser, opened = browsers[0], Opened()
        for _ in range(LOOKS):
            await Opened().home(browser)
        await without_browsers(browser, server.pid, openings, opened)
        among = await with_browsers(browsers, server, Change(server.data / "oncall.db"), seconds)
    statuses = opened.statuses + among.statuses
    _say(f"\nAnswers: {dict(statuses)}")
    return set(statuses) == {httpx.codes.OK}


def main(openings: int, seconds: float) -> int:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        world = World(place / "data", 1)
        server = Server(place, settings={**world.settings, "ONCALL_IMPORT_INTERVAL": "1000"})
        Rows(server.data / "oncall.db").due_at(now() + timedelta(days=1))
        with server:
            fine = asyncio.run(_measured(server, openings, seconds))
        world.close()
    return 0 if fine else 1


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    given = [int(each) for each in sys.argv[1:]]
    sys.exit(main(*(given + [2000, 60][len(given) :])))
