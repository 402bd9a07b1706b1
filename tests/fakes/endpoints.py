"""A web server with memory that plays an API: its endpoints have names, and each can be made to misbehave.

A request nobody prepared is answered 501, one that is wrong as it should never be 400; both are kept in `complaints`
and fail the test when the server is closed.
"""

import json
import re
import socketserver
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self, cast
from urllib.parse import parse_qs, unquote, urlsplit

import httpx

from tests.fakes.feeds import Hold


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody asked. `path` is without the query and unquoted; `parts` are what the endpoint's pattern caught."""

    endpoint: str
    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: httpx.Headers
    body: bytes
    parts: tuple[str, ...] = ()

    @property
    def form(self) -> dict[str, list[str]]:
        """The body of a form (application/x-www-form-urlencoded)."""
        return parse_qs(self.body.decode(), keep_blank_values=True)


@dataclass(frozen=True, slots=True)
class Answer:
    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fault:
    """How an endpoint misbehaves, `times` in a row; None: until `heal`."""

    answer: Answer | None
    delay: float
    cut: bool
    times: int | None


Respond = Callable[[Request], Answer]


class Wrong(Exception):
    """Somebody asked in a way that no client should: answered 400 and complained about."""


class EndpointServer:
    """Listens on a free loopback port from `with` to the end of it."""

    def __init__(self) -> None:
        self.complaints: list[str] = []
        """What nobody should have asked; clear it when a test wanted it."""
        self.lock = threading.RLock()
        self.closing = threading.Event()
        self._endpoints: list[tuple[str, str, re.Pattern[str], Respond]] = []
        self._faults: dict[str, list[Fault]] = {}
        self._holds: dict[str, Hold] = {}
        self._requests: list[Request] = []
        self._busy: Counter[str] = Counter()
        self._busiest: Counter[str] = Counter()
        self._listener = _Listener(self)
        self._thread = threading.Thread(target=self._listener.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.closing.set()
        for hold in self._holds.values():
            hold.release()
        self._listener.shutdown()
        self._thread.join()
        self._listener.server_close()
        if self.complaints and error is None:
            raise AssertionError("; ".join(self.complaints))
        if self.complaints and error is not None:
            error.add_note("; ".join(self.complaints))  # the test's own failure stays the first one seen

    def url(self, path: str = "") -> str:
        return f"http://127.0.0.1:{self._listener.server_address[1]}{path}"

    def endpoint(self, name: str, method: str, pattern: str, respond: Respond) -> None:
        """From now on `respond` answers `method` where the whole path, still quoted, matches `pattern`."""
        self._endpoints.append((name, method, re.compile(pattern), respond))

    def requests(self, endpoint: str = "") -> list[Request]:
        """All requests so far, or those to one endpoint, in order."""
        with self.lock:
            return [each for each in self._requests if endpoint in ("", each.endpoint)]

    def most_at_once(self, endpoint: str = "") -> int:
        """The highest number of requests that were under way together."""
        return self._busiest[endpoint]

    def fail(
        self,
        endpoint: str,
        *,
        times: int | None = 1,
        status: int | None = None,
        body: bytes | Mapping[str, Any] = b"",
        retry_after: str | None = None,
        delay: float = 0,
        cut: bool = False,
    ) -> None:
        """The next `times` requests are answered so, without being looked at; faults of one endpoint queue up.

        Without a `status` the answer is the usual one, after `delay`; `cut` breaks the connection without a word.
        """
        headers = {"Retry-After": retry_after} if retry_after else {}
        answer = None
        if status is not None:
            answer = json_answer(body, status) if isinstance(body, Mapping) else Answer(status, body)
            answer = replace(answer, headers={**answer.headers, **headers})
        with self.lock:
            self._faults.setdefault(endpoint, []).append(Fault(answer, delay, cut, times))

    def heal(self, endpoint: str) -> None:
        with self.lock:
            self._faults.pop(endpoint, None)

    def hold(self, endpoint: str) -> Hold:
        """Answers of the endpoint wait until the hold is released."""
        with self.lock:
            return self._holds.setdefault(endpoint, Hold())

    def respond(self, request: Request) -> Answer | None:
        """None: the connection breaks."""
        respond = self._prepare(request)
        if respond is None:
            return Answer(501, b"nobody prepared this")
        request, answer = respond
        with self.lock:
            self._requests.append(request)
            for name in ("", request.endpoint):
                self._busy[name] += 1
                self._busiest[name] = max(self._busiest[name], self._busy[name])
            fault, hold = self._fault(request.endpoint), self._holds.get(request.endpoint)
        try:
            if hold:
                hold.pass_by()
            return self._answer(request, answer, fault)
        finally:
            with self.lock:
                for name in ("", request.endpoint):
                    self._busy[name] -= 1

    def _prepare(self, request: Request) -> tuple[Request, Respond] | None:
        for name, method, pattern, respond in self._endpoints:
            if method == request.method and (found := pattern.fullmatch(request.path)):
                parts = tuple(unquote(part) for part in found.groups())
                return replace(request, endpoint=name, path=unquote(request.path), parts=parts), respond
        self.complaints.append(f"nobody prepared {request.method} {request.path}")
        return None

    def _fault(self, endpoint: str) -> Fault | None:
        queue = self._faults.get(endpoint)
        if not queue:
            return None
        fault = queue[0]
        if fault.times is not None:
            queue[:1] = [replace(fault, times=fault.times - 1)] if fault.times > 1 else []
        return fault

    def _answer(self, request: Request, respond: Respond, fault: Fault | None) -> Answer | None:
        if fault is not None:
            self.closing.wait(fault.delay)
            if fault.cut:
                return None
            if fault.answer is not None:
                return fault.answer
        try:
            with self.lock:
                return respond(request)
        except Wrong as wrong:
            self.complaints.append(f"{request.endpoint}: {wrong}")
            return Answer(400, str(wrong).encode())


def json_answer(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    kind = {"Content-Type": "application/json; charset=utf-8"}
    return Answer(status, json.dumps(value).encode(), kind | dict(headers or {}))


def once(values: Mapping[str, list[str]], *, known: set[str]) -> dict[str, str]:
    """Parameters that may stand once each (RFC 6749 section 3.1). Raises Wrong for others and for repeated ones."""
    if strange := set(values) - known:
        raise Wrong(f"unknown parameters: {', '.join(sorted(strange))}")
    if repeated := [name for name, each in values.items() if len(each) != 1]:
        raise Wrong(f"repeated parameters: {', '.join(repeated)}")
    return {name: each[0] for name, each in values.items()}


class Clock:
    """Seconds that pass by themselves, and faster when a test says so."""

    def __init__(self) -> None:
        self._ahead = 0.0

    def now(self) -> float:
        return time.monotonic() + self._ahead

    def advance(self, seconds: float) -> None:
        self._ahead += seconds


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, server: EndpointServer) -> None:
        self.server = server
        super().__init__(("127.0.0.1", 0), _Handler)

    def server_bind(self) -> None:
        # HTTPServer would first ask the name service who 127.0.0.1 is.
        socketserver.TCPServer.server_bind(self)

    def handle_error(self, request: Any, client_address: Any) -> None:
        error = sys.exc_info()[1]
        if not isinstance(error, ConnectionError):  # an asker may leave; an endpoint may not raise
            self.server.complaints.append(repr(error))


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def __getattr__(self, name: str) -> Callable[[], None]:
        if name.startswith("do_"):  # every method comes by the same door, or a wrong one would go unrecorded
            return self._respond
        raise AttributeError(name)

    def log_message(self, *_: object) -> None:
        pass

    def _respond(self) -> None:
        server = cast(_Listener, self.server).server
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        url = urlsplit(self.path)
        query = parse_qs(url.query, keep_blank_values=True)
        answer = server.respond(Request("", self.command, url.path, query, httpx.Headers(self.headers.items()), body))
        if answer is None or server.closing.is_set():
            self.close_connection = True  # a kept-alive connection outlives the server, and is told nothing more
            return
        if "Date" in answer.headers:
            self.send_response_only(answer.status)  # a server that tells another time doesn't tell the right one, too
        else:
            self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)
