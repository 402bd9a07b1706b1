"""Looks up host names without waiting for any name server that stays silent.

The operating system's lookup can't be cancelled, and one of a silent name server takes half a minute or more. So each
runs in a thread of its own, which neither a later lookup nor the end of the process waits for.
"""

import asyncio
import socket
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from functools import partial

from oncall_ui.threads import in_a_thread

AT_ONCE = 64
"""Names that are looked up at once. A request for another waits, within its time to connect."""
_PAUSE_SECONDS = 0.1

Name = tuple[str, int]
Addresses = list[str]

_lock = threading.Lock()
_running: dict[Name, "Future[Addresses]"] = {}


async def resolve(host: str, port: int) -> Sequence[str]:
    """Every address the operating system knows for a name, in its order of preference. Raises OSError for none.

    A name that is being looked up isn't looked up again meanwhile, so one silent name costs one thread.
    """
    while (lookup := _lookup_of((host, port))) is None:  # noqa: ASYNC110 - it ends in a thread, for any loop
        await asyncio.sleep(_PAUSE_SECONDS)
    return await asyncio.wrap_future(lookup)


def _lookup_of(name: Name) -> "Future[Addresses] | None":
    """The lookup under way, or a new one; None while there are too many."""
    with _lock:
        if name in _running:
            return _running[name]
        if len(_running) >= AT_ONCE:
            return None
        lookup = _running[name] = in_a_thread("lookup", partial(_addresses, name))
    lookup.add_done_callback(lambda _: _end(name))  # not under the lock: it may be done already
    return lookup


def _addresses(name: Name) -> Addresses:
    found = [str(entry[4][0]) for entry in socket.getaddrinfo(*name, type=socket.SOCK_STREAM)]
    return list(dict.fromkeys(found))


def _end(name: Name) -> None:
    with _lock:
        del _running[name]
