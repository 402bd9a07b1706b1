"""Requests that fail, and what with."""

import asyncio

import pytest

from oncall_ui.domain.imports.failures import Failure
from oncall_ui.security.http.client import AllowedHosts, GuardedHttp, Limits
from tests.security.http.servers import Asked

NOWHERE = AllowedHosts()
LONG = 60
"""Seconds nobody waits for."""


async def failure_of(http: GuardedHttp, url: str, limits: Limits = Limits()) -> Failure:  # noqa: B008 - immutable
    async with http.client(limits=limits) as client:
        with pytest.raises(Failure) as failed:
            await client.get(url)
    return failed.value


async def drip(asked: Asked) -> None:
    asked.writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while not asked.writer.is_closing():
        asked.writer.write(b"x")
        await asked.writer.drain()
        await asyncio.sleep(0.02)
