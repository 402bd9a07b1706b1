"""300 loads of Team by one member whose browsers never come: what they take from the server, and from others."""

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.e2e.server import Server

LOADS = 300
MANY = httpx.Limits(max_connections=LOADS)
NEW_EACH_TIME = httpx.Limits(max_keepalive_connections=0)
"""A connection that rests may be closed by the server just when it is used again."""


@dataclass(frozen=True, slots=True)
class Flood:
    """`grown` in megabytes; then what became of the loads; the last two are seconds in which /help opened."""

    grown: float
    opened: int
    refused: int
    busy: int
    idle: float
    beside: float


async def attack(server: Server, mallory: httpx.Cookies, alice: httpx.Cookies, *, loads: int = LOADS) -> Flood:
    before = _megabytes(server.pid)
    async with (
        httpx.AsyncClient(base_url=server.base_url, cookies=mallory, timeout=90, limits=MANY) as attacker,
        httpx.AsyncClient(base_url=server.base_url, cookies=alice, timeout=90, limits=NEW_EACH_TIME) as other,
    ):
        idle = await _seconds(other)
        flood = [asyncio.create_task(attacker.get("/team")) for _ in range(loads)]
        await asyncio.wait(flood, return_when=asyncio.FIRST_COMPLETED)
        beside = await _seconds(other)
        statuses = [(await each).status_code for each in flood]
    return Flood(
        _megabytes(server.pid) - before, statuses.count(200), statuses.count(429), statuses.count(503), idle, beside
    )


async def _seconds(browser: httpx.AsyncClient) -> float:
    began = time.monotonic()
    assert (await browser.get("/help")).status_code == 200
    return time.monotonic() - began


def _megabytes(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise AssertionError("the app is gone")
