"""A small web server with memory that serves calendars over real HTTP, as kindly or as badly as a test asks.

    with FeedServer() as feeds:
        url = feeds.serve("/work.ics", calendar, etag="1", user="alice", password="secret")
        feeds.refuse("/work.ics", status=503, retry_after=120, times=1)

It is strict: a request nobody prepared is answered 501, and fails the test when the server is closed.
"""

import base64
import gzip as gzipped
import hashlib
import socketserver
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self, cast

import httpx

Body = bytes | Callable[[], bytes]

WEB_PAGE = b"<!doctype html><html><head><title>Sign in</title></head><body><h1>Please sign in</h1></body></html>"
CHUNK = 64 * 1024


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody asked, recorded the moment it arrived. `path` includes the query, as it was sent."""

    method: str
    path: str
    headers: httpx.Headers


class Hold:
    """Answers on one path that wait. Released when left as a context, or when the server closes."""

    def __init__(self) -> None:
        self._arrived = threading.Event()
        self._released = threading.Event()

    def reached(self, timeout: float = 60) -> None:
        """Returns once a request is waiting."""
        assert self._arrived.wait(timeout), f"no request arrived within {timeout:g} seconds"

    def release(self) -> None:
        """Lets the waiting answers go, and those to come."""
        self._released.set()

    def pass_by(self) -> None:
        """What a request does: arrive, and wait for the release."""
        self._arrived.set()
        self._released.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said under one path, and how."""

    body: Body = b""
    status: int = HTTPStatus.OK
    headers: Mapping[str, str] = field(default_factory=dict)
    etag: str | None = None
    last_modified: datetime | None = None
    login: tuple[str, str] | None = None
    gzip: bool = False
    delay: float = 0
    chunk_size: int = CHUNK
    chunk_delay: float = 0
    cut_after: int | None = None

    def knows(self, request: Request) -> bool:
        """Whether the asker already has this content."""
        known = request.headers.get("If-None-Match")
        if known is not None:
            tags = [tag.strip().removeprefix("W/") for tag in known.split(",")]
            return self.etag is not None and ("*" in tags or self.etag.removeprefix("W/") in tags)
        since = request.headers.get("If-Modified-Since")
        if since is None or self.last_modified is None:
            return False
        return self.last_modified.replace(microsecond=0) <= parsedate_to_datetime(since)

    def admits(self, request: Request) -> bool:
        """Whether the asker showed the user name and password this needs."""
        if self.login is None:
            return True
        expected = base64.b64encode(":".join(self.login).encode()).decode()
        shown: str | None = request.headers.get("Authorization")
        return shown == f"Basic {expected}"


@dataclass(frozen=True, slots=True)
class Refusal:
    answer: Answer
    times: int | None


