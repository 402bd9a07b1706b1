"""What only one may do at a time, in whichever process: the others wait for it.

    async with one_preview(app, member_id):

Within a process a lock of the event loop is enough. Between processes that share a database there is a lease, a row
that is renewed meanwhile; a process that is killed loses it within 20 seconds.
"""

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from oncall_ui.app import App
from oncall_ui.database.leases import Leases
from oncall_ui.services.imports.damage import DATABASE_LOST

RENEWED_SECONDS = 5.0
LOOK_SECONDS = 0.25
"""How soon a lease that is given back is noticed."""


def one_preview(app: App, member_id: int) -> AbstractAsyncContextManager[None]:
    """Held while something is read for the member to look at, so that nobody takes every place."""
    return _one(app, app.preview_locks.setdefault(member_id, asyncio.Lock()), f"preview {member_id}")


def one_refresh(app: App, connection_id: int) -> AbstractAsyncContextManager[None]:
    """Held while a connection's token is refreshed: a refresh token may work only once."""
    return _one(app, app.refresh_locks.setdefault(connection_id, asyncio.Lock()), f"refresh {connection_id}")


@asynccontextmanager
async def _one(app: App, lock: asyncio.Lock, name: str) -> AsyncIterator[None]:
    async with lock:
        if app.leases is None:
            yield
            return
        async with _leased(app.leases, name):
            yield


@asynccontextmanager
async def _leased(leases: Leases, name: str) -> AsyncIterator[None]:
    holder, is_over = secrets.token_hex(16), asyncio.Event()
    keeping = asyncio.ensure_future(_take(leases, name, holder, is_over))
    try:
        await asyncio.shield(keeping)
        keeping = asyncio.ensure_future(_renew(leases, name, holder, is_over))
        yield
    finally:
        is_over.set()
        # Also when the caller is cancelled, and cancelled once more.
        await asyncio.shield(asyncio.ensure_future(_give_back(leases, name, holder, keeping)))


async def _take(leases: Leases, name: str, holder: str, is_over: asyncio.Event) -> None:
    while not await asyncio.to_thread(leases.take, name, holder):
        if await _is_set(is_over, within=LOOK_SECONDS):
            return


async def _renew(leases: Leases, name: str, holder: str, is_over: asyncio.Event) -> None:
    while not await _is_set(is_over, within=RENEWED_SECONDS):
        with contextlib.suppress(*DATABASE_LOST):
            await asyncio.to_thread(leases.renew, name, holder)


async def _give_back(leases: Leases, name: str, holder: str, keeping: "asyncio.Future[None]") -> None:
    await asyncio.wait({keeping})  # a thread that is at it takes the lease, or renews it, before it is ended
    with contextlib.suppress(*DATABASE_LOST):  # then it runs out
        await asyncio.to_thread(leases.end, name, holder)


async def _is_set(event: asyncio.Event, *, within: float) -> bool:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(within):
            await event.wait()
    return event.is_set()
