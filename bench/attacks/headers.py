"""Headers that only a proxy may send, names that aren't ours, and cookies where none belong."""

import json
from collections.abc import Iterator
from pathlib import Path

from bench.attacks.tries import Tries
from bench.attacks.wire import Answer, ask
from tests.e2e.server import Server

VECTORS = Path(__file__).parents[2] / "tests" / "security" / "attacks" / "vectors"
CANARY = "canary.invalid"
WEBSOCKET = (
    ("Upgrade", "websocket"),
    ("Connection", "Upgrade"),
    ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ("Sec-WebSocket-Version", "13"),
)
SOCKET = "/_nicegui_ws/socket.io/?EIO=4&transport=websocket"
PAGES = ("/login", "/", "/static/app.css", "/healthz", "/no-such-page")
COOKIELESS = ("/healthz", "/readyz", "/favicon.ico", "/api/v1/openapi.json", "/api/v1/calendars", "/feeds/none.ics")


def forwarded(server: Server) -> Tries:
    """A stranger's proxy headers change no byte of an answer that matters, and no websocket's origin."""
    tries = Tries()
    for name, value in _vectors("proxy-headers"):
        for path in PAGES:
            answer = ask(server.port, path, headers=[(name, value)])
            tries.count(f"{name}: {value} on {path}", is_through=CANARY in _all(answer))
    for name in ("X-Forwarded-Host", "X-Forwarded-Server", "Forwarded"):
        answer = ask(
            server.port,
            SOCKET,
            headers=[*WEBSOCKET, ("Origin", f"http://{CANARY}"), (name, CANARY), ("X-Forwarded-Proto", "http")],
        )
        tries.count(f"websocket with {name}", is_through=answer.status == 101)
    return tries


def foreign_hosts(server: Server) -> Tries:
    """A name that somebody else chose gets neither a page nor a file nor a websocket."""
    tries = Tries()
    for (host,) in _vectors("foreign-hosts"):
        for path in PAGES:
            answer = ask(server.port, path, host=host.replace("PORT", str(server.port)))
            tries.count(f"{host} on {path}", is_through=answer.status not in (0, 400, 421))
        headers = [*WEBSOCKET, ("Origin", f"http://{host}")]
        answer = ask(server.port, SOCKET, host=host, headers=headers)
        tries.count(f"{host} by websocket", is_through=answer.status in (0, 101))
    return tries


def own_hosts(server: Server) -> Iterator[tuple[str, int]]:
    """The status for each name that must work."""
    for (host,) in _vectors("own-hosts"):
        yield host, ask(server.port, "/login", host=host.replace("PORT", str(server.port))).status


def cookies(server: Server) -> Tries:
    """Files and programs' paths set no cookie, and files may be kept by any cache."""
    tries = Tries()
    page = ask(server.port, "/login").text
    files = [part.split('"')[0] for part in page.split('href="')[1:] if part.startswith(("/static/", "/_nicegui/"))]
    files += [part.split('"')[0] for part in page.split('src="')[1:] if part.startswith(("/static/", "/_nicegui/"))]
    for path in dict.fromkeys([*files, "/static/favicon.svg", *COOKIELESS, "/static/missing.css", "/_nicegui/none"]):
        answer = ask(server.port, path, headers=[("Cookie", "oncall_session=stolen")])
        tries.count(f"cookie on {path}", is_through=bool(answer.header("set-cookie")))
        if path in files:
            is_kept = "public" in answer.header("cache-control") and bool(answer.header("etag"))
            tries.count(f"not cacheable: {path}", is_through=not is_kept)
    return tries


def _vectors(name: str) -> list[list[str]]:
    found: list[list[str]] = json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))
    return found


def _all(answer: Answer) -> str:
    return "\n".join(f"{name}: {value}" for name, value in answer.headers) + "\n" + answer.text
