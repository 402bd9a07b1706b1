"""Ports on loopback for servers that are started in a moment."""

import contextlib
import os
import socket
from collections.abc import Iterator


def free_port() -> int:
    """One that nobody else picks: below those that the system gives out, and from a range of this process's own.

    Between choosing a port and listening on it lie seconds, in which another process would be given the same one.
    """
    for port in _PORTS:
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no port is free")


def _ports() -> Iterator[int]:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    place = int(worker.removeprefix("gw")) if worker else 4 + os.getpid() % 8
    return iter(range(20_000 + 1_000 * place, 21_000 + 1_000 * place))


_PORTS = _ports()
