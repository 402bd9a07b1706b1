"""A web server with memory that plays an API: its endpoints have names, and each can be made to misbehave.

A request that no endpoint takes is answered 501, and one that no client should send 400. Both are kept in `complaints`
and fail the test when the server closes.
"""

import json
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import httpx

from tests.fakes.server import Handler, Hold, LocalServer


@dataclass(frozen=True, slots=True)
class Request:
    """`path` is unquoted and without the query; `parts` are the groups of the endpoint's pattern."""

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
    """A request that no client should send: answered 400, and a complaint."""


class EndpointServer(LocalServer):
    def __init__(self) -> None:
        super().__init__()
        self.complaints: list[str] = []
        """Requests that no client should send; clear it if a test wanted them."""
        self._endpoints: list[tuple[str, str, re.Pattern[str], Respond]] = []
        self._faults: dict[str, list[Fault]] = {}
        self._requests: list[Request] = []
        self._busy: Counter[str] = Counter()
        self._busiest: Counter[str] = Counter()

    @property
    def lock(self) -> threading.RLock:
        """Held while an endpoint answers."""
        return self._lock

    def complain(self) -> list[str]:
        return self.complaints

    def handle(self, handler: Handler) -> None:
        body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        url = urlsplit(handler.path)
        query = parse_qs(url.query, keep_blank_values=True)
        headers = httpx.Headers(handler.headers.items())
        answer = self.respond(Request("", handler.command, url.path, query, headers, body))
        if answer is None or self.closing.is_set():
            handler.close_connection = True  # a kept-alive connection outlives the server
            return
        if "Date" in answer.headers:
            handler.send_response_only(answer.status)  # or there would be two dates
        else:
            handler.send_response(answer.status)
        for name, value in answer.headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(answer.body)))
        handler.end_headers()
        if handler.command != "HEAD":
            handler.wfile.write(answer.body)

    def endpoint(self, name: str, method: str, pattern: str, respond: Respond) -> None:
        """From now on `respond` answers `method` where the whole path, still quoted, matches `pattern`."""
        self._endpoints.append((name, method, re.compile(pattern), respond))

    def requests(self, endpoint: str = "") -> list[Request]:
        """All requests so far, or those to one endpoint, in order."""
        with self.lock:
            return [each for each in self._requests if endpoint in ("", each.endpoint)]

    def most_at_once(self, endpoint: str = "") -> int:
        """The highest number of concurrent requests."""
        return self._busiest[endpoint]

    def fail(
        self,
        endpoint: str,
        *,
        times: int | None = 1,
        status: int | None = None,
        body: bytes | Mapping[str, Any] = b"",
        retry_after: str | None = None,
        encoding: str | None = None,
        delay: float = 0,
        cut: bool = False,
    ) -> None:
        """Answers the next `times` requests like this, unseen; faults of one endpoint queue up.

        Without a `status` the answer is the usual one, after `delay`; `cut` breaks the connection without an answer.
        `encoding` says how `body` is compressed.
        """
        said = {"Retry-After": retry_after, "Content-Encoding": encoding}
        headers = {name: value for name, value in said.items() if value}
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
        """From now on answers of the endpoint wait until the hold is released."""
        with self.lock:
            return self._holds.setdefault(endpoint, Hold())

    def respond(self, request: Request) -> Answer | None:
        """None: the connection breaks."""
        respond = self._prepare(request)
        if respond is None:
            return Answer(501, b"not prepared")
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
        self.complaints.append(f"not prepared: {request.method} {request.path}")
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
    """Parameters, at most once each (RFC 6749 section 3.1). Raises Wrong for unknown and repeated ones."""
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
