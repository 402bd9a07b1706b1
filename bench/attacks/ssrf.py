"""Server-side request forgery: addresses that lead into the server's own network, typed and answered by a server.

The canary listens on every address of this machine; a try is through if one request reaches it. The attacker's own
server is the only one that may be reached.
"""

import asyncio
import contextlib
import json
import re
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import AF_INET6
from typing import Any

from bench.attacks import ssrf_import
from bench.attacks.tries import Tries
from oncall_ui.app import App
from oncall_ui.domain.availability.rules import Rules
from oncall_ui.domain.availability.window import days_from
from oncall_ui.domain.imports.failures import Failure
from oncall_ui.errors import InvalidInput
from oncall_ui.security.http.client import AllowedHosts, GuardedHttp
from oncall_ui.security.http.lookup import resolve
from oncall_ui.services.connections.connect import connect
from oncall_ui.services.imports.fetching.fetch import Source, discover, read
from oncall_ui.services.imports.fetching.in_worker import NOWHERE, Question
from providers.caldav import PRODUCT as CALDAV

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
    methods: Counter[str] = field(default_factory=Counter)


def vectors(port: int) -> list[str]:
    found: list[str] = json.loads(VECTORS.read_text(encoding="utf-8"))
    return [url.replace("PORT", str(port)) for url in found]


async def attack(app: App, member_id: int, product: str, route: str, *, every: int = 1) -> Tries:
    """Every vector, or every third, say, through one form. `route` is how it gets to us, see ROUTES."""
    tries = Tries()
    turns = asyncio.Semaphore(AT_ONCE)
    with canary() as trap, attacker(trap.port) as evil:
        app = _attacked(app, trap.port, evil.port)

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


async def attack_imports(app: App, route: str, *, every: int = 1) -> Tries:
    """As `attack`, while calendars are listed and imported. `route` is one of `ssrf_import`."""
    tries = Tries()
    turns = asyncio.Semaphore(AT_ONCE)
    with canary() as trap, attacker(trap.port) as evil:
        app = _attacked(app, trap.port, evil.port)
        origin = f"http://attacker.test:{evil.port}/"

        async def attempt(number: int, url: str) -> None:
            typed = f"{origin}{route}/{number}/"
            source = Source(CALDAV, {"url": typed, "user": "alice", "password": "secret"})
            calendars = [url if route == ssrf_import.STORED else typed]
            async with turns:
                with contextlib.suppress(Failure):
                    if route == ssrf_import.ACCOUNT:
                        calendars = [each.remote_id for each in (await discover(app, source)).calendars]
                    for each in calendars:
                        await read(app, source, _question(each), _Unwatched())
            offered = [each for each in calendars if route == ssrf_import.ACCOUNT and not each.startswith(origin)]
            tries.count(f"caldav, {route}: {url}", is_through=bool(offered))

        await asyncio.gather(*(attempt(number, url) for number, url in list(enumerate(vectors(trap.port)))[::every]))
        tries.through += [f"the canary was asked for {path}" for path in trap.asked]
        if route != ssrf_import.STORED:
            last = ssrf_import.LAST[route]
            assert evil.methods[last] * 2 >= tries.number, f"the attacker's server must have been asked by {last}"
    return tries


class _Unwatched:
    def arrived(self, share: float | None, events: int = 0) -> None: ...

    def counted(self, events: int) -> None: ...

    def fetched(self) -> None: ...

    async def previous(self) -> bytes | None:
        return None


def _question(remote_id: str) -> Question:
    return Question(remote_id, days_from(datetime.now(UTC).date(), NOWHERE), NOWHERE, Rules())


def _attacked(app: App, canary_port: int, evil_port: int) -> App:
    """It may reach the canary's port, and of private addresses the attacker's server alone."""
    allowed = AllowedHosts.parse(f"attacker.test:{evil_port}")
    http = GuardedHttp(allowed, ports=frozenset({80, 443, 8443, canary_port}), resolve=_resolve)
    return replace(app, http=http, settings=app.settings.model_copy(update={"max_checks": AT_ONCE}))


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

    def received(self) -> str:
        """The request's body; to be read once, before the reply."""
        return self.rfile.read(int(self.headers.get("Content-Length", 0) or 0)).decode(errors="replace")

    def reply(self, status: int, body: str = "", **headers: str) -> None:
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
        self.received()
        self.reply(200, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n", Content_Type="text/calendar")


def _attacker_of(urls: Sequence[str]) -> type[_Handler]:
    class Attacker(_Handler):
        def _answer(self) -> None:
            body = self.received()
            route, number, *below = [*self.path.strip("/").split("/"), ""]
            if not number.isdecimal() or (below != [""] and route not in ssrf_import.ROUTES):
                self.reply(404)
                return
            url = urls[int(number)]
            if route in ssrf_import.ROUTES:
                self._tell(ssrf_import.answer(route, self._asked(body), url))
                return
            if route == "redirect":
                self.reply(302, Location=_in_a_header(url))
                return
            shown = url.replace("&", "&amp;").replace("<", "&lt;")
            prop = PROPERTIES[route].format(url=shown)
            self.reply(207, MULTISTATUS.format(here=self.path, prop=prop), Content_Type="application/xml")

        def _asked(self, body: str) -> ssrf_import.Asked:
            return ssrf_import.Asked(self.command, self.path, self.headers.get("Depth", ""), body)

        def _tell(self, said: ssrf_import.Answer) -> None:
            location = {"Location": _in_a_header(said.location)} if said.location else {}
            self.reply(said.status, said.body, Content_Type="application/xml", **location)

    return Attacker


def _in_a_header(url: str) -> str:
    return url.replace("\r", "%0D").replace("\n", "%0A").encode().decode("latin-1")


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
            found.methods[self.command or ""] += 1
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