class FeedServer:
    """Listens on a free loopback port from `with` to the end of it; `requests` are all it was asked, in order."""

    def __init__(self) -> None:
        self.closing = threading.Event()
        self._lock = threading.Lock()
        self._answers: dict[str, Answer] = {}
        self._refusals: dict[str, Refusal] = {}
        self._holds: dict[str, Hold] = {}
        self._requests: list[Request] = []
        self._unexpected: list[Request] = []
        self._broken: list[str] = []
        self._listener = _Listener(self)
        self._thread = threading.Thread(target=self._listener.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()
        complaints = [f"nobody prepared {request.method} {request.path}" for request in self.unexpected]
        complaints += self._broken
        if not complaints:
            return
        if error is None:
            raise AssertionError("; ".join(complaints))
        error.add_note("; ".join(complaints))  # the test's own failure stays the first one seen

    @property
    def port(self) -> int:
        return self._listener.server_address[1]

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def url(self, path: str) -> str:
        return f"{self.base_url}{path}"

    @property
    def requests(self) -> list[Request]:
        with self._lock:
            return list(self._requests)

    @property
    def unexpected(self) -> list[Request]:
        """Requests nobody prepared; empty it with `clear` when a test wanted them."""
        with self._lock:
            return list(self._unexpected)

    def clear(self) -> None:
        """Forgets the requests so far, the unexpected ones too. What is served stays."""
        with self._lock:
            self._requests.clear()
            self._unexpected.clear()

    def serve(
        self,
        path: str,
        body: Body,
        *,
        content_type: str = "text/calendar",
        etag: str | None = None,
        last_modified: datetime | None = None,
        user: str | None = None,
        password: str | None = None,
        gzip: bool = False,
        delay: float = 0,
        chunk_size: int = CHUNK,
        chunk_delay: float = 0,
        cut_after: int | None = None,
        status: int = HTTPStatus.OK,
        headers: Mapping[str, str] | None = None,
    ) -> str:
        """Serves this under the path from now on, whatever was there before; returns the absolute address.

        The path is compared with its query, exactly. `delay` passes before the answer and `chunk_delay` between its
        pieces; after `cut_after` bytes of the body the connection breaks. `gzip` is used with whoever accepts it.
        """
        answer = Answer(
            body=body,
            status=status,
            headers={"Content-Type": content_type} | dict(headers or {}),
            etag=_quoted(etag),
            last_modified=last_modified,
            login=None if user is None and password is None else (user or "", password or ""),
            gzip=gzip,
            delay=delay,
            chunk_size=chunk_size,
            chunk_delay=chunk_delay,
            cut_after=cut_after,
        )
        return self._prepare(path, answer)

    def replace(self, path: str, body: Body, *, etag: str | None = None, last_modified: datetime | None = None) -> str:
        """Serves other content the same way. An ETag or a date the path had changes too, unless one is given."""
        with self._lock:
            before = self._answers[path]
        return self._prepare(
            path,
            replace(
                before,
                body=body,
                etag=_quoted(etag) or (before.etag and _next_tag(before.etag)),
                last_modified=last_modified or (before.last_modified and before.last_modified + timedelta(seconds=1)),
            ),
        )

    def drip(self, path: str, body: Body, *, pause: float = 0.01) -> str:
        """Serves the content byte by byte."""
        return self.serve(path, body, chunk_size=1, chunk_delay=pause)

    def web_page(self, path: str, body: bytes = WEB_PAGE) -> str:
        """Serves a page for people where a calendar was expected: a sign-in page, say."""
        return self.serve(path, body, content_type="text/html; charset=utf-8")

    def redirect(self, path: str, *, to: str, status: int = HTTPStatus.FOUND) -> str:
        return self.serve(path, b"", status=status, headers={"Location": to})

    def remove(self, path: str, *, status: int = HTTPStatus.NOT_FOUND) -> str:
        """From now on the path is gone, and says so."""
        return self.serve(path, b"", status=status)

    def refuse(
        self,
        path: str,
        *,
        status: int = HTTPStatus.SERVICE_UNAVAILABLE,
        retry_after: int | str | datetime | None = None,
        times: int | None = None,
    ) -> str:
        """Refuses the next `times` requests, or all until `accept`; afterwards the path is what it was."""
        if isinstance(retry_after, datetime):
            retry_after = _http_date(retry_after)
        headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
        with self._lock:
            self._refusals[path] = Refusal(Answer(status=status, headers=headers), times)
        return self.url(path)

    def accept(self, path: str) -> None:
        """Ends a refusal."""
        with self._lock:
            self._refusals.pop(path, None)

    def hold(self, path: str) -> Hold:
        """From now on answers on the path wait, to look at the world while a calendar is being read."""
        with self._lock:
            former = self._holds.get(path)
            self._holds[path] = Hold()
            if former:
                former.release()
            return self._holds[path]

    def answer_to(self, request: Request) -> Answer | None:
        """Records the request, waits where it is held, and tells what to say; None when nobody prepared it."""
        with self._lock:
            self._requests.append(request)
            hold = self._holds.get(request.path)
        if hold:
            hold.pass_by()
        with self._lock:
            answer = self._refused(request.path) or self._answers.get(request.path)
            if answer is None or request.method not in {"GET", "HEAD"}:
                self._unexpected.append(request)
                return None
        return answer

    def broke(self, what: str) -> None:
        """A prepared body raised instead of answering; the end of the server tells."""
        with self._lock:
            self._broken.append(what)

    def _prepare(self, path: str, answer: Answer) -> str:
        with self._lock:
            self._answers[path] = answer
        return self.url(path)

    def _refused(self, path: str) -> Answer | None:
        refusal = self._refusals.get(path)
        if refusal is None:
            return None
        if refusal.times is not None:
            left = refusal.times - 1
            if left > 0:
                self._refusals[path] = replace(refusal, times=left)
            else:
                del self._refusals[path]
        return refusal.answer

    def _close(self) -> None:
        self.closing.set()
        for hold in self._holds.values():
            hold.release()
        self._listener.shutdown()
        self._thread.join()
        self._listener.server_close()


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, feeds: FeedServer) -> None:
        self.feeds = feeds
        super().__init__(("127.0.0.1", 0), _Handler)

    def server_bind(self) -> None:
        # HTTPServer would first ask the name service who 127.0.0.1 is.
        socketserver.TCPServer.server_bind(self)

    def handle_error(self, request: Any, client_address: Any) -> None:
        error = sys.exc_info()[1]
        if not isinstance(error, ConnectionError):  # an asker may leave; a body may not raise
            self.feeds.broke(repr(error))


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def __getattr__(self, name: str) -> Callable[[], None]:
        if name.startswith("do_"):  # every method comes by the same door, or a wrong one would go unrecorded
            return self._answer
        raise AttributeError(name)

    def log_message(self, *_: object) -> None:
        pass

    def _answer(self) -> None:
        feeds = cast(_Listener, self.server).feeds
        request = Request(self.command, self.path, httpx.Headers(self.headers.items()))
        answer = feeds.answer_to(request)
        feeds.closing.wait(answer.delay if answer else 0)
        if feeds.closing.is_set():
            self.close_connection = True  # a kept-alive connection outlives the server, and is told nothing more
        elif answer is None:
            self.close_connection = True  # it may carry a body, and nobody reads that
            self._say(HTTPStatus.NOT_IMPLEMENTED, {"Content-Type": "text/plain"}, b"nobody prepared this")
        elif not answer.admits(request):
            self._say(HTTPStatus.UNAUTHORIZED, {"WWW-Authenticate": 'Basic realm="calendar", charset="UTF-8"'})
        elif answer.knows(request):
            self._say(HTTPStatus.NOT_MODIFIED, _validators(answer))
        else:
            self._give(request, answer, feeds.closing)

    def _give(self, request: Request, answer: Answer, closing: threading.Event) -> None:
        body = answer.body if isinstance(answer.body, bytes) else answer.body()
        headers = {**answer.headers, **_validators(answer)}
        if answer.gzip:
            headers["Vary"] = "Accept-Encoding"
            if "gzip" in request.headers.get("Accept-Encoding", ""):
                headers["Content-Encoding"] = "gzip"
                body = gzipped.compress(body)
        self._head(answer.status, headers, len(body))
        if request.method == "HEAD":
            return
        end = len(body) if answer.cut_after is None else answer.cut_after
        for start in range(0, end, answer.chunk_size):
            if start and closing.wait(answer.chunk_delay):
                break
            self.wfile.write(body[start : min(start + answer.chunk_size, end)])
        if end < len(body):
            self.close_connection = True

    def _say(self, status: int, headers: Mapping[str, str], body: bytes = b"") -> None:
        self._head(status, headers, len(body))
        if self.command != "HEAD":
            self.wfile.write(body)

    def _head(self, status: int, headers: Mapping[str, str], length: int) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status not in {HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED}:
            self.send_header("Content-Length", str(length))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()


def _validators(answer: Answer) -> dict[str, str]:
    headers = {}
    if answer.etag:
        headers["ETag"] = answer.etag
    if answer.last_modified:
        headers["Last-Modified"] = _http_date(answer.last_modified)
    return headers


def _quoted(etag: str | None) -> str | None:
    if etag is None or etag.endswith('"'):
        return etag
    return f'"{etag}"'


def _next_tag(etag: str) -> str:
    return f'"{hashlib.sha256(etag.encode()).hexdigest()[:16]}"'


def _http_date(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC), usegmt=True)
