"""A page that stays open, as a browser keeps it: when its process is gone, it opens itself again."""

import asyncio
import contextlib
import random
import re
import ssl
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager

import httpx
import websockets

from bench.due.team import PASSWORD, email_of
from bench.open_page import NoPage, messages_of
from bench.processes.crowd import FIRST

PAGE = "/calendars"
LOG_INS_AT_ONCE = 4
SHOWN = re.compile(r"\b(\d{3})\W{1,9}of\W{1,9}\1\b")
"""How many events of the growing calendar count; no other has three digits."""
AGAIN = (0.5, 1.5)
"""Seconds until the browser tries again, at random, as NiceGUI's script does."""
REFUSED = "44"
"""How socket.io's answer begins to a page that the process doesn't know."""
ANSWER = 60
"""Browsers wait longer; the app gives up after 30 s, and says so."""


class Reader:
    """The page of one member. Times are of `time.monotonic`."""

    def __init__(
        self, member: int, url: str, trusting: ssl.SSLContext | None = None, *, place: int | None = None
    ) -> None:
        """`trusting`: of an https address; `place`: which loopback address it comes from, else the member's number."""
        self._url, self._trusting = url, trusting
        at = member if place is None else place
        self._address = f"127.0.{4 + at // 250}.{1 + at % 250}"
        transport = httpx.AsyncHTTPTransport(verify=trusting or False, local_address=self._address)
        self.browser = httpx.AsyncClient(base_url=url, transport=transport, timeout=ANSWER)
        self.member = member
        self.shown = 0
        """Events of its growing calendar."""
        self.shown_at = 0.0
        self._changed = asyncio.Event()
        self.opened = asyncio.Event()
        self.lost_at: float | None = None
        """When its process hung up; None while it is open."""
        self.gaps: list[float] = []
        """Seconds from each loss until it was open again."""
        self._page = ""
        """The HTML of the last one."""
        self.trouble: list[str] = []
        """Answers to its openings that were no page."""

    async def log_in(self) -> None:
        form = {"email": email_of(self.member), "password": PASSWORD}
        answer = await self.browser.post("/login", data=form, headers={"Origin": self._url})
        assert answer.headers.get("location") == "/", f"{answer.status_code} {answer.text[:200]}"

    async def reached(self, events: int) -> None:
        """Returns when its page shows so many."""
        while self.shown < events:
            self._changed.clear()
            await self._changed.wait()

    async def keep_open(self) -> None:
        """Until it is cancelled."""
        while True:
            with contextlib.suppress(websockets.WebSocketException, httpx.TransportError, OSError, TimeoutError):
                await self._come_back()
                await self._look()
            self.lost_at = self.lost_at or time.monotonic()
            self.opened.clear()
            await asyncio.sleep(random.uniform(*AGAIN))  # noqa: S311 - no secret

    async def close(self) -> None:
        await self.browser.aclose()

    async def _come_back(self) -> None:
        """Before it loads the page again, the script tries its websocket, which another process refuses."""
        if self._page:
            async with self._messages() as messages:
                async for message in messages:
                    if message.startswith(REFUSED):
                        break
            self._page = ""

    def _messages(self) -> AbstractAsyncContextManager[AsyncIterator[str]]:
        return messages_of(self._page, self._url, self.browser.cookies, trusting=self._trusting, address=self._address)

    async def _look(self) -> None:
        answer = await self.browser.get(PAGE)
        self._page = answer.text
        try:
            async with self._messages() as messages:
                self._is_open(answer.text)
                async for message in messages:
                    self._read(message)
        except NoPage:
            self._page = ""
            self.trouble.append(f"{answer.status_code} {answer.text[:60]}")

    def _is_open(self, page: str) -> None:
        self._read(page)
        if self.lost_at is not None:
            self.gaps.append(time.monotonic() - self.lost_at)
            self.lost_at = None
        self.opened.set()

    def _read(self, text: str) -> None:
        found = [int(each) for each in SHOWN.findall(text)]
        if found and found[-1] != self.shown:
            self.shown, self.shown_at = found[-1], time.monotonic()
            self._changed.set()


async def opened(readers: Sequence[Reader]) -> list[asyncio.Task[None]]:
    """Logs everybody in. Returns when all pages show the growing calendar; the tasks keep them open."""
    limit = asyncio.Semaphore(LOG_INS_AT_ONCE)

    async def come(reader: Reader) -> asyncio.Task[None]:
        async with limit:
            await reader.log_in()
            task = asyncio.create_task(reader.keep_open())
            await reader.reached(FIRST)
            return task

    return await asyncio.gather(*map(come, readers))
