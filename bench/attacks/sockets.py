"""Anonymous websockets: lines in the log, floods, floods of connections, and greetings that never come."""

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from bench.attacks.row import Row, Scale, broken
from bench.attacks.target import PATIENCE, Target, look, looking

FORGED = "2026-11-29T00:00:00Z [info     ] started   FORGED"
SLOWER = 2.0
MOST_LINES = 12
"""Of the log, for an attack shorter than a minute: one for each kind of thing that is counted, and its start."""
CLIENT_ID = re.compile(r"client_id['\"]?: ?['\"]([0-9a-f-]{36})")
_PACKETS: tuple[str | bytes, ...] = (
    "",
    "4",
    "42",
    "42{}",
    "42[]",
    "42[1,2]",
    '42["event"]',
    '42["event",5]',
    '42["event",{"client_id":{"a":1},"id":"x","args":[[]]}]',
    '42["event",{"client_id":"ID","id":4,"listener_id":"x","args":["{"]}]',
    '42["event",{"client_id":"ID","id":1e99,"listener_id":[],"args":{"a":1}}]',
    '42["event",{"client_id":"00000000-0000-0000-0000-000000000000","id":4,"listener_id":"x","args":[]}]',
    '42["handshake",{}]',
    '42["handshake",{"client_id":"ID","tab_id":7,"document_id":[]}]',
    '42["javascript_response",{"request_id":["x"],"client_id":"ID"}]',
    '42["ack",{"client_id":"ID","next_message_id":"x"}]',
    '42["ack",null]',
    '42["unknown",1]',
    '451-["event",{"_placeholder":true,"num":0}]',
    "43[1]",
    "44",
    "4nonsense",
    "9",
    "6",
    b"\x00\xff",
    '42["event",' + "[" * 5_000 + "]" * 5_000 + "]",
)


def log_lines(folder: Path, scale: Scale) -> Row:
    """Messages of every kind, well-formed and not, from a page without a log-in, for five seconds."""
    seconds = scale.of(5, 2)

    async def attack(target: Target) -> int:
        sent, until = 0, time.monotonic() + seconds
        async with _page(target) as (socket, client_id):
            for _ in range(100):
                await socket.send(_forged(client_id))
                sent += 1
        for packet in _PACKETS * scale.of(5, 1):
            with suppress(ConnectionClosed, InvalidStatus, OSError):  # a TimeoutError is one
                async with _page(target) as (socket, client_id):
                    for _ in range(20):
                        await socket.send(packet.replace("ID", client_id) if isinstance(packet, str) else packet)
                        sent += 1
                    async with asyncio.timeout(0.3):
                        await socket.recv()
        await asyncio.sleep(max(0.0, until - time.monotonic()))
        return sent

    return _attacked(folder, scale, "Forged and flooded log, anonymous websocket", attack)


def _forged(client_id: str) -> str:
    message = f"x\n{FORGED}\r\x1b[31m\u202e" + "A" * 20_000
    return f'42["log",{json.dumps({"client_id": client_id, "level": "info", "message": message})}]'


def connections(folder: Path, scale: Scale) -> Row:
    """As many websockets from one address as it can open; none of them belongs to a page."""
    number = scale.of(2_000, 300)

    async def attack(target: Target) -> int:
        opened = await asyncio.gather(*(_silent(target) for _ in range(number)))
        sockets = [each for each in opened if each is not None]
        held = len(sockets)
        _, stayed = await asyncio.wait([asyncio.create_task(_ponging(each)) for each in sockets], timeout=30)
        still = len(stayed)
        for each in stayed:
            each.cancel()
        target.notes = f"{held} of {number} opened, {still} stayed"
        target.through = max(0, held - 130) + still
        return number

    return _attacked(folder, scale, "Websockets that never say which page they belong to", attack)


def flood(folder: Path, scale: Scale) -> Row:
    """20 websockets of pages without a log-in send events as fast as they can."""
    seconds = scale.of(20, 1)

    async def attack(target: Target) -> int:
        over = _Over(asyncio.get_running_loop().time, seconds)
        counts = await asyncio.gather(*(_flooding(target, over) for _ in range(scale.of(20, 6))))
        return sum(counts)

    return _attacked(folder, scale, "Message flood, 20 anonymous websockets", attack)


