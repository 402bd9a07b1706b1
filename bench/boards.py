"""`python -m bench.boards [LOOKS]`: what the page of a schedule costs, see docs/performance.md.

The app is `python run.py` with a team of six and twelve weeks of two roles. In Chromium, Home and the page of the
schedule are opened in turn; then 100 pages of it are open while its draft is published. Exit status 1 if a page failed.
"""

import asyncio
import os
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, closing
from pathlib import Path

import httpx
from playwright.async_api import Browser, Page, async_playwright

from bench.open_page import messages_of
from tests.e2e.conftest import FLAGS, PASSWORD
from tests.e2e.schedule import TEAM, add_schedule, email
from tests.e2e.server import Server
from tests.provide import chromium

PAGES = 100
HOME, BOARD, DRAFT = "/", "/schedules/1", "/schedules/1/drafts/2"
MOST = {"first paint": 1.2, "elements": 200.0, "stored plan on 95 % of the pages, ms": 250.0}
PAINTED = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
ELEMENTS = "document.querySelectorAll('[id^=c]').length"
PATIENCE_SECONDS = 60
READERS = 10
"""How nice the browser and the readers of the pages are to the app: usually they are on other machines."""


class Follower:
    """An open page of the schedule without a browser."""

    def __init__(self) -> None:
        self.first = 0.0
        """When the first change came since `heard` was cleared, in `perf_counter`."""
        self.heard = asyncio.Event()

    @classmethod
    async def open(cls, stack: AsyncExitStack, browser: httpx.AsyncClient, server: Server) -> "Follower":
        page = (await browser.get(BOARD)).text
        messages = await stack.enter_async_context(messages_of(page, server.base_url, browser.cookies))
        follower = cls()
        listening = asyncio.create_task(follower.listen(messages))
        stack.callback(listening.cancel)
        return follower

    async def listen(self, messages: AsyncIterator[str]) -> None:
        """Until it is cancelled. What changes the page is called `update`."""
        async for message in messages:
            if message.startswith('42["update"'):
                self.first = self.first if self.heard.is_set() else time.perf_counter()
                self.heard.set()


async def paints(page: Page, looks: int) -> dict[str, list[float]]:
    """Milliseconds until something is drawn, of Home and of the schedule in turn."""
    taken: dict[str, list[float]] = {HOME: [], BOARD: []}
    for _ in range(looks + 2):
        for path, found in taken.items():
            await page.goto(path)
            await page.get_by_role("heading", level=1).wait_for()
            painted = await page.wait_for_function(PAINTED)
            found.append(float(await painted.json_value()))
    return {path: found[2:] for path, found in taken.items()}  # the first ones compile


async def published(browser: Browser, lead: Page, server: Server) -> tuple[list[float], float]:
    """Seconds from the press of Publish until each of the open pages has what it shows, and until it is stored."""
    async with AsyncExitStack() as stack:
        followers: list[Follower] = []
        for name in TEAM:
            client = httpx.AsyncClient(base_url=server.base_url, trust_env=False, timeout=PATIENCE_SECONDS)
            await stack.enter_async_context(client)
            form = {"email": email(name), "password": PASSWORD}
            await client.post("/login", data=form, headers={"Origin": server.base_url})
            many = PAGES // len(TEAM) + (TEAM.index(name) < PAGES % len(TEAM))
            followers += [await Follower.open(stack, client, server) for _ in range(many)]
        await lead.goto(DRAFT)
        for box in await lead.get_by_role("checkbox").all():
            await box.check()
        await lead.get_by_role("button", name="Publish", exact=True).click()
        confirm = lead.get_by_role("dialog", name="Publish this plan?").get_by_role("button", name="Publish")
        await confirm.wait_for()
        await asyncio.sleep(3)
        for each in followers:
            each.heard.clear()
        stored = asyncio.create_task(asyncio.to_thread(_stored_at, server))
        began = time.perf_counter()
        await confirm.click()
        async with asyncio.timeout(PATIENCE_SECONDS):
            await asyncio.gather(*(each.heard.wait() for each in followers))
        return sorted(each.first - began for each in followers), await stored - began


def _stored_at(server: Server) -> float:
    """When the draft is published, in `perf_counter`."""
    published = "SELECT 1 FROM schedule_plan WHERE number = 2 AND published_at IS NOT NULL"
    with closing(sqlite3.connect(f"file:{server.data / 'oncall.db'}?mode=ro", uri=True)) as database:
        while not database.execute(published).fetchone():
            time.sleep(0.005)
    return time.perf_counter()


async def measured(server: Server, manager: str, looks: int) -> dict[str, float]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        context = await browser.new_context(base_url=server.base_url, locale="en-GB")
        form: dict[str, str | float | bool] = {"email": manager, "password": PASSWORD}
        await context.request.post("/login", form=form, headers={"Origin": server.base_url}, max_redirects=0)
        page = await context.new_page()
        taken = await paints(page, looks)
        elements = float(await page.evaluate(ELEMENTS))
        seconds, stored = await published(browser, page, server)
        await browser.close()
    home, board = (statistics.median(taken[path]) for path in (HOME, BOARD))
    most = seconds[int(len(seconds) * 0.95)]
    spread = 1000 * (most - seconds[0])
    _say(f"| first paint of the schedule, median of {looks} | {board / home:.2f}× Home |")
    _say(f"| elements of the page | {elements:.0f} |")
    _say(f"| from the first of {PAGES} open pages that shows what is published to 95 % of them | {spread:.0f} ms |")
    since_stored = [1000 * (each - stored) for each in (seconds[0], most)]
    _say(f"| from the stored plan to the first of them, to 95 % | {since_stored[0]:.0f}, {since_stored[1]:.0f} ms |")
    _say(f"| from the press of Publish to 95 % of them | {1000 * most:.0f} ms |")
    return {"first paint": board / home, "elements": elements, "stored plan on 95 % of the pages, ms": since_stored[1]}


def main(looks: int) -> int:
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder))
        manager = add_schedule(server, PASSWORD)
        with server:
            os.nice(READERS)
            found = asyncio.run(measured(server, manager, looks))
    missed = {name: value for name, value in found.items() if value > MOST[name]}
    for name, value in missed.items():
        _say(f"missed: {name} {value:.2f}, asked {MOST[name]:g}")
    return 0


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if sys.argv[1:] else 20))
