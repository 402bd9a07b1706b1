"""Protection against DNS rebinding: the server answers under its own names only."""

import re
from collections.abc import Callable, Iterable
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from oncall_ui.security.http.public_addresses import is_host

_HOST = re.compile(r"(?P<name>\[[0-9a-fA-F:.]+]|[A-Za-z0-9_.-]+)(?::[0-9]{1,5})?")
_LOOPBACK_NAME = "localhost"
MISDIRECTED = 421
SENTENCE = "This server doesn’t answer to this name.\n"

Report = Callable[[str], object]


class AllowedHosts:
    """Answers 421 to requests and websockets for another host, and 400 where the Host header is missing or unclear.

    A page of another site that makes its own name lead here would otherwise count as our own (DNS rebinding). Names
    of this machine (`localhost`, `127.0.0.1`, `[::1]`) are always allowed. `report` gets a sentence for the log.
    """

    def __init__(self, app: ASGIApp, *, names: Iterable[str], report: Report = lambda _: None) -> None:
        self._app = app
        self._names = frozenset(names)
        self._report = report

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        status = self._refusal(scope) if scope["type"] in ("http", "websocket") else 0
        if not status:
            await self._app(scope, receive, send)
        elif scope["type"] == "http" or "websocket.http.response" in scope.get("extensions", {}):
            await PlainTextResponse(SENTENCE, status, {"Cache-Control": "no-store"})(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008})  # before it is accepted: answered with 403

    def _refusal(self, scope: Scope) -> int:
        """The status to answer with; 0 if the host is one of ours."""
        hosts = Headers(scope=scope).getlist("host")
        match = _HOST.fullmatch(hosts[0]) if len(hosts) == 1 else None
        if match is None:
            self._report("A request without a usable Host header was refused.")
            return 400
        name = match["name"].strip("[]").lower().rstrip(".")
        if name in self._names or is_loopback(name):
            return 0
        self._report(
            f"A request for the host {name[:100]} was refused. If people should reach this server under that name, "
            "set ONCALL_BASE_URL to its address or add it to ONCALL_ALLOWED_HOSTS."
        )
        return MISDIRECTED


def allowed_names(base_url: str, listening: str, setting: str) -> frozenset[str]:
    """The host of the public URL, the address the server listens on, and those of ONCALL_ALLOWED_HOSTS.

    Raises ValueError with a sentence for the operator for an entry that is no host name.
    """
    named = {entry.strip().lower().strip("[]").rstrip(".") for entry in setting.split(",") if entry.strip()}
    for name in named:
        if not is_host(name):
            raise ValueError(
                f"ONCALL_ALLOWED_HOSTS: “{name}” is not a host name or an IP address. "
                "Examples: oncall.lan, 192.168.1.5 (without https:// and without a port)"
            )
    own = urlsplit(base_url).hostname or ""
    return frozenset(named | {own.rstrip("."), listening.lower()}) - {"", "0.0.0.0", "::"}  # noqa: S104 - left out


def is_loopback(name: str) -> bool:
    """Whether the name can only mean this machine, whatever a name server says."""
    if name == _LOOPBACK_NAME or name.endswith(f".{_LOOPBACK_NAME}"):  # RFC 6761 section 6.3
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False
