"""`python -m bench.processes [MINUTES [MEMBERS [CALENDARS]]]`: several processes, see docs/performance.md. Linux only.

Each of MEMBERS has the same part of CALENDARS and a page open; every second another member's calendar changes.
Each minute one of the four processes is killed (SIGKILL), and started again five seconds later. Exit status 1 if a
page, a change or an import was lost, or a page was away for longer than 10 seconds.
"""

import asyncio
import contextlib
import os
import ssl
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from sqlmodel import col, func, select

from bench.faults.stage.world import Fed
from bench.pages import megabytes
from bench.processes.crowd import FIRST, Crowd
from bench.processes.fleet import Fleet
from bench.processes.reader import Reader, opened
from oncall_ui.models import Calendar, now
from tests.postgres import running_cluster

INTERVAL = 15
"""Minutes between two imports of a calendar, the default."""
DOWN_SECONDS = 5
AWAY = 10.0
"""Seconds that a page may be away."""
SETTLE_SECONDS = 60
FIRST_IMPORTS = 900
LOOK_SECONDS = 1.0


@dataclass(slots=True)
class Seen:
    """What was seen meanwhile. Seconds each."""

    stored_to_shown: list[float] = field(default_factory=list)
    made_to_shown: list[float] = field(default_factory=list)
    openings: list[float] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)
    kills: list[str] = field(default_factory=list)
    missing: int = 0
    """Changes that their page doesn't show at the end."""
    away: int = 0
    """Pages that aren't back at the end."""


class Play:
    """`seconds` of it; `readers` belong to the members in order."""

    def __init__(self, crowd: Crowd, fleet: Fleet, readers: list[Reader], seconds: float) -> None:
        self._crowd, self._fleet, self._readers = crowd, fleet, readers
        self._end = time.monotonic() + seconds
        self.seen = Seen()
        self._following: list[asyncio.Task[None]] = []

    async def run(self) -> None:
        await asyncio.gather(self._change(), self._kill(), self._open())
        await self._settle()

    async def _change(self) -> None:
        """Each second another member's calendar has one more event, and is due."""
        following: dict[int, asyncio.Task[None]] = {}
        number = 0
        while time.monotonic() < self._end:
            number = (number + 1) % len(self._readers)
            # An import under way would take the old state, and end the calendar's being due.
            if number not in following or following[number].done():
                fed = self._crowd.growing[number]
                await asyncio.to_thread(self._crowd.say_more, [fed])
                follow = self._follow(self._readers[number], FIRST + fed.feed.version, time.monotonic(), time.time())
                following[number] = asyncio.create_task(follow)
            await asyncio.sleep(1)
        self._following = list(following.values())

    async def _follow(self, reader: Reader, expected: int, made: float, made_at: float) -> None:
        await reader.reached(expected)
        self.seen.made_to_shown.append(reader.shown_at - made)
        fed = self._crowd.growing[reader.member]
        stored = await asyncio.to_thread(self._stored_at, fed)
        self.seen.stored_to_shown.append(made_at + reader.shown_at - made - stored)

    def _stored_at(self, fed: Fed) -> float:
        with self._crowd.db.read() as session:
            changed = session.exec(select(Calendar.last_read_at).where(col(Calendar.id) == fed.id)).one()
        assert changed is not None, "a calendar that is shown was read"
        return changed.timestamp()

    async def _kill(self) -> None:
        order = self._fleet.all
        for number in range(10_000):
            await asyncio.sleep(max(0.0, min(60 - DOWN_SECONDS, self._end - time.monotonic())))
            if time.monotonic() >= self._end:
                return
            server = order[number % len(order)]
            self.seen.kills.append(self._fleet.name_of(server))
            await asyncio.to_thread(server.kill)
            await asyncio.sleep(DOWN_SECONDS)
            await asyncio.to_thread(server.start)

    async def _open(self) -> None:
        """Somebody else comes and goes all the time."""
        visitor = Reader(0, self._fleet.proxy.url, _trusting())
        await visitor.log_in()
        while time.monotonic() < self._end:
            began = time.perf_counter()
            try:
                answer = await visitor.browser.get("/")
                self.seen.answers[str(answer.status_code)] += 1
            except httpx.TransportError as error:
                self.seen.answers[type(error).__name__] += 1
            self.seen.openings.append(time.perf_counter() - began)
            await asyncio.sleep(1)
        await visitor.close()

    async def _settle(self) -> None:
        """Nothing changes any more: every page must come to show the last change."""
        done, late = await asyncio.wait(self._following, timeout=SETTLE_SECONDS)
        await asyncio.gather(*done)
        self.seen.missing = len(late)
        for each in late:
            each.cancel()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(AWAY):
                await asyncio.gather(*(each.opened.wait() for each in self._readers))
        self.seen.away = sum(not each.opened.is_set() for each in self._readers)


def _trusting() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


