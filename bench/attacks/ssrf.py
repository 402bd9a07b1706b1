"""Server-side request forgery: addresses that lead into the server's own network, typed and answered by a server.

The canary listens on every address of this machine; a try is through if one request reaches it. The attacker's own
server is the only one that may be reached.
"""

import asyncio
import json
import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import AF_INET6
from typing import Any

from bench.attacks.tries import Tries
from oncall_ui.app import App
from oncall_ui.domain.imports.failures import Failure
from oncall_ui.errors import InvalidInput
from oncall_ui.security.http.client import AllowedHosts, GuardedHttp
from oncall_ui.security.http.lookup import resolve
from oncall_ui.services.connections.connect import connect

VECTORS = Path(__file__).parents[2] / "tests" / "security" / "attacks" / "vectors" / "ssrf-urls.json"
AT_ONCE = 16
PUBLIC = "93.184.215.14"
NAMES = {
    "private.test": ["127.0.0.1"],
    "long.private.test": ["127.0.0.1"],
    "metadata.test": ["169.254.169.254"],
    "ten.test": ["10.0.0.1"],
    "six.test": ["::1"],
    "mapped.test": ["::ffff:127.0.0.1"],
    "mixed.test": [PUBLIC, "127.0.0.1"],
    "nat64.test": ["64:ff9b::7f00:1"],
    "sixtofour.test": ["2002:7f00:1::1"],
    "zero.test": ["0.0.0.0"],  # noqa: S104 - an address to reach
    "linklocal.test": ["fe80::1"],
    "cgnat.test": ["100.64.0.1"],
    "azure.test": ["168.63.129.16"],
    "rebind.test": ["127.0.0.1"],
    "attacker.test": ["127.0.0.1"],
}
"""What the attacker's name server answers."""
MULTISTATUS = (
    '<?xml version="1.0"?><D:multistatus xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:response>'
    "<D:href>{here}</D:href><D:propstat><D:prop>{prop}</D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat>"
    "</D:response></D:multistatus>"
)
PROPERTIES = {
    "principal": "<D:current-user-principal><D:href>{url}</D:href></D:current-user-principal>",
    "home": "<C:calendar-home-set><D:href>{url}</D:href></C:calendar-home-set>",
}
ROUTES = ("typed", "redirect", "principal", "home")


@dataclass(slots=True)
class Listener:
    """`asked` are the paths of all requests, of any method and on any address."""

    port: int = 0
    asked: list[str] = field(default_factory=list)


def vectors(port: int) -> list[str]:
    found: list[str] = json.loads(VECTORS.read_text(encoding="utf-8"))
    return [url.replace("PORT", str(port)) for url in found]


async def attack(app: App, member_id: int, product: str, route: str, *, every: int = 1) -> Tries:
    """Every vector, or every third, say, through one form. `route` is how it gets to us, see ROUTES."""
    tries = Tries()
    turns = asyncio.Semaphore(AT_ONCE)
    with canary() as trap, attacker(trap.port) as evil:
        ports = frozenset({80, 443, 8443, trap.port})
        http = GuardedHttp(AllowedHosts.parse(f"attacker.test:{evil.port}"), ports=ports, resolve=_resolve)
        app = replace(app, http=http, settings=app.settings.model_copy(update={"max_checks": AT_ONCE}))

        async def attempt(number: int, url: str) -> None:
            typed = url if route == "typed" else f"http://attacker.test:{evil.port}/{route}/{number}"
            values = {"url": typed, "user": "alice", "password": "secret"}
            async with turns:
                try:
                    await connect(app, member_id, product, "", values)
                    is_connected = True
                except (Failure, InvalidInput):
                    is_connected = False
            tries.count(f"{product}, {route}: {url}", is_through=is_connected)

        await asyncio.gather(*(attempt(number, url) for number, url in list(enumerate(vectors(trap.port)))[::every]))
        tries.through += [f"the canary was asked for {path}" for path in trap.asked]
        if route != "typed":
            assert len(evil.asked) >= tries.number, "the attacker's server must have been asked"
    return tries


async def _resolve(host: str, port: int) -> Sequence[str]:
    """The attacker's names, and every way of writing an address that the operating system understands."""
    if (addresses := NAMES.get(host.lower().rstrip("."))) is not None:
        return addresses
    if re.fullmatch(r"[0-9a-fA-Fx.:%]+|(?:.*\.)?localhost(?:\.localdomain)?|ip6-localhost", host):
        return await resolve(host, port)
    raise OSError


@contextmanager
def canary() -> Iterator[Listener]:
    """Answers every request with a calendar, on IPv4 and IPv6."""
    with _serving(_Canary, Listener()) as found:
        yield found


@contextmanager
def attacker(canary_port: int) -> Iterator[Listener]:
    """Redirects, and answers CalDAV's questions, with the vector that the path names."""
    with _serving(_attacker_of(vectors(canary_port)), Listener()) as found:
        yield found


class _Handler(BaseHTTPRequestHandler):
    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002 - the signature is theirs
        pass

    def __getattr__(self, name: str) -> Any:
        if name.startswith("do_"):
            return self._answer
        raise AttributeError(name)

    def _answer(self) -> None:
        raise NotImplementedError

    def reply(self, status: int, body: str = "", **headers: str) -> None:
        size = int(self.headers.get("Content-Length", 0) or 0)
        self.rfile.read(size)
        data = body.encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)
        self.close_connection = True


class _Canary(_Handler):
    def _answer(self) -> None:
        self.reply(200, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n", Content_Type="text/calendar")


def _attacker_of(urls: Sequence[str]) -> type[_Handler]:
    class Attacker(_Handler):
        def _answer(self) -> None:
            route, _, number = self.path.strip("/").partition("/")
            if not number.isdecimal():
                self.reply(404)
                return
            url = urls[int(number)]
            if route == "redirect":
                location = url.replace("\r", "%0D").replace("\n", "%0A").encode().decode("latin-1")
                self.reply(302, Location=location)
                return
            shown = url.replace("&", "&amp;").replace("<", "&lt;")
            prop = PROPERTIES[route].format(url=shown)
            self.reply(207, MULTISTATUS.format(here=self.path, prop=prop), Content_Type="application/xml")

    return Attacker


@contextmanager
def _serving(handler: type[_Handler], found: Listener) -> Iterator[Listener]:
    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128
        address_family = AF_INET6  # also IPv4, as Linux maps it

    class Noting(handler):  # type: ignore[misc,valid-type]
        def parse_request(self) -> bool:
            is_fine: bool = super().parse_request()
            found.asked.append(getattr(self, "path", "something that is no HTTP"))
            return is_fine

    with Server(("::", 0), Noting) as server:
        found.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield found
        finally:
            server.shutdown()
            thread.join()
