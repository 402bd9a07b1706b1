"""What the style sheets and scripts of a page cost the server for each browser that has none of them yet."""

import os
import re
from pathlib import Path

from bench.attacks.wire import ask
from tests.e2e.server import Server

BROWSERS = 5
"""More than 50 ticks of the clock by which a process's time is counted."""


def cost(server: Server, browsers: int = BROWSERS) -> float:
    """Processor seconds of the app for each new browser that loads /login's files."""
    return _cost(server, files_of(server), browsers)


def cost_of_small_answers(server: Server, browsers: int = BROWSERS) -> float:
    """The same for as many requests to /healthz."""
    return _cost(server, ["/healthz"] * len(files_of(server)), browsers)


def _cost(server: Server, paths: list[str], browsers: int) -> float:
    _load(server, paths)
    before = _processor_seconds(server.pid)
    for _ in range(browsers):
        _load(server, paths)
    return (_processor_seconds(server.pid) - before) / browsers


def files_of(server: Server) -> list[str]:
    page = ask(server.port, "/login").text
    return sorted(set(re.findall(r'(?:href|src)="(/(?:static|_nicegui)/[^"]+)"', page)) | _modules(page))


def _modules(page: str) -> set[str]:
    return set(re.findall(r'"(/_nicegui/[^"]+\.m?js)"', page))


def _load(server: Server, paths: list[str]) -> None:
    for path in paths:
        answer = ask(server.port, path, headers=[("Accept-Encoding", "gzip")])
        assert answer.status == 200, (path, answer.status)


def _processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
