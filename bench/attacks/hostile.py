"""CalDAV servers that want to hurt their readers, in a process of their own: one port for each kind of answer.

    python -m bench.attacks.hostile SHARE

prints a line of JSON, kind → port, and answers until its standard input closes.
"""

import itertools
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

MEGABYTE = 1024 * 1024
HEAD = b'<?xml version="1.0"?><D:multistatus xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav">'
TAIL = b"</D:multistatus>"
OK = b"<D:status>HTTP/1.1 200 OK</D:status>"
KIND = b"<D:resourcetype><D:collection/><C:calendar/></D:resourcetype>"
CALENDAR = b"<D:response><D:href>/cal/</D:href><D:propstat><D:prop>%s</D:prop>%s</D:propstat></D:response>"
ENTITIES = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">%s]><x>&j;</x>' % b"".join(
    b'<!ENTITY %c "%s">' % (name, b"&%c;" % (name - 1) * 10) for name in range(ord("b"), ord("k"))
)

_numbers = itertools.count()


def _named(name: bytes) -> bytes:
    return HEAD + CALENDAR % (b"<D:displayname>%s</D:displayname>" % name + KIND, OK) + TAIL


def _calendars(share: int) -> bytes:
    more = (CALENDAR.replace(b"/cal/", b"/cal/%d/") % (number, KIND, OK) for number in range(60_000 // share))
    return HEAD + b"".join(more) + TAIL


def _again(method: str) -> bytes:
    """A listing that is never complete: the same two tokens in turn, and other resources every time."""
    number = next(_numbers)
    entry = b'<D:response><D:href>/cal/%d-%d.ics</D:href><D:propstat><D:prop><D:getetag>"1"</D:getetag></D:prop>%s'
    entries = (entry % (number, each, OK) + b"</D:propstat></D:response>" for each in range(5_000))
    partial = b"<D:response><D:href>/cal/</D:href><D:status>HTTP/1.1 507 Insufficient</D:status></D:response>"
    token = b"<D:sync-token>urn:%d</D:sync-token>" % (number % 2)
    return HEAD + (b"".join(entries) + partial + token if method == "REPORT" else partial) + TAIL


def _attributes(share: int) -> bytes:
    return HEAD + b"<D:a " + b"".join(b'a%d="1" ' % each for each in range(2_000_000 // share)) + b"/>" + TAIL


BODIES: dict[str, Callable[[int], bytes]] = {
    "60,000 calendars": _calendars,
    "tiny elements": lambda share: HEAD + b"<D:a/>" * (8 * MEGABYTE // share) + TAIL,
    "deep nesting": lambda share: HEAD + b"<D:a>" * (8 * MEGABYTE // share),
    "one long text": lambda _: _named(b"long " * (9 * MEGABYTE)),
    "attributes": _attributes,
    "entities": lambda _: ENTITIES,
    "tokens in a circle": lambda _: b"",
    "slow drip": lambda _: b"",
}
"""What is answered to everything, of a `share`: an eighth, say, of what takes longest to read."""
DRIP, CIRCLE = "slow drip", "tokens in a circle"
EIGHTH = 8
"""Of 8 million elements it is still more than is read of any answer."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    kind = ""
    cached: bytes | None = None

    def _answer(self) -> None:
        self.rfile.read(int(self.headers.get("content-length", 0)))
        if self.kind == DRIP:
            self._drip()
            return
        body = self._body()
        self._head(str(len(body)))
        self.wfile.write(body)

    do_PROPFIND = do_REPORT = do_GET = _answer  # noqa: N815 - the names are http.server's

    def _body(self) -> bytes:
        if self.kind == CIRCLE:
            is_listing = self.command == "REPORT" or self.headers.get("depth") == "1"
            return _again(self.command) if is_listing else _named(b"Work")
        return self.cached or b""

    def _drip(self) -> None:
        self._head(str(MEGABYTE))
        self.wfile.write(HEAD)
        while True:
            self.wfile.write(b" " * 64)
            time.sleep(1)

    def _head(self, length: str) -> None:
        self.send_response(207)
        self.send_header("Content-Type", "application/xml")
        self.send_header("Content-Length", length)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


class _Listener(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """The reader has hung up, as it should."""


@contextmanager
def hostile(share: int = 1) -> Iterator[Mapping[str, int]]:
    """Kind of answer → port."""
    command = [sys.executable, "-m", "bench.attacks.hostile", str(share)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:  # noqa: S603 - ours
        assert process.stdout and process.stdin
        try:
            yield json.loads(process.stdout.readline())
        finally:
            process.stdin.close()


def main(share: int) -> None:
    ports = {}
    if share == 1:
        os.nice(10)  # as if they were elsewhere: what they compute isn't the server's to bear
    for kind, body in BODIES.items():
        cached = None if kind in (DRIP, CIRCLE) else body(share)
        handler = type("Handler", (_Handler,), {"kind": kind, "cached": cached})
        listener = _Listener(("127.0.0.1", 0), handler)
        ports[kind] = listener.server_address[1]
        threading.Thread(target=listener.serve_forever, daemon=True).start()
    sys.stdout.write(json.dumps(ports) + "\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    main(int(sys.argv[1]))
