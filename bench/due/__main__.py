"""`python -m bench.due [MEMBERS]`: many calendars at once, see docs/performance.md. Needs Linux, for /proc."""

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from sqlmodel import col, func, select, update

from bench.due.team import EVENTS, FEEDS
from bench.due.watching import ROUTES, Latency, cpu_seconds, latencies, logged_in, peak_megabytes, processes
from bench.due.world import DELAY
from oncall_ui.database.database import Database
from oncall_ui.domain.imports.state import State
from oncall_ui.models import Calendar, now
from tests.e2e.server import Server

IDLE_SECONDS = 30
AT_MOST = 240
PRODUCTS = ("ICS", "CalDAV", "Google", "Outlook")
ROOT = Path(__file__).resolve().parents[2]


class World:
    """The process of bench.due.world."""

    def __init__(self, folder: Path, members: int) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-m", "bench.due.world", str(folder), str(members)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.settings: Mapping[str, str] = self._line()

    def counts(self) -> Counter[str]:
        """Requests so far, by product, and the most at once that Microsoft had."""
        assert self._process.stdin is not None  # a pipe, see above
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return Counter(self._line())

    def close(self) -> None:
        """Raises when a server was asked what no client should ask."""
        self._process.communicate(timeout=30)
        assert self._process.returncode == 0, "a server has complaints, see above"

    def _line(self) -> dict[str, Any]:
        assert self._process.stdout is not None  # a pipe, see above
        return dict(json.loads(self._process.stdout.readline()))


class Rows:
    """The app's database, looked at from outside."""

    def __init__(self, path: Path) -> None:
        self._db = Database(f"sqlite:///{path}")

    def due_at(self, moment: datetime) -> None:
        """Every calendar."""
        with self._db.write() as session:
            session.exec(update(Calendar).values(next_import_at=moment))

    def read_since(self, moment: datetime) -> int:
        """How many calendars were read completely."""
        done = (col(Calendar.last_read_at) >= moment, col(Calendar.state) == State.UP_TO_DATE)
        with self._db.read() as session:
            return session.exec(select(func.count()).select_from(Calendar).where(*done)).one()

    def states(self) -> Counter[str]:
        with self._db.read() as session:
            return Counter(str(state) for state in session.exec(select(Calendar.state)))


@dataclass(frozen=True, slots=True)
class Round:
    """Every calendar once."""

    seconds: float
    cpu: float
    latency: Mapping[str, Latency]
    requests: Counter[str]


async def _round(rows: Rows, world: World, browsers: list[httpx.AsyncClient], root: int) -> Round:
    is_done = asyncio.Event()
    requests, cpu, began, clock = world.counts(), cpu_seconds(processes(root)), now(), time.perf_counter()
    rows.due_at(began)
    watching = asyncio.create_task(latencies(browsers, is_done))
    while await asyncio.to_thread(rows.read_since, began) < 4 * FEEDS * len(browsers):
        assert not watching.done(), repr(watching.exception())
        assert time.perf_counter() - clock < AT_MOST, f"not done in {AT_MOST} seconds: {rows.states()}"
        await asyncio.sleep(0.1)
    seconds, used = time.perf_counter() - clock, cpu_seconds(processes(root)) - cpu
    is_done.set()
    asked = world.counts()
    asked.subtract({name: requests[name] for name in PRODUCTS})
    return Round(seconds, used, await watching, asked)


async def _measured(server: Server, rows: Rows, world: World, members: int) -> None:
    root = server.pid
    async with logged_in(server.base_url, members) as browsers:
        await latencies(browsers, _over(3))
        idle = await latencies(browsers, _over(IDLE_SECONDS))
        rounds = {
            "read for the first time": await _round(rows, world, browsers, root),
            "again, nothing has changed": await _round(rows, world, browsers, root),
        }
    each_product = FEEDS * members
    _say(
        f"| {4 * each_product:,} calendars due at once | seconds | a second | CPU s of the app | requests a calendar |"
    )
    _say("|---|---|---|---|---|")
    for name, each in rounds.items():
        asked = ", ".join(f"{product} {each.requests[product] / each_product:.1f}" for product in PRODUCTS)
        _say(f"| {name} | {each.seconds:.0f} | {4 * each_product / each.seconds:.1f} | {each.cpu:.0f} | {asked} |")
    _say("\n| ms: median, 95 %, most | idle | meanwhile | median, 95 % of idle | unchanged | of idle |")
    _say("|---|---|---|---|---|---|")
    for route in ROUTES:
        columns = [_told(idle[route])]
        for each in rounds.values():
            busy = each.latency[route]
            columns += [_told(busy), f"{busy.p50 / idle[route].p50:.1f}×, {busy.p95 / idle[route].p95:.1f}×"]
        _say(f"| `{route}` | {' | '.join(columns)} |")
    most = max(each.requests["at once"] for each in rounds.values())
    _say(f"\nMost requests at once at Microsoft: {most}. Peak memory: {peak_megabytes(processes(root)):.0f} MB.")


def main(members: int) -> None:
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        world = World(place / "data", members)
        server = Server(place, settings={**world.settings, "ONCALL_IMPORT_INTERVAL": "1000"})
        rows = Rows(server.data / "oncall.db")
        rows.due_at(now() + timedelta(days=1))
        _say(f"{4 * FEEDS * members:,} calendars of {EVENTS} events, ready in {time.perf_counter() - began:.0f} s. ")
        _say(f"Their servers run beside the app, in a process of their own; each answer takes {DELAY * 1000:.0f} ms.\n")
        with server:
            try:
                asyncio.run(_measured(server, rows, world, members))
            except AssertionError as error:
                error.add_note(server.log_text()[-4000:])
                raise
        world.close()


def _over(seconds: float) -> asyncio.Event:
    """Set after that time."""
    event = asyncio.Event()
    asyncio.get_running_loop().call_later(seconds, event.set)
    return event


def _told(latency: Latency) -> str:
    return f"{latency.p50:.0f}, {latency.p95:.0f}, {latency.most:.0f}"


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 25)
