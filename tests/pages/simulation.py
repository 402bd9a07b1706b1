"""NiceGUI's simulated server, cheap enough for one in each test: its own, with nothing left over between two of them.

What stays behind costs every later test its share of looking through garbage, and two seconds where a page isn't
closed: its outbox may miss that it is cancelled.
"""

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import _lru_cache_wrapper

from fastapi.dependencies import models as dependencies
from nicegui import Client
from nicegui.testing import user_simulation


@asynccontextmanager
async def simulation() -> AsyncIterator[None]:
    """Pages may be registered and opened inside; outside there is none of them."""
    with _modules_kept():
        async with user_simulation():
            yield
            await _close_pages()
    _forget_handlers()


async def _close_pages() -> None:
    """As when every browser is gone for good."""
    for client in list(Client.instances.values()):
        client.delete()
    await asyncio.sleep(0)  # their outboxes hear of it


@contextmanager
def _modules_kept() -> Iterator[None]:
    """NiceGUI forgets the modules of all pages, and the next import would make a second copy that no test looks at."""
    before = dict(sys.modules)
    yield
    sys.modules.update(before)


def _forget_handlers() -> None:
    """FastAPI remembers what kind of callable each handler is, and with it the whole installation behind it."""
    for value in vars(dependencies).values():
        if isinstance(value, _lru_cache_wrapper):
            value.cache_clear()