class _Over:
    """When the flood is: seconds after the first page has opened, which takes long on a busy machine."""

    def __init__(self, clock: Callable[[], float], seconds: float) -> None:
        self.clock, self._seconds = clock, seconds
        self.at, self._has_begun = clock() + PATIENCE, False

    def begin(self) -> None:
        if not self._has_begun:
            self.at, self._has_begun = self.clock() + self._seconds, True


async def _flooding(target: Target, over: _Over) -> int:
    sent = 0
    while over.clock() < over.at:
        try:
            async with asyncio.timeout_at(over.at) as limit, _page(target) as (socket, client_id):
                over.begin()
                limit.reschedule(over.at)
                event = {"client_id": client_id, "id": 4, "listener_id": "x", "args": ['"' + "x" * 2_000 + '"']}
                while True:
                    await socket.send(f'42["event",{json.dumps(event)}]')
                    sent += 1
                    await asyncio.sleep(0)  # sending alone lets nobody else have a turn, nor the time run out
        except (TimeoutError, OSError, ConnectionClosed, InvalidStatus):
            await asyncio.sleep(0.05)
    return sent


def _attacked(folder: Path, scale: Scale, name: str, attack: Callable[[Target], Coroutine[Any, Any, int]]) -> Row:
    with Target(folder, warm=scale.short) as target:
        member = target.member()
        look(member, 5)
        loads = scale.of(10, 3)
        idle, memory, before = look(member, loads), target.megabytes(), len(target.log_text())
        with looking(member) as during:
            tries = asyncio.run(attack(target))
        after = look(member, loads)
        slower = during.median / max(idle.median, after.median)
        grown = target.megabytes() - memory
        written = target.log_text()[before:]
    lines = written.splitlines()
    forged = sum(line.startswith(FORGED[:20]) for line in lines)
    return Row(
        name,
        tries,
        target.through + forged,
        f"{len(lines)} log lines, {len(written) / 1024:.0f} KB; page {slower:.1f}× idle; memory {grown:+.0f} MB"
        + (f"; {target.notes}" if target.notes else ""),
        broken(
            a_line_a_minute="" if len(lines) <= MOST_LINES else f"{len(lines)} lines, {len(written):,} bytes",
            pages_answer=f"{during.errors} of {len(during.statuses)} loads failed" if during.errors else "",
            pages_stay_fast=f"{slower:.1f}× idle" if slower > SLOWER else "",
            memory_is_bounded=f"+{grown:.0f} MB" if grown > 150 else "",
        ),
    )


@asynccontextmanager
async def _page(target: Target) -> AsyncIterator[tuple[ClientConnection, str]]:
    """A page without a log-in and its websocket, as a browser opens them."""
    async with httpx.AsyncClient(base_url=target.base_url, trust_env=False, timeout=30) as browser:
        page = (await browser.get("/login")).text
    found = CLIENT_ID.search(page.replace("&quot;", '"'))
    if found is None:
        await asyncio.sleep(1)  # too many pages for now
        raise OSError("no page")
    client_id = found[1]
    query = (
        f"client_id={client_id}&next_message_id=0&implicit_handshake=true&tab_id=t{client_id}&document_id=d{client_id}"
    )
    async with connect(_url(target, query), max_size=None, proxy=None, close_timeout=1) as socket:
        await socket.recv()
        await socket.send("40")
        await socket.recv()
        yield socket, client_id


async def _silent(target: Target) -> ClientConnection | None:
    try:
        return await connect(_url(target, ""), proxy=None, open_timeout=30, ping_interval=None, close_timeout=1)
    except (OSError, TimeoutError, InvalidStatus, ConnectionClosed):
        return None


async def _ponging(socket: ClientConnection) -> None:
    """Answers as long as the server asks, and ends with the connection."""
    try:
        async for packet in socket:
            if packet == "2":
                await socket.send("3")
    except ConnectionClosed:
        pass


def _url(target: Target, query: str) -> str:
    return f"ws://127.0.0.1:{target.port}/_nicegui_ws/socket.io/?EIO=4&transport=websocket&{query}"