async def _played(crowd: Crowd, fleet: Fleet, seconds: float) -> tuple[Seen, list[Reader]]:
    trusting = _trusting()
    readers = [Reader(number, fleet.proxy.url, trusting) for number in range(len(crowd.growing))]
    open_pages = await opened(readers)
    for reader in readers:
        reader.gaps.clear()
    play = Play(crowd, fleet, readers, seconds)
    await play.run()
    for task in open_pages:
        task.cancel()
    await asyncio.gather(*open_pages, return_exceptions=True)
    for reader in readers:
        await reader.close()
    return play.seen, readers


def _first_imports(crowd: Crowd) -> float:
    began = time.monotonic()
    while (left := crowd.unread()) and time.monotonic() - began < FIRST_IMPORTS:
        time.sleep(LOOK_SECONDS)
    assert not left, f"{left} calendars weren’t imported in {FIRST_IMPORTS} s"
    return time.monotonic() - began


def _oldest(crowd: Crowd) -> float:
    """Minutes since the calendar that waits longest was imported."""
    with crowd.db.read() as session:
        first = session.exec(select(func.min(col(Calendar.last_read_at)))).one()
    assert first is not None, "every calendar was imported"
    return float((now() - first).total_seconds() / 60)


@contextlib.contextmanager
def _stage(members: int, each: int) -> Iterator[tuple[Crowd, Fleet]]:
    with tempfile.TemporaryDirectory() as folder, running_cluster() as cluster:
        place, address = Path(folder), cluster.fresh_database()
        with Crowd(place / "world", address, members, each) as crowd:
            _say(
                f"{len(crowd.calendars):,} calendars of {members} members on PostgreSQL; nginx, two web and two worker"
            )
            _say(f"processes; {os.cpu_count()} cores for all of it, the servers of the calendars and the readers.\n")
            with Fleet(place, address, crowd.app.data) as fleet:
                yield crowd, fleet


def main(minutes: float, members: int, calendars: int) -> int:
    with _stage(members, calendars // members) as (crowd, fleet):
        first = _first_imports(crowd)
        crowd.spread(INTERVAL)
        asked, began = _asked(crowd), time.monotonic()
        before = {fleet.name_of(each): megabytes(each.pid) for each in fleet.all}
        seen, readers = asyncio.run(_played(crowd, fleet, 60 * minutes))
        seconds = time.monotonic() - began
        after = {fleet.name_of(each): megabytes(each.pid) for each in fleet.all}
        damage, states = crowd.damage(), Counter(crowd.states().values())
        imports = _asked(crowd) - asked
        gaps = sorted(gap for reader in readers for gap in reader.gaps)
        expected = len(crowd.calendars) * seconds / (60 * INTERVAL)
        trouble = Counter(each for reader in readers for each in reader.trouble)
        rows = {
            f"{members} pages open for {minutes:g} minutes, a change each second": "",
            "---": "---",
            "killed": f"{len(seen.kills)}: {', '.join(seen.kills)}",
            "times a page was away": f"{len(gaps)}; {_told(gaps)}; {seen.away} not back",
            "changes made, and shown on their page": f"{len(seen.made_to_shown)}, {seen.missing} not shown",
            "from the stored import to its page": _told(seen.stored_to_shown),
            "from the change of the feed to its page": _told(seen.made_to_shown),
            "opening Home all the while": f"{_told(seen.openings)}; answers {dict(seen.answers)}",
            "answers to the pages that were no page": str(dict(trouble)),
            "imports, as a share of those due": f"{imports:,}, {imports / expected:.2f}",
            "the oldest data at the end": f"{_oldest(crowd):.1f} minutes, at an interval of {INTERVAL}",
            "stored availability lost, doubled": f"{damage.lost}, {damage.doubled}",
            "states of calendars": str(dict(states)),
            "MB of each process, before and after": _side_by_side(before, after),
            f"first import of all {len(crowd.calendars):,}": f"{first:.0f} s",
        }
        for name, value in rows.items():
            _say(f"| {name} | {value} |")
        fine = not (seen.missing or seen.away or damage.lost or damage.doubled) and (not gaps or gaps[-1] <= AWAY)
    return 0 if fine else 1


def _asked(crowd: Crowd) -> int:
    return sum(len(fed.feed.asked) for fed in crowd.calendars)


def _side_by_side(before: dict[str, float], after: dict[str, float]) -> str:
    return ", ".join(f"{name} {before[name]:.0f} and {after[name]:.0f}" for name in before)


def _told(seconds: list[float]) -> str:
    if not seconds:
        return "never"
    ordered = sorted(seconds)
    p95 = ordered[int(len(ordered) * 0.95)]
    return f"median {statistics.median(ordered):.2f} s, 95 % {p95:.2f} s, most {ordered[-1]:.2f} s"


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    given = [float(each) for each in sys.argv[1:]]
    minutes, members, calendars = given + [10, 200, 10_000][len(given) :]
    sys.exit(main(minutes, int(members), int(calendars)))
