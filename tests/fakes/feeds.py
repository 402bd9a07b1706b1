"""A small web server with memory: serves calendars over real HTTP, as well or as badly as a test asks.

    with FeedServer() as feeds:
        url = feeds.serve("/work.ics", calendar, etag="1", user="alice", password="secret")
        feeds.refuse("/work.ics", status=503, retry_after=120, times=1)

A request that no test prepared is answered 501, and fails the test when the server closes.
"""

import base64
import gzip as gzipped
import hashlib
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus

import httpx

from tests.fakes.server import Handler, Hold, LocalServer

Body = bytes | Callable[[], bytes]

WEB_PAGE = b"<!doctype html><html><head><title>Sign in</title></head><body><h1>Please sign in</h1></body></html>"
CHUNK = 64 * 1024


@dataclass(frozen=True, slots=True)
class Request:
    """A request, recorded the moment it arrived. `path` includes the query, as sent."""

    method: str
    path: str
    headers: httpx.Headers


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer of one path."""

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
        """Whether the client already has this content."""
        known = request.headers.get("If-None-Match")
        if known is not None:
            tags = [tag.strip().removeprefix("W/") for tag in known.split(",")]
            return self.etag is not None and ("*" in tags or self.etag.removeprefix("W/") in tags)
        since = request.headers.get("If-Modified-Since")
        if since is None or self.last_modified is None:
            return False
        return self.last_modified.replace(microsecond=0) <= parsedate_to_datetime(since)

    def admits(self, request: Request) -> bool:
        """Whether the client sent the right user name and password."""
        if self.login is None:
            return True
        expected = base64.b64encode(":".join(self.login).encode()).decode()
        shown: str | None = request.headers.get("Authorization")
        return shown == f"Basic {expected}"


@dataclass(frozen=True, slots=True)
class Refusal:
    answer: Answer
    times: int | None


class FeedServer(LocalServer):
    """Listens from `with` to the end of it; `requests` are all requests so far, in order."""

    def __init__(self) -> None:
        super().__init__()
        self._answers: dict[str, Answer] = {}
        self._refusals: dict[str, Refusal] = {}
        self._requests: list[Request] = []
        self._unexpected: list[Request] = []

    @property
    def base_url(self) -> str:
        return self.url()

    def complain(self) -> list[str]:
        return [f"not prepared: {request.method} {request.path}" for request in self.unexpected]

    @property
    def requests(self) -> list[Request]:
        with self._lock:
            return list(self._requests)

    @property
    def unexpected(self) -> list[Request]:
        """Requests that no test prepared; `clear` forgets them."""
        with self._lock:
            return list(self._unexpected)

    def clear(self) -> None:
        """Forgets the requests so far, including unexpected ones. What is served stays."""
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
        """Serves this under the path from now on, in place of what was there; returns the absolute URL.

        The path is compared exactly, with its query. `delay` passes before the answer and `chunk_delay` between its
        chunks; after `cut_after` bytes of the body the connection breaks. `gzip` is used if the client accepts it.
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
        """Serves other content the same way. The ETag or date of the path changes too, unless one is given."""
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
        """Serves a web page instead of a calendar, such as a sign-in page."""
        return self.serve(path, body, content_type="text/html; charset=utf-8")

    def redirect(self, path: str, *, to: str, status: int = HTTPStatus.FOUND) -> str:
        return self.serve(path, b"", status=status, headers={"Location": to})

    def remove(self, path: str, *, status: int = HTTPStatus.NOT_FOUND) -> str:
        """From now on the path answers 404, or `status`."""
        return self.serve(path, b"", status=status)

    def refuse(
        self,
        path: str,
        *,
        status: int = HTTPStatus.SERVICE_UNAVAILABLE,
        retry_after: int | str | datetime | None = None,
        times: int | None = None,
    ) -> str:
        """Refuses the next `times` requests, or all until `accept`; then the path answers as before."""
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
        """From now on answers on the path wait, so that a test can look at an import under way."""
        with self._lock:
            former = self._holds.get(path)
            self._holds[path] = Hold()
            if former:
                former.release()
            return self._holds[path]

    def handle(self, handler: Handler) -> None:
        request = Request(handler.command, handler.path, httpx.Headers(handler.headers.items()))
        answer = self.answer_to(request)
        self.closing.wait(answer.delay if answer else 0)
        if self.closing.is_set():
            handler.close_connection = True  # a kept-alive connection outlives the server
        elif answer is None:
            handler.close_connection = True  # it may carry a body, which isn't read
            _say(handler, HTTPStatus.NOT_IMPLEMENTED, {"Content-Type": "text/plain"}, b"not prepared")
        elif not answer.admits(request):
            _say(handler, HTTPStatus.UNAUTHORIZED, {"WWW-Authenticate": 'Basic realm="calendar", charset="UTF-8"'})
        elif answer.knows(request):
            _say(handler, HTTPStatus.NOT_MODIFIED, _validators(answer))
        else:
            _give(handler, request, answer, self.closing)

    def answer_to(self, request: Request) -> Answer | None:
        """Records the request and waits if it is held; None if no test prepared it."""
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


def _give(handler: Handler, request: Request, answer: Answer, closing: threading.Event) -> None:
    body = answer.body if isinstance(answer.body, bytes) else answer.body()
    headers = {**answer.headers, **_validators(answer)}
    if answer.gzip:
        headers["Vary"] = "Accept-Encoding"
        if "gzip" in request.headers.get("Accept-Encoding", ""):
            headers["Content-Encoding"] = "gzip"
            body = gzipped.compress(body)
    _begin(handler, answer.status, headers, len(body))
    if request.method == "HEAD":
        return
    end = len(body) if answer.cut_after is None else answer.cut_after
    for start in range(0, end, answer.chunk_size):
        if start and closing.wait(answer.chunk_delay):
            break
        handler.wfile.write(body[start : min(start + answer.chunk_size, end)])
    if end < len(body):
        handler.close_connection = True


def _say(handler: Handler, status: int, headers: Mapping[str, str], body: bytes = b"") -> None:
    _begin(handler, status, headers, len(body))
    if handler.command != "HEAD":
        handler.wfile.write(body)


def _begin(handler: Handler, status: int, headers: Mapping[str, str], length: int) -> None:
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name, value)
    if status not in {HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED}:
        handler.send_header("Content-Length", str(length))
    if handler.close_connection:
        handler.send_header("Connection", "close")
    handler.end_headers()


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
