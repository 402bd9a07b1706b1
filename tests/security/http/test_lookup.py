"""Names whose name server stays silent, beside others."""

import asyncio
import os
import socket
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from oncall_ui.domain.imports.failures import Cause, TryLater
from oncall_ui.security.http.client import AllowedHosts, GuardedHttp, Limits
from oncall_ui.security.http.lookup import AT_ONCE, resolve

WITHIN = 60
"""Far more than a lookup takes that isn't held up."""
HANGS = """
import asyncio, socket, time
from oncall_ui.security.http.lookup import resolve
socket.getaddrinfo = lambda *_, **__: time.sleep(600)
async def give_up():
    try:
        async with asyncio.timeout(0.1):
            await resolve("silent.test", 443)
    except TimeoutError:
        print("given up")
asyncio.run(give_up())
"""


class NameServers:
    """Those of names that start with `silent` don't answer until they are released; the others do at once."""

    def __init__(self) -> None:
        self.answers = threading.Event()
        self.asked: Counter[str] = Counter()

    def getaddrinfo(self, host: str, port: int, **_: Any) -> list[Any]:
        self.asked[host] += 1
        if host.startswith("silent"):
            self.answers.wait(WITHIN)
        if host.startswith("unknown"):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.0.2.1", port))] * 2


@pytest.fixture
def name_servers(monkeypatch: pytest.MonkeyPatch) -> Iterator[NameServers]:
    servers = NameServers()
    monkeypatch.setattr(socket, "getaddrinfo", servers.getaddrinfo)
    yield servers
    servers.answers.set()


async def asked(servers: NameServers, number: int) -> None:
    async with asyncio.timeout(WITHIN):
        while servers.asked.total() < number:
            await asyncio.sleep(0.01)


async def test_silent_name_servers_hold_up_no_other_name(name_servers: NameServers) -> None:
    waiting = [asyncio.create_task(resolve(f"silent-{number}.test", 443)) for number in range(AT_ONCE - 1)]
    await asked(name_servers, AT_ONCE - 1)
    async with asyncio.timeout(WITHIN):
        assert await resolve("cloud.test", 443) == ["192.0.2.1"]
        with pytest.raises(OSError, match="not known"):
            await resolve("unknown.test", 443)
    name_servers.answers.set()
    assert await asyncio.gather(*waiting) == [["192.0.2.1"]] * len(waiting)


async def test_a_name_is_looked_up_once_however_many_wait_for_it(name_servers: NameServers) -> None:
    waiting = [asyncio.create_task(resolve("silent.test", 443)) for _ in range(AT_ONCE * 2)]
    await asked(name_servers, 1)
    waiting[0].cancel()
    async with asyncio.timeout(WITHIN):
        assert await resolve("cloud.test", 443) == ["192.0.2.1"]
    assert name_servers.asked["silent.test"] == 1
    name_servers.answers.set()
    found = await asyncio.gather(*waiting, return_exceptions=True)
    assert isinstance(found[0], asyncio.CancelledError)
    assert found[1:] == [["192.0.2.1"]] * (len(waiting) - 1), "one that gives up doesn't end it for the others"
    assert await resolve("silent.test", 443) == ["192.0.2.1"]
    assert name_servers.asked["silent.test"] == 2, "what is known is not kept"


async def test_one_name_too_many_waits_for_its_turn(name_servers: NameServers) -> None:
    waiting = [asyncio.create_task(resolve(f"silent-{number}.test", 443)) for number in range(AT_ONCE)]
    await asked(name_servers, AT_ONCE)
    http = GuardedHttp(AllowedHosts())
    async with asyncio.timeout(WITHIN), http.client(limits=Limits(connect_seconds=0.3)) as client:
        with pytest.raises(TryLater) as late:
            await client.get("https://cloud.test/")
    assert (late.value.cause, name_servers.asked["cloud.test"]) == (Cause.TOO_SLOW, 0)
    name_servers.answers.set()
    await asyncio.gather(*waiting)
    assert await resolve("cloud.test", 443) == ["192.0.2.1"]


def test_a_lookup_that_hangs_does_not_keep_the_process() -> None:
    root = Path(__file__).parents[3]
    ended = subprocess.run(
        [sys.executable, "-c", HANGS],
        cwd=root,
        env=os.environ,
        capture_output=True,
        text=True,
        timeout=WITHIN,
        check=True,
    )
    assert ended.stdout == "given up\n"
