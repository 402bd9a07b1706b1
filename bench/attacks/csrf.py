"""Cross-site request forgery: every route that changes something, with what another site makes a browser send."""

import re
from collections.abc import Iterator

from bench.attacks.tries import Tries
from bench.attacks.wire import ask
from tests.e2e.server import ROOT, Server

FOREIGN = (
    (("Origin", "https://evil.example"),),
    (("Origin", "http://evil.example"), ("Sec-Fetch-Site", "cross-site")),
    (("Origin", "null"),),
    (("Origin", ""),),
    (("Origin", "http://127.0.0.1.evil.example"),),
    (("Origin", "http://evil.example:PORT"),),
    (("Origin", "http://127.0.0.1:1"),),
    (("Origin", "http://127.0.0.1:PORT.evil.example"),),
    (("Origin", "http://127.0.0.1:PORT@evil.example"),),
    (("Origin", "http://127.0.0.1:PORT, https://evil.example"),),
    (("Origin", "http://127.0.0.1:PORT"), ("Origin", "https://evil.example")),
    (("Origin", "file://"),),
    (("Sec-Fetch-Site", "cross-site"),),
    (("Sec-Fetch-Site", "same-site"),),
    (("Sec-Fetch-Site", "same-site"), ("Origin", "http://127.0.0.1:PORT")),
    (("Sec-Fetch-Site", "same-origin, cross-site"),),
    (("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Site", "cross-site")),
    (("Sec-Fetch-Site", "anything"),),
    (("Referer", "https://evil.example/"),),
    (),
)
"""Beside the cookie of somebody who is logged in; the last one has nothing that says where it comes from."""
_ROUTE = re.compile(r'@\w+\.(post|put|patch|delete)\(\s*f?"([^"]+)"')
METHODS = ("POST", "PUT", "PATCH", "DELETE")
KINDS = ("application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x", "application/json")


def routes() -> Iterator[tuple[str, str]]:
    """Method and path of every route of the app that takes more than GET, read from its source."""
    for file in sorted((ROOT / "pages").rglob("*.py")):
        for method, path in _ROUTE.findall(file.read_text(encoding="utf-8")):
            yield method.upper(), re.sub(r"\{[^}]+}", "1", path)


def attack(server: Server, cookie: str) -> Tries:
    """Through is whatever isn't refused with 403. Paths without a route of their own are tried as well."""
    tries = Tries()
    others = {(method, path) for method in METHODS for path in ("/", "/calendars", "/no-such-page")}
    for method, path in sorted(others | set(routes())):
        for number, headers in enumerate(FOREIGN):
            sent = [(name, value.replace("PORT", str(server.port))) for name, value in headers]
            kind = KINDS[number % len(KINDS)]
            answer = ask(
                server.port,
                path,
                method=method,
                headers=[*sent, ("Cookie", f"oncall_session={cookie}"), ("Content-Type", kind)],
                body=b"password=hunter2hunter2&name=Mallory",
            )
            tries.count(f"{method} {path} {sent}", is_through=answer.status != 403)
    return tries
