"""What an open browser and the operating system see of the app meanwhile."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from bench.due.team import PASSWORD, email_of

ROUTES = {"/healthz": 0.2, "/": 1.0, "/calendars": 1.0}
"""Seconds between two requests."""
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Latency:
    """Of one route, in milliseconds."""

    p50: float
    p95: float
    most: float

    @classmethod
    def of(cls, seconds: list[float]) -> "Latency":
        ordered = sorted(1000 * each for each in seconds)
        return cls(ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.95)], ordered[-1])


@asynccontextmanager
async def logged_in(base_url: str, members: int) -> AsyncIterator[list[httpx.AsyncClient]]:
    """A browser of each member's, without scripts."""
    async with AsyncExitStack() as stack:
        browsers = []
        for number in range(members):
            # The server closes idle connections after five seconds; which of the two is first would be luck.
            kept = httpx.Limits(keepalive_expiry=2)
            browser = httpx.AsyncClient(base_url=base_url, trust_env=False, timeout=60, limits=kept)
            browsers.append(await stack.enter_async_context(browser))
            form = {"email": email_of(number), "password": PASSWORD}
            answer = await browser.post("/login", data=form, headers={"Origin": base_url})
            assert answer.headers["location"] == "/", answer.text
        yield browsers


async def latencies(browsers: list[httpx.AsyncClient], until: asyncio.Event) -> dict[str, Latency]:
    """Asks every route again and again until then, each time as the next member."""
    found = await asyncio.gather(*(_asked(browsers, route, pause, until) for route, pause in ROUTES.items()))
    return dict(zip(ROUTES, map(Latency.of, found), strict=True))


async def _asked(browsers: list[httpx.AsyncClient], route: str, pause: float, until: asyncio.Event) -> list[float]:
    taken: list[float] = []
    while not until.is_set() or not taken:
        browser = browsers[len(taken) % len(browsers)]
        began = time.perf_counter()
        answer = await browser.get(route)
        taken.append(time.perf_counter() - began)
        assert answer.status_code == httpx.codes.OK, f"{route}: {answer.status_code}"
        await asyncio.sleep(max(0.0, pause - taken[-1]))
    return taken


def processes(root: int) -> list[int]:
    """A process and all it started that run."""
    parents = {pid: _field(pid, "PPid") for pid in _all()}
    family = [root]
    for pid in family:
        family += [child for child, parent in parents.items() if parent == pid]
    return family


def cpu_seconds(pids: list[int]) -> float:
    """User and system."""
    return sum(sum(map(int, _stat(pid)[11:13])) for pid in pids) / _TICKS


def peak_megabytes(pids: list[int]) -> float:
    """The most each has ever held, added up; pages they share count in each."""
    return sum(_field(pid, "VmHWM") for pid in pids) / 1024


def _all() -> Iterator[int]:
    return (int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit())


def _stat(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return ["0"] * 20


def _field(pid: int, name: str) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8", errors="replace").splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith(f"{name}:")), 0)
