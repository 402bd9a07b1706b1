"""The server of the demo's calendars and webhooks: real HTTP on a free loopback port, with failures and delays."""

import base64
import hashlib
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

MOST_READ = 1024 * 1024
PIECES = 80
"""The number of pieces that a slow body is sent in."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A response without a body."""

    status: HTTPStatus
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Feed:
    """What is served at one URL."""

    calendar: Callable[[datetime], bytes]
    login: tuple[str, str] | None = None
    refusal: Refusal | None = None
    """The response after the first `good_for` requests."""
    good_for: int = 0
    seconds: float = 0
    """How long the body takes from the second request on; the first is the check, which a member waits for."""
    has_etag: bool = True


NOT_FOUND = Refusal(HTTPStatus.NOT_FOUND)
_ASK_PASSWORD = Refusal(HTTPStatus.UNAUTHORIZED, {"WWW-Authenticate": 'Basic realm="calendar"'})


class FeedServer:
    """Serves within its `with` block; responses that are still running end soon after it.

    `clock` is the current time for the calendars; `pace` scales the delays of slow bodies, 0 meaning none.
    `hooks`: paths that events are posted to, each with its answer.
    """

    def __init__(
        self,
        feeds: Mapping[str, Feed],
        *,
        hooks: Mapping[str, HTTPStatus] | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        pace: float = 1,
    ) -> None:
        self._feeds = feeds
        self._hooks = hooks or {}
        self._clock = clock
        self._pace = pace
        self._requests: Counter[str] = Counter()
        self._counting = threading.Lock()
        self._closing = threading.Event()
        self._listener = _Listener(self)
        self._thread = threading.Thread(target=self._listener.serve_forever, args=(0.05,), daemon=True)

    @property
    def address(self) -> str:
        """Host and port."""
        return f"127.0.0.1:{self._listener.server_port}"

    def url(self, path: str) -> str:
        return f"http://{self.address}{path}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._listener.shutdown()
        self._listener.server_close()
        self._thread.join()

    def answer(self, asked: "_Request") -> None:
        """Writes the complete response to one request."""
        feed, earlier = self._feeds.get(asked.path), self._count(asked.path)
        if refusal := _refusal(feed, earlier, asked.headers.get("Authorization")):
            asked.refuse(refusal)
            return
        assert feed is not None  # otherwise refused
        body = feed.calendar(self._clock())
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"' if feed.has_etag else ""
        if etag and asked.headers.get("If-None-Match") == etag:
            asked.refuse(Refusal(HTTPStatus.NOT_MODIFIED, {"ETag": etag}))
            return
        asked.begin(len(body), etag)
        for piece in self._pieces(body, feed.seconds * self._pace if earlier else 0):
            asked.wfile.write(piece)

    def take(self, asked: "_Request") -> None:
        """Answers an event, which nobody looks at."""
        length = asked.headers.get("Content-Length", "")
        asked.rfile.read(min(int(length), MOST_READ) if length.isdecimal() else 0)
        asked.refuse(Refusal(self._hooks.get(asked.path, HTTPStatus.NOT_FOUND)))

    def _count(self, path: str) -> int:
        """How many requests came before this one."""
        with self._counting:
            self._requests[path] += 1
            return self._requests[path] - 1

    def _pieces(self, body: bytes, seconds: float) -> Iterator[bytes]:
        if not seconds:
            yield body
            return
        size = len(body) // PIECES + 1
        for begin in range(0, len(body), size):
            if self._closing.wait(seconds / PIECES):
                return
            yield body[begin : begin + size]


class _Listener(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, server: FeedServer) -> None:
        super().__init__(("127.0.0.1", 0), _Request)
        self.feeds = server


class _Request(BaseHTTPRequestHandler):
    server: _Listener
    timeout = 30

    def do_GET(self) -> None:
        try:
            self.server.feeds.answer(self)
        except ConnectionError:
            self.close_connection = True  # the client went away, like an import that is stopped

    def do_POST(self) -> None:
        try:
            self.server.feeds.take(self)
        except ConnectionError:
            self.close_connection = True

    def begin(self, size: int, etag: str) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/calendar; charset=utf-8")
        self.send_header("Content-Length", str(size))
        if etag:
            self.send_header("ETag", etag)
        self.end_headers()

    def refuse(self, refusal: Refusal) -> None:
        self.send_response(refusal.status)
        for name, value in refusal.headers.items():
            self.send_header(name, value)
        if refusal.status not in (HTTPStatus.NOT_MODIFIED, HTTPStatus.NO_CONTENT):
            self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Silent: the console is for the app."""


def _refusal(feed: Feed | None, earlier: int, authorization: str | None) -> Refusal | None:
    if feed is None:
        return NOT_FOUND
    if feed.login and authorization != _basic(feed.login):
        return _ASK_PASSWORD
    return feed.refusal if earlier >= feed.good_for else None


def _basic(login: tuple[str, str]) -> str:
    return f"Basic {base64.b64encode(':'.join(login).encode()).decode()}"
